// The crypto ports on the chip: libsodium's portable sources, and a SHA-256 without unrolling.
#include <algorithm>
#include <bit>
#include <cstring>

#include "daymark/crypto/errors.h"
#include "daymark/crypto/low_order.h"
#include "daymark/crypto/ports.h"

extern "C" {
// firmware/sha512.c
extern const std::uint64_t sha512_round_constants[80];
extern const std::uint64_t sha512_initial[8];

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

int sodium_is_zero(const unsigned char* bytes, std::size_t size);

// firmware/sodium_curve.c
void chip_x25519(unsigned char* out, const unsigned char* scalar, const unsigned char* point);
}

namespace daymark::crypto {

namespace {

/// FIPS 180-4, §4.2: both hashes take their constants from the roots of the same primes.
std::uint32_t first_half(std::uint64_t constant) {
  return static_cast<std::uint32_t>(constant >> 32U);
}

/// FIPS 180-4, §6.2. The message schedule is kept in a window of sixteen words.
class Sha256 {
 public:
  Sha256() { std::transform(sha512_initial, sha512_initial + 8, state_.begin(), first_half); }

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
    for (std::size_t round = 0; round < rounds; ++round) {
      const std::uint32_t first = s[7] + fold(s[4], 6, 11, 25) + ((s[4] & s[5]) ^ (~s[4] & s[6])) +
                                  first_half(sha512_round_constants[round]) + schedule(round, w);
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

  static constexpr std::size_t rounds = 64;

  std::array<std::uint32_t, 8> state_{};
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
  const PublicKey r{array_of<32>(ByteView(signature.bytes).first(32))};
  const bool valid = parts.size() <= signed_parts_max && !is_low_order(r) && !is_low_order(key) &&
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

/// RFC 7748, §6.1: points of small order give zero and are refused, in constant time.
Result<ByteArray<32>> x25519(const ExchangeSecretKey& mine, const ExchangePublicKey& theirs) {
  ByteArray<32> shared{};
  chip_x25519(shared.data(), mine.bytes.data(), theirs.bytes.data());
  if (sodium_is_zero(shared.data(), shared.size()) != 0)
    return fail(errc::key_invalid, field::public_key);
  return shared;
}

ExchangePublicKey x25519_public(const ExchangeSecretKey& key) {
  constexpr ByteArray<32> base_point{9};
  ExchangePublicKey out;
  chip_x25519(out.bytes.data(), key.bytes.data(), base_point.data());
  return out;
}

ByteArray<8> siphash(const ByteArray<16>& key, ByteView message) {
  ByteArray<8> tag{};
  crypto_shorthash_siphash24(tag.data(), message.data(), message.size(), key.data());
  return tag;
}

}  // namespace daymark::crypto
