/* SHA-512 (FIPS 180-4, 6.4) behind libsodium's interface, in loops: the unrolled one would take
   three kilobytes more. The message schedule is kept in a window of sixteen words. */
#include "crypto_hash_sha512.h"
#include "utils.h"
#include <stdint.h>
#include <string.h>

enum { block_size = 128, rounds = 80 };

/* The first half of each is SHA-256's (firmware/crypto.cc). */
extern const uint64_t sha512_round_constants[rounds];
extern const uint64_t sha512_initial[8];

const uint64_t sha512_round_constants[rounds] = {
    0x428a2f98d728ae22U, 0x7137449123ef65cdU, 0xb5c0fbcfec4d3b2fU, 0xe9b5dba58189dbbcU,
    0x3956c25bf348b538U, 0x59f111f1b605d019U, 0x923f82a4af194f9bU, 0xab1c5ed5da6d8118U,
    0xd807aa98a3030242U, 0x12835b0145706fbeU, 0x243185be4ee4b28cU, 0x550c7dc3d5ffb4e2U,
    0x72be5d74f27b896fU, 0x80deb1fe3b1696b1U, 0x9bdc06a725c71235U, 0xc19bf174cf692694U,
    0xe49b69c19ef14ad2U, 0xefbe4786384f25e3U, 0x0fc19dc68b8cd5b5U, 0x240ca1cc77ac9c65U,
    0x2de92c6f592b0275U, 0x4a7484aa6ea6e483U, 0x5cb0a9dcbd41fbd4U, 0x76f988da831153b5U,
    0x983e5152ee66dfabU, 0xa831c66d2db43210U, 0xb00327c898fb213fU, 0xbf597fc7beef0ee4U,
    0xc6e00bf33da88fc2U, 0xd5a79147930aa725U, 0x06ca6351e003826fU, 0x142929670a0e6e70U,
    0x27b70a8546d22ffcU, 0x2e1b21385c26c926U, 0x4d2c6dfc5ac42aedU, 0x53380d139d95b3dfU,
    0x650a73548baf63deU, 0x766a0abb3c77b2a8U, 0x81c2c92e47edaee6U, 0x92722c851482353bU,
    0xa2bfe8a14cf10364U, 0xa81a664bbc423001U, 0xc24b8b70d0f89791U, 0xc76c51a30654be30U,
    0xd192e819d6ef5218U, 0xd69906245565a910U, 0xf40e35855771202aU, 0x106aa07032bbd1b8U,
    0x19a4c116b8d2d0c8U, 0x1e376c085141ab53U, 0x2748774cdf8eeb99U, 0x34b0bcb5e19b48a8U,
    0x391c0cb3c5c95a63U, 0x4ed8aa4ae3418acbU, 0x5b9cca4f7763e373U, 0x682e6ff3d6b2b8a3U,
    0x748f82ee5defb2fcU, 0x78a5636f43172f60U, 0x84c87814a1f0ab72U, 0x8cc702081a6439ecU,
    0x90befffa23631e28U, 0xa4506cebde82bde9U, 0xbef9a3f7b2c67915U, 0xc67178f2e372532bU,
    0xca273eceea26619cU, 0xd186b8c721c0c207U, 0xeada7dd6cde0eb1eU, 0xf57d4f7fee6ed178U,
    0x06f067aa72176fbaU, 0x0a637dc5a2c898a6U, 0x113f9804bef90daeU, 0x1b710b35131c471bU,
    0x28db77f523047d84U, 0x32caab7b40c72493U, 0x3c9ebe0a15c9bebcU, 0x431d67c49c100d4cU,
    0x4cc5d4becb3e42b6U, 0x597f299cfc657e2aU, 0x5fcb6fab3ad6faecU, 0x6c44198c4a475817U};

const uint64_t sha512_initial[8] = {0x6a09e667f3bcc908U, 0xbb67ae8584caa73bU, 0x3c6ef372fe94f82bU,
                                    0xa54ff53a5f1d36f1U, 0x510e527fade682d1U, 0x9b05688c2b3e6c1fU,
                                    0x1f83d9abfb41bd6bU, 0x5be0cd19137e2179U};

static uint64_t rotated(uint64_t x, unsigned by) {
  return x >> by | x << (64 - by);
}

static uint64_t folded(uint64_t x, unsigned a, unsigned b, unsigned c) {
  return rotated(x, a) ^ rotated(x, b) ^ rotated(x, c);
}

static uint64_t next_word(unsigned round, uint64_t w[16], const uint8_t* block) {
  uint64_t* const word = &w[round % 16];
  if (round < 16) {
    *word = 0;
    for (unsigned i = 0; i < 8; ++i)
      *word = *word << 8 | block[8 * round + i];
    return *word;
  }
  const uint64_t older = w[(round + 1) % 16];
  const uint64_t newer = w[(round + 14) % 16];
  *word += (rotated(older, 1) ^ rotated(older, 8) ^ older >> 7) + w[(round + 9) % 16] +
           (rotated(newer, 19) ^ rotated(newer, 61) ^ newer >> 6);
  return *word;
}

static void compress(uint64_t state[8], const uint8_t* block) {
  uint64_t w[16];
  uint64_t s[8];
  memcpy(s, state, sizeof s);
  for (unsigned round = 0; round < rounds; ++round) {
    const uint64_t first = s[7] + folded(s[4], 14, 18, 41) + ((s[4] & s[5]) ^ (~s[4] & s[6])) +
                           sha512_round_constants[round] + next_word(round, w, block);
    const uint64_t second =
        folded(s[0], 28, 34, 39) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    memmove(s + 1, s, 7 * sizeof s[0]);
    s[4] += first;
    s[0] = first + second;
  }
  for (unsigned i = 0; i < 8; ++i)
    state[i] += s[i];
}

int crypto_hash_sha512_init(crypto_hash_sha512_state* state) {
  memset(state, 0, sizeof *state);
  memcpy(state->state, sha512_initial, sizeof sha512_initial);
  return 0;
}

/* count[1] counts bytes here; messages of more than 2^61 bytes don't fit into a chip. */
int crypto_hash_sha512_update(crypto_hash_sha512_state* state, const unsigned char* in,
                              unsigned long long size) {
  for (unsigned long long i = 0; i < size; ++i) {
    state->buf[state->count[1]++ % block_size] = in[i];
    if (state->count[1] % block_size == 0) compress(state->state, state->buf);
  }
  return 0;
}

static void put_number(uint64_t value, unsigned char* out) {
  for (unsigned i = 8; i-- > 0; value >>= 8)
    out[i] = (unsigned char)value;
}

int crypto_hash_sha512_final(crypto_hash_sha512_state* state, unsigned char* out) {
  static const unsigned char end_mark = 0x80;
  static const unsigned char zero = 0;
  unsigned char length[16] = {0};
  put_number(state->count[1] * 8, length + 8);
  crypto_hash_sha512_update(state, &end_mark, 1);
  while (state->count[1] % block_size != block_size - sizeof length)
    crypto_hash_sha512_update(state, &zero, 1);
  crypto_hash_sha512_update(state, length, sizeof length);
  for (unsigned i = 0; i < 8; ++i)
    put_number(state->state[i], out + 8 * i);
  sodium_memzero(state, sizeof *state);
  return 0;
}

int crypto_hash_sha512(unsigned char* out, const unsigned char* in, unsigned long long size) {
  crypto_hash_sha512_state state;
  crypto_hash_sha512_init(&state);
  crypto_hash_sha512_update(&state, in, size);
  return crypto_hash_sha512_final(&state, out);
}
