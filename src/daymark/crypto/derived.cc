// What follows from the ports alone: the same on chip and host.
#include "daymark/crypto/ports.h"

namespace daymark::crypto {

namespace {

constexpr std::size_t parts_max = 8;
constexpr std::size_t hmac_block = 64;

}  // namespace

Digest tagged_hash(std::string_view purpose, std::span<const ByteView> parts) {
  constexpr Byte zero[1] = {0};
  std::array<ByteView, parts_max + 2> all{};
  std::size_t used = 0;
  all[used++] = bytes_of(purpose);
  all[used++] = zero;
  if (parts.size() > parts_max) __builtin_trap();  // a caller's mistake, not an input
  for (const ByteView part : parts)
    all[used++] = part;
  return sha256(std::span(all).first(used));
}

Digest hmac_sha256(ByteView key, std::span<const ByteView> parts) {
  ByteArray<hmac_block> inner{};
  ByteArray<hmac_block> outer{};
  const Digest hashed = key.size() > hmac_block ? sha256(key) : Digest{};
  copy_bytes(key.size() > hmac_block ? ByteView(hashed) : key, inner);
  outer = inner;
  for (Byte& byte : inner)
    byte ^= 0x36;
  for (Byte& byte : outer)
    byte ^= 0x5C;
  std::array<ByteView, parts_max + 1> all{};
  std::size_t used = 0;
  all[used++] = inner;
  if (parts.size() > parts_max) __builtin_trap();  // a caller's mistake, not an input
  for (const ByteView part : parts)
    all[used++] = part;
  const Digest first = sha256(std::span(all).first(used));
  const ByteView last[] = {outer, first};
  const Digest tag = sha256(last);
  erase(inner);
  erase(outer);
  return tag;
}

bool equal_secret(ByteView a, ByteView b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned>(a[i] ^ b[i]);
  return difference == 0;
}

void erase(MutableBytes secret) {
  volatile Byte* at = secret.data();
  for (std::size_t i = 0; i < secret.size(); ++i)
    at[i] = 0;
}

KeyId key_id(const PublicKey& key) {
  const Digest digest = sha256(key.bytes);
  return {array_of<8>(ByteView(digest).first(8))};
}

ChipId chip_id(const PublicKey& key) {
  const Digest digest = tagged_hash("daymark chip v1", key.bytes);
  return {array_of<16>(ByteView(digest).first(16))};
}

}  // namespace daymark::crypto
