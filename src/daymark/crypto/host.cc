// The ports of ports.h on the host, by libsodium; hashing is in hash_host.cc.
#include <vector>

#include "daymark/crypto/errors.h"
#include "daymark/crypto/ports.h"
#include "daymark/crypto/sodium_internal.h"

namespace daymark::crypto {

namespace {

/// libsodium keeps the public key behind the seed.
struct ExpandedKey {
  ByteArray<crypto_sign_SECRETKEYBYTES> secret{};
  PublicKey public_key;

  explicit ExpandedKey(const SecretKey& key) {
    crypto_sign_seed_keypair(public_key.bytes.data(), secret.data(), key.seed.data());
  }

  ExpandedKey(const ExpandedKey&) = delete;
  ExpandedKey& operator=(const ExpandedKey&) = delete;
  ExpandedKey(ExpandedKey&&) = delete;
  ExpandedKey& operator=(ExpandedKey&&) = delete;

  ~ExpandedKey() { sodium_memzero(secret.data(), secret.size()); }
};

/// The parts as one string: libsodium takes no others. One part is not copied.
class Joined {
 public:
  explicit Joined(std::span<const ByteView> parts) {
    if (parts.size() == 1) {
      view_ = parts[0];
      return;
    }
    for (const ByteView part : parts)
      copy_.insert(copy_.end(), part.begin(), part.end());
    view_ = copy_;
  }

  [[nodiscard]] ByteView view() const { return view_; }

 private:
  std::vector<Byte> copy_;
  ByteView view_;
};

}  // namespace

Result<void> ed25519_verify(const PublicKey& key, std::span<const ByteView> parts,
                            const Signature& signature) {
  const Joined joined(parts);
  const ByteView message = joined.view();
  const int verdict = crypto_sign_verify_detached(signature.bytes.data(), message.data(),
                                                  message.size(), key.bytes.data());
  return verdict == 0 ? ok() : fail(errc::signature_invalid, field::signature);
}

Signature ed25519_sign(const SecretKey& key, std::span<const ByteView> parts) {
  const Joined joined(parts);
  const ByteView message = joined.view();
  const ExpandedKey expanded(key);
  Signature out;
  crypto_sign_detached(out.bytes.data(), nullptr, message.data(), message.size(),
                       expanded.secret.data());
  return out;
}

PublicKey ed25519_public(const SecretKey& key) {
  return ExpandedKey(key).public_key;
}

Result<ByteArray<32>> x25519(const ExchangeSecretKey& mine, const ExchangePublicKey& theirs) {
  internal::ready_sodium();
  ByteArray<32> shared{};
  if (crypto_scalarmult(shared.data(), mine.bytes.data(), theirs.bytes.data()) != 0) {
    return fail(errc::key_invalid, field::public_key);
  }
  return shared;
}

ExchangePublicKey x25519_public(const ExchangeSecretKey& key) {
  internal::ready_sodium();
  ExchangePublicKey out;
  crypto_scalarmult_base(out.bytes.data(), key.bytes.data());
  return out;
}

ByteArray<8> siphash(const ByteArray<16>& key, ByteView message) {
  ByteArray<8> tag{};
  crypto_shorthash(tag.data(), message.data(), message.size(), key.data());
  return tag;
}

}  // namespace daymark::crypto
