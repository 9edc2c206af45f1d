#include "chip_swarm.h"

#include "figures.h"
#include <sodium.h>

#include "daymark/cbor/cose.h"
#include "daymark/cbor/writer.h"
#include "daymark/order/leaf.h"

namespace daymark::bench {

namespace {

ByteArray<8> number_bytes(std::uint64_t number) {
  ByteArray<8> out{};
  put_big_endian(number, std::span(out));
  return out;
}

crypto::SecretKey swarm_secret(std::size_t chip) {
  return {crypto::tagged_hash("daymark bench chip", number_bytes(chip))};
}

/// libsodium signs with the seed and the public key behind it; deriving the public key anew would
/// double the work of a chip that knows its own.
crypto::Signature sign_as(const crypto::SecretKey& secret, const crypto::PublicKey& key,
                          ByteView message) {
  ByteArray<crypto_sign_SECRETKEYBYTES> both{};
  copy_bytes(secret.seed, both);
  copy_bytes(key.bytes, MutableBytes(both).subspan(secret.seed.size()));
  crypto::Signature out;
  crypto_sign_detached(out.bytes.data(), nullptr, message.data(), message.size(), both.data());
  return out;
}

/// The payload of a chip somewhere in the middle of its life.
ByteView write_payload(const ChipId& chip, std::uint64_t counter, MutableBytes out) {
  order::RenewalRequest request;
  request.chip = chip;
  request.nonce = crypto::sha256(number_bytes(counter));
  request.fleet = {3, request.nonce};
  request.own = {2, request.nonce};
  request.ledger = request.nonce;
  request.counter = counter;
  request.licence = 40;
  const auto written = order::write_request(request, out);
  require(written.has_value(), "a request does not fit");
  return *written;
}

/// {1: -8, 4: key id}, as cbor/cose.h says.
ByteView write_header(const KeyId& key, MutableBytes out) {
  cbor::Writer writer(out);
  writer.open_map(2);
  writer.put_integer(1);
  writer.put_integer(-8);
  writer.put_integer(4);
  writer.put_bytes(key.view());
  return *writer.finish();
}

/// Adds a COSE_Sign1 to `out`.
void append_message(const cbor::Sign1& message, std::vector<Byte>& out) {
  ByteArray<32> header{};
  const std::size_t start = out.size();
  out.resize(start + message.payload.size() + 128);
  cbor::Writer writer(MutableBytes(out).subspan(start));
  writer.put_tag(18);
  writer.open_array(4);
  writer.put_bytes(write_header(message.key, header));
  writer.open_map(0);
  writer.put_bytes(message.payload);
  writer.put_bytes(message.signature.bytes);
  out.resize(start + writer.finish()->size());
}

}  // namespace

std::vector<ByteView> RequestGroup::views() const {
  std::vector<ByteView> out;
  out.reserve(ends.size());
  std::size_t start = 0;
  for (const std::size_t end : ends) {
    out.push_back(ByteView(bytes).subspan(start, end - start));
    start = end;
  }
  return out;
}

ChipSwarm::ChipSwarm(std::size_t count) {
  keys_.reserve(count);
  for (std::size_t chip = 0; chip < count; ++chip)
    keys_.push_back(crypto::ed25519_public(swarm_secret(chip)));
}

std::vector<Byte> ChipSwarm::request(std::size_t chip, std::uint64_t counter) const {
  return requests(chip, 1, counter).bytes;
}

RequestGroup ChipSwarm::requests(std::size_t first, std::size_t count,
                                 std::uint64_t counter) const {
  RequestGroup out;
  out.ends.reserve(count);
  out.bytes.reserve(count * 300);
  ByteArray<order::request_size_max> payload{};
  ByteArray<2 * order::request_size_max> covered{};
  for (std::size_t chip = first; chip < first + count; ++chip) {
    const crypto::PublicKey& key = keys_[chip];
    cbor::Sign1 message{.key = crypto::key_id(key),
                        .payload = write_payload(crypto::chip_id(key), counter, payload),
                        .signature = {},
                        .protected_header = {}};
    const auto bytes = cbor::signed_bytes(message, order::renewal_purpose, covered);
    require(bytes.has_value(), "a request does not fit");
    message.signature = sign_as(swarm_secret(chip), key, *bytes);
    append_message(message, out.bytes);
    out.ends.push_back(out.bytes.size());
  }
  return out;
}

}  // namespace daymark::bench
