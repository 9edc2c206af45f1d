// The crypto ports on the chip: libsodium's portable sources, and a SHA-256 without unrolling.
#include <algorithm>
#include <bit>
#include <cstring>

#include "daymark/crypto/errors.h"
#include "daymark/crypto/ports.h"

extern "C" {
// firmware/ed25519.c
struct ed25519_piece {
  const unsigned char* data;
  std::size_t size;
};

int ed25519_verify_pieces(const unsigned char* signature, const ed25519_piece* pieces,
                          std::size_t count, const unsigned char* key);
void ed25519_sign_pieces(unsigned char* signature, const ed25519_piece* pieces, std::size_t count,
                         const unsigned char* seed);
void ed25519_public_key(unsigned char* key, const unsigned char* seed);
int crypto_shorthash_siphash24(unsigned char* out, const unsigned char* in, unsigned long long size,
                               const unsigned char* key);

// libsodium's private/crypto_scalarmult_curve25519 implementation table.
struct crypto_scalarmult_curve25519_implementation {
  int (*mult)(unsigned char* q, const unsigned char* n, const unsigned char* p);
  int (*mult_base)(unsigned char* q, const unsigned char* n);
};

extern struct crypto_scalarmult_curve25519_implementation
    crypto_scalarmult_curve25519_ref10_implementation;
}

namespace daymark::crypto {

namespace {

constexpr std::array<std::uint32_t, 64> round_constants{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/// FIPS 180-4, §6.2. The message schedule is kept in a window of sixteen words.
class Sha256 {
 public:
  void add(ByteView bytes) {
    for (const Byte byte : bytes) {
      block_[filled_++] = byte;
      if (filled_ == block_.size()) compress();
    }
    size_ += bytes.size();
  }

  Digest finish() {
    const std::uint64_t bits = size_ * 8;
    constexpr Byte end_mark = 0x80;
    add({&end_mark, 1});
    constexpr Byte zero = 0;
    while (filled_ != block_.size() - sizeof bits)
      add({&zero, 1});
    ByteArray<sizeof bits> length{};
    put_big_endian(bits, std::span(length));
    add(length);
    Digest out{};
    for (std::size_t i = 0; i < state_.size(); ++i)
      put_big_endian(state_[i], MutableBytes(out).subspan(4 * i).first<4>());
    return out;
  }

 private:
  static std::uint32_t fold(std::uint32_t x, int a, int b, int c) {
    return std::rotr(x, a) ^ std::rotr(x, b) ^ std::rotr(x, c);
  }

  [[nodiscard]] std::uint32_t schedule(std::size_t round, std::array<std::uint32_t, 16>& w) const {
    std::uint32_t& word = w[round % 16];
    if (round < 16) {
      word = get_big_endian<std::uint32_t>(ByteView(block_).subspan(4 * round).first<4>());
      return word;
    }
    const std::uint32_t older = w[(round + 1) % 16];
    const std::uint32_t newer = w[(round + 14) % 16];
    word += (std::rotr(older, 7) ^ std::rotr(older, 18) ^ older >> 3U) + w[(round + 9) % 16] +
            (std::rotr(newer, 17) ^ std::rotr(newer, 19) ^ newer >> 10U);
    return word;
  }

  void compress() {
    std::array<std::uint32_t, 16> w{};
    std::array<std::uint32_t, 8> s = state_;  // a to h
    for (std::size_t round = 0; round < round_constants.size(); ++round) {
      const std::uint32_t first = s[7] + fold(s[4], 6, 11, 25) + ((s[4] & s[5]) ^ (~s[4] & s[6])) +
                                  round_constants[round] + schedule(round, w);
      const std::uint32_t second =
          fold(s[0], 2, 13, 22) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
      for (std::size_t i = s.size() - 1; i > 0; --i)
        s[i] = s[i - 1];
      s[4] += first;
      s[0] = first + second;
    }
    for (std::size_t i = 0; i < s.size(); ++i)
      state_[i] += s[i];
    filled_ = 0;
  }

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  ByteArray<64> block_{};
  std::size_t filled_ = 0;
  std::uint64_t size_ = 0;
};

using Pieces = std::array<ed25519_piece, signed_parts_max>;

Pieces pieces_of(std::span<const ByteView> parts) {
  Pieces out{};
  for (std::size_t i = 0; i < parts.size(); ++i)
    out[i] = {parts[i].data(), parts[i].size()};
  return out;
}

}  // namespace

Digest sha256(std::span<const ByteView> parts) {
  Sha256 hash;
  for (const ByteView part : parts)
    hash.add(part);
  return hash.finish();
}

Result<void> ed25519_verify(const PublicKey& key, std::span<const ByteView> parts,
                            const Signature& signature) {
  const bool valid = parts.size() <= signed_parts_max &&
                     ed25519_verify_pieces(signature.bytes.data(), pieces_of(parts).data(),
                                           parts.size(), key.bytes.data()) == 0;
  return valid ? ok() : fail(errc::signature_invalid, field::signature);
}

Signature ed25519_sign(const SecretKey& key, std::span<const ByteView> parts) {
  Signature out;
  const std::size_t count = std::min(parts.size(), signed_parts_max);
  ed25519_sign_pieces(out.bytes.data(), pieces_of(parts.first(count)).data(), count,
                      key.seed.data());
  return out;
}

PublicKey ed25519_public(const SecretKey& key) {
  PublicKey out;
  ed25519_public_key(out.bytes.data(), key.seed.data());
  return out;
}

/// libsodium's wrapper refuses an all-zero result; so does this one, in constant time.
Result<ByteArray<32>> x25519(const ExchangeSecretKey& mine, const ExchangePublicKey& theirs) {
  ByteArray<32> shared{};
  const int refused = crypto_scalarmult_curve25519_ref10_implementation.mult(
      shared.data(), mine.bytes.data(), theirs.bytes.data());
  unsigned any = 0;
  for (const Byte byte : shared)
    any |= byte;
  if (refused != 0 || any == 0) return fail(errc::key_invalid, field::public_key);
  return shared;
}

ExchangePublicKey x25519_public(const ExchangeSecretKey& key) {
  ExchangePublicKey out;
  crypto_scalarmult_curve25519_ref10_implementation.mult_base(out.bytes.data(), key.bytes.data());
  return out;
}

ByteArray<8> siphash(const ByteArray<16>& key, ByteView message) {
  ByteArray<8> tag{};
  crypto_shorthash_siphash24(tag.data(), message.data(), message.size(), key.data());
  return tag;
}

}  // namespace daymark::crypto
