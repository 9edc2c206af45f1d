// Signatures and key agreement as the proofs of protocols take them: perfect, and quick. They take
// the places of the functions of crypto/ports.h at link time, for this program alone; every source
// of the core stays as it is. explore_real links the library's instead and must see the same.
#include <algorithm>

#include "daymark/crypto/errors.h"
#include "daymark/crypto/ports.h"

namespace daymark::crypto {

namespace {

/// Known to these functions and to nobody in the explored world.
constexpr std::string_view ideal_secret = "the ideal signer's own secret";

Digest ideal_mark(const PublicKey& key, std::span<const ByteView> message) {
  std::array<ByteView, 1 + signed_parts_max> parts{key.bytes};
  std::ranges::copy(message, parts.begin() + 1);
  return tagged_hash(ideal_secret, std::span(parts).first(1 + message.size()));
}

ExchangePublicKey ideal_exchange_key(const ExchangeSecretKey& key) {
  return {tagged_hash("ideal exchange key", key.bytes)};
}

}  // namespace

PublicKey ed25519_public(const SecretKey& key) {
  return {tagged_hash("ideal signing key", key.seed)};
}

Signature ed25519_sign(const SecretKey& key, std::span<const ByteView> parts) {
  Signature out;
  const Digest mark = ideal_mark(ed25519_public(key), parts);
  copy_bytes(mark, std::span(out.bytes).first<32>());
  copy_bytes(mark, std::span(out.bytes).last<32>());
  return out;
}

Result<void> ed25519_verify(const PublicKey& key, std::span<const ByteView> parts,
                            const Signature& signature) {
  const Digest mark = ideal_mark(key, parts);
  const bool same = equal(mark, ByteView(signature.bytes).first(32)) &&
                    equal(mark, ByteView(signature.bytes).last(32));
  return same ? ok() : fail(errc::signature_invalid);
}

ExchangePublicKey x25519_public(const ExchangeSecretKey& key) {
  return ideal_exchange_key(key);
}

Result<ByteArray<32>> x25519(const ExchangeSecretKey& mine, const ExchangePublicKey& theirs) {
  const ExchangePublicKey own = ideal_exchange_key(mine);
  const bool first = own < theirs;
  const std::array<ByteView, 2> parts{first ? own.bytes : theirs.bytes,
                                      first ? theirs.bytes : own.bytes};
  return tagged_hash("ideal shared secret", parts);
}

}  // namespace daymark::crypto
