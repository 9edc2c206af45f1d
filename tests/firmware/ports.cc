// Empty crypto ports: with them an image links, so that its size without cryptography is known.
#include "daymark/crypto/ports.h"

namespace daymark::crypto {

Digest sha256(std::span<const ByteView> parts) {
  return Digest{static_cast<Byte>(parts.size())};
}

Result<void> ed25519_verify(const PublicKey& key, ByteView message, const Signature& signature) {
  const bool any = key.bytes[0] == signature.bytes[0] && !message.empty();
  return any ? ok() : fail(Errc{1});
}

Signature ed25519_sign(const SecretKey& key, ByteView message) {
  Signature out;
  out.bytes[0] = static_cast<Byte>(key.seed[0] + message.size());
  return out;
}

PublicKey ed25519_public(const SecretKey& key) {
  return {key.seed};
}

Result<ByteArray<32>> x25519(const ExchangeSecretKey& mine, const ExchangePublicKey& theirs) {
  return mine.bytes == theirs.bytes ? Result<ByteArray<32>>(mine.bytes) : theirs.bytes;
}

ExchangePublicKey x25519_public(const ExchangeSecretKey& key) {
  return {key.bytes};
}

ByteArray<8> siphash(const ByteArray<16>& key, ByteView message) {
  return ByteArray<8>{static_cast<Byte>(key[0] + message.size())};
}

}  // namespace daymark::crypto
