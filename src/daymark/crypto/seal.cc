#include "daymark/crypto/seal.h"

#include <algorithm>

#include "daymark/crypto/errors.h"
#include "daymark/crypto/sodium_internal.h"

namespace daymark::crypto {

namespace {

constexpr std::size_t nonce_size = crypto_secretbox_NONCEBYTES;
constexpr std::size_t tag_size = crypto_secretbox_MACBYTES;
constexpr std::size_t key_size = crypto_secretbox_KEYBYTES;
constexpr std::size_t sealed_key_size = key_size + crypto_box_SEALBYTES;

/// libsodium's sealed box, as crypto_box_seal makes it, but with the caller's randomness: the
/// ephemeral public key, then the box under nonce BLAKE2b-24(ephemeral || reader).
/// A reader's key of low order gets a box that nothing opens.
std::vector<Byte> seal_key(const ByteArray<key_size>& key, const ExchangePublicKey& reader,
                           Random& random) {
  std::vector<Byte> out(sealed_key_size);
  ExchangeSecretKey ephemeral{random.draw<32>()};
  copy_bytes(x25519_public(ephemeral).bytes, out);
  crypto_generichash_state hash;
  ByteArray<crypto_box_NONCEBYTES> nonce{};
  crypto_generichash_init(&hash, nullptr, 0, nonce.size());
  crypto_generichash_update(&hash, out.data(), crypto_box_PUBLICKEYBYTES);
  crypto_generichash_update(&hash, reader.bytes.data(), reader.bytes.size());
  crypto_generichash_final(&hash, nonce.data(), nonce.size());
  const int failed = crypto_box_easy(out.data() + crypto_box_PUBLICKEYBYTES, key.data(), key.size(),
                                     nonce.data(), reader.bytes.data(), ephemeral.bytes.data());
  if (failed != 0) std::ranges::fill(out, Byte{0});
  erase(ephemeral.bytes);
  return out;
}

Result<std::vector<Byte>> open_box(ByteView box, const ByteArray<key_size>& key) {
  if (box.size() < nonce_size + tag_size) return fail(errc::seal_not_opened, field::seal);
  std::vector<Byte> out(box.size() - nonce_size - tag_size);
  const ByteView body = box.subspan(nonce_size);
  if (crypto_secretbox_open_easy(out.data(), body.data(), body.size(), box.data(), key.data()) !=
      0) {
    return fail(errc::seal_not_opened, field::seal);
  }
  return out;
}

}  // namespace

Sealed seal(ByteView content, std::span<const ExchangePublicKey> readers, Random& random) {
  internal::ready_sodium();
  Sealed out;
  auto key = random.draw<key_size>();
  out.box.resize(nonce_size + tag_size + content.size());
  random.fill(std::span(out.box).first(nonce_size));
  crypto_secretbox_easy(out.box.data() + nonce_size, content.data(), content.size(), out.box.data(),
                        key.data());
  for (const ExchangePublicKey& reader : readers) {
    out.keys.push_back(seal_key(key, reader, random));
  }
  erase(key);
  return out;
}

Result<std::vector<Byte>> open(const Sealed& sealed, const ExchangeSecretKey& key) {
  const ExchangePublicKey mine = x25519_public(key);
  ByteArray<key_size> content_key{};
  const bool found = std::ranges::any_of(sealed.keys, [&](const std::vector<Byte>& candidate) {
    return candidate.size() == sealed_key_size &&
           crypto_box_seal_open(content_key.data(), candidate.data(), candidate.size(),
                                mine.bytes.data(), key.bytes.data()) == 0;
  });
  if (!found) return fail(errc::seal_not_opened, field::seal);
  auto content = open_box(sealed.box, content_key);
  erase(content_key);
  return content;
}

}  // namespace daymark::crypto
