#include "naive_renewals.h"

#include "figures.h"
#include <openssl/evp.h>

#include "daymark/authority/records_testing.h"
#include "daymark/cbor/cose.h"
#include "daymark/order/leaf.h"
#include "daymark/order/order_testing.h"

namespace daymark::bench {

namespace {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

using OpensslKey = std::unique_ptr<EVP_PKEY, FreeKey>;
using OpensslContext = std::unique_ptr<EVP_MD_CTX, FreeDigest>;

bool openssl_verify(const crypto::PublicKey& key, ByteView message,
                    const crypto::Signature& signature) {
  const OpensslKey loaded(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.bytes.data(), key.bytes.size()));
  const OpensslContext context(EVP_MD_CTX_new());
  return loaded && context &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, loaded.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.bytes.data(), signature.bytes.size(),
                          message.data(), message.size()) == 1;
}

crypto::Signature openssl_sign(EVP_PKEY* key, ByteView message) {
  const OpensslContext context(EVP_MD_CTX_new());
  crypto::Signature out;
  std::size_t size = out.bytes.size();
  const bool made =
      context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
      EVP_DigestSign(context.get(), out.bytes.data(), &size, message.data(), message.size()) == 1;
  require(made, "OpenSSL does not sign");
  return out;
}

/// Records that hold the chips of a swarm and show them page by page.
class SwarmRecords final : public authority::testing::MemoryRecords {
 public:
  explicit SwarmRecords(const ChipSwarm& swarm) : swarm_(swarm) {}

  Outcome<std::vector<authority::ChipRecord>> chips_page(const authority::Page& page) override {
    std::vector<authority::ChipRecord> out;
    for (std::size_t slot = page.after; slot < swarm_.size() && out.size() < page.limit; ++slot) {
      const crypto::PublicKey& key = swarm_.key(slot);
      out.push_back({crypto::chip_id(key), key, slot, {}, {}, false});
    }
    return out;
  }

 private:
  const ChipSwarm& swarm_;
};

/// What `batch_terms` of the other pipeline grant.
order::Leaf granted(const authority::IndexedChip& chip) {
  order::Leaf out;
  out.chip = chip.chip;
  out.id = 1;
  out.request = chip.newest.hash;
  out.not_before = order::testing::world_start;
  out.not_after = out.not_before + days(7);
  out.allowance = {1'000'000'000};
  out.cluster_max = 64;
  out.link_megabytes_per_second = 50'000;
  return out;
}

}  // namespace

struct NaiveDesk::Key {
  OpensslKey key;
  KeyId id;
};

NaiveDesk::NaiveDesk(const ChipSwarm& swarm, std::unique_ptr<tlog::LogDisk> disk)
    : book_(std::move(disk)), key_(std::make_unique<Key>()) {
  SwarmRecords records(swarm);
  require(chips_.catch_up(records).has_value(), "the chips can't be indexed");
  require(book_.open([](ByteView) {}).has_value(), "the book does not open");
  const crypto::SecretKey secret{crypto::sha256(bytes_of("the authority's key"))};
  key_->id = crypto::key_id(crypto::ed25519_public(secret));
  key_->key.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.seed.data(),
                                               secret.seed.size()));
}

NaiveDesk::~NaiveDesk() = default;

std::size_t NaiveDesk::serve(std::span<const ByteView> messages) {
  double start = processor_seconds();
  const auto lap = [&] {
    const double now = processor_seconds();
    return now - std::exchange(start, now);
  };
  std::vector<const authority::IndexedChip*> served;
  for (const ByteView message : messages)
    served.push_back(&check(message));
  steps_.verify += lap();
  require(book_.add(messages).has_value(), "the group can't be written");
  steps_.append += lap();
  std::size_t out = 0;
  for (const authority::IndexedChip* chip : served)
    out += licence(*chip);
  steps_.sign += lap();
  return out;
}

authority::IndexedChip& NaiveDesk::check(ByteView message) {
  const auto parsed = cbor::parse_sign1(message);
  require(parsed.has_value(), "a request is malformed");
  const auto request = order::parse_request(parsed->payload);
  require(request.has_value(), "a request is malformed");
  authority::IndexedChip* const chip = chips_.find(parsed->key, request->chip);
  require(chip != nullptr, "a chip is not enrolled");
  ByteArray<2 * order::request_size_max> space{};
  const auto covered = cbor::signed_bytes(*parsed, order::renewal_purpose, space);
  require(covered && openssl_verify(chip->key, *covered, parsed->signature),
          "a signature does not verify");
  require(!chip->has_asked() || request->counter > chip->newest.counter, "a request is old");
  chip->newest = {request->counter, order::request_hash(message), message.size()};
  return *chip;
}

/// A leaf as a COSE_Sign1 of the authority.
std::size_t NaiveDesk::licence(const authority::IndexedChip& chip) const {
  std::array<Byte, order::leaf_size_max> space{};
  std::array<Byte, order::leaf_size_max> covered{};
  const auto leaf = order::write_leaf(granted(chip), space);
  require(leaf.has_value(), "a leaf does not fit");
  cbor::Sign1 message{.key = key_->id, .payload = *leaf, .signature = {}, .protected_header = {}};
  const auto bytes = cbor::signed_bytes(message, "daymark licence", covered);
  require(bytes.has_value(), "a leaf does not fit");
  message.signature = openssl_sign(key_->key.get(), *bytes);
  return bytes->size() + message.signature.bytes.size();
}

}  // namespace daymark::bench
