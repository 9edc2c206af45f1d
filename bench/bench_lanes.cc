// Ed25519 signatures verified per second of one core: OpenSSL, libsodium, every kernel that runs
// here, in turn, and how the fastest compares with libsodium: bench_lanes SECONDS_EACH.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <memory>

#include "figures.h"
#include <fmt/format.h>
#include <openssl/evp.h>

#include "daymark/lanes/verifier.h"

namespace {

using namespace daymark;
using bench::require;

constexpr std::size_t batch = 64;
constexpr std::size_t message_bytes = 200;
constexpr std::size_t rounds = 7;

/// A batch of signatures under as many keys, all valid.
struct Batch {
  std::vector<crypto::PublicKey> keys;
  std::vector<std::vector<Byte>> messages;
  std::vector<crypto::Signature> signatures;
  std::vector<lanes::SignedMessage> views;

  Batch() {
    for (std::size_t i = 0; i < batch; ++i) {
      const crypto::SecretKey secret{crypto::sha256(bytes_of(fmt::format("bench key {}", i)))};
      messages.emplace_back(message_bytes, static_cast<Byte>(i));
      keys.push_back(crypto::ed25519_public(secret));
      signatures.push_back(crypto::ed25519_sign(secret, messages.back()));
    }
    for (std::size_t i = 0; i < batch; ++i)
      views.push_back({&keys[i], messages[i], &signatures[i]});
  }
};

/// One after the other, keys being made anew as for signatures that come from strangers.
bool openssl_verifies(const lanes::SignedMessage& one) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, one.key->bytes.data(), 32),
      &EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), one.signature->bytes.data(), 64, one.message.data(),
                          one.message.size()) == 1;
}

/// A way to verify the batch, and what it measured.
struct Contender {
  std::string name;
  std::function<void()> step;
  std::vector<double> rates;
};

std::vector<Contender> contenders(const Batch& signatures) {
  std::vector<Contender> out;
  out.push_back({"openssl",
                 [&] {
                   for (const auto& one : signatures.views)
                     require(openssl_verifies(one), "OpenSSL refuses a signature");
                 },
                 {}});
  for (auto& made : lanes::all_verifiers()) {
    const std::shared_ptr<lanes::Verifier> verifier = std::move(made);
    out.push_back({verifier->name() == "library" ? "libsodium" : std::string(verifier->name()),
                   [&signatures, verifier] {
                     std::array<bool, batch> valid{};
                     verifier->verify(signatures.views, valid);
                     require(std::ranges::count(valid, true) == batch, "a signature is refused");
                   },
                   {}});
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  require(argc == 2, "usage: bench_lanes SECONDS_EACH");
  const double seconds = std::strtod(argv[1], nullptr) / rounds;
  const Batch signatures;
  std::vector<Contender> all = contenders(signatures);
  // In turns, so that what disturbs the machine for a while disturbs all alike.
  for (std::size_t round = 0; round < rounds; ++round) {
    for (Contender& one : all)
      one.rates.push_back(batch * bench::rate_of(seconds, one.step));
  }
  std::map<std::string, double> rate;
  for (const Contender& one : all) {
    rate[one.name] = bench::median(one.rates);
    bench::print_value(
        {"lanes." + one.name, "Ed25519 verified, " + one.name + ", 200 bytes", "1/s a core"},
        rate[one.name], rounds);
  }
  const std::string fastest(lanes::fastest_verifier()->name());
  for (const char* const base : {"libsodium", "openssl"}) {
    if (!rate.contains(fastest)) break;
    const bool goal = std::string_view(base) == "libsodium";
    bench::print_value(
        {fmt::format("lanes.{}_to_{}", fastest, base), fmt::format("  {} to {}", fastest, base),
         "ratio", goal ? std::optional(2.3) : std::nullopt},
        rate[fastest] / rate[base], rounds);
  }
}
