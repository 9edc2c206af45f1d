/* Ed25519 over a message in pieces, so that nobody has to put it together in memory. Rule and bytes
   are libsodium's (crypto_sign/ed25519/ref10, open.c and sign.c); its curve arithmetic does the
   work. */
#include "crypto_hash_sha512.h"
#include "private/ed25519_ref10.h"
#include "utils.h"
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* firmware/sodium_curve.c */
void chip_double_times(ge25519_p2* r, const unsigned char* a, const ge25519_p3* point,
                       const unsigned char* b);

void chip_point_bytes(unsigned char out[32], const fe25519 x, const fe25519 y, const fe25519 z);

struct ed25519_piece {
  const unsigned char* data;
  size_t size;
};

static void add_pieces(crypto_hash_sha512_state* hash, const struct ed25519_piece* pieces,
                       size_t count) {
  for (size_t i = 0; i < count; ++i)
    crypto_hash_sha512_update(hash, pieces[i].data, pieces[i].size);
}

/* h := SHA-512(R || key || message) mod order. */
__attribute__((noinline)) static void challenge(unsigned char h[64], const unsigned char* r,
                                                const unsigned char* key,
                                                const struct ed25519_piece* pieces, size_t count) {
  crypto_hash_sha512_state hash;
  crypto_hash_sha512_init(&hash);
  crypto_hash_sha512_update(&hash, r, 32);
  crypto_hash_sha512_update(&hash, key, 32);
  add_pieces(&hash, pieces, count);
  crypto_hash_sha512_final(&hash, h);
  sc25519_reduce(h);
}

/* Small orders, of the key and of R, are refused by the caller, who has the list of them. */
int ed25519_verify_pieces(const unsigned char* signature, const struct ed25519_piece* pieces,
                          size_t count, const unsigned char* key) {
  unsigned char h[64];
  unsigned char r[32];
  ge25519_p3 point;
  ge25519_p2 sum;
  if (sc25519_is_canonical(signature + 32) == 0 || ge25519_is_canonical(key) == 0) return -1;
  if (ge25519_frombytes_negate_vartime(&point, key) != 0) return -1;
  challenge(h, signature, key, pieces, count);
  chip_double_times(&sum, h, &point, signature + 32);
  chip_point_bytes(r, sum.X, sum.Y, sum.Z);
  return memcmp(r, signature, sizeof r) == 0 ? 0 : -1; /* both are public */
}

/* The secret scalar, and behind it what nonces are drawn from (RFC 8032, 5.1.5). */
static void expand(unsigned char out[64], const unsigned char* seed) {
  crypto_hash_sha512(out, seed, 32);
  out[0] &= 248;
  out[31] &= 127;
  out[31] |= 64;
}

static void times_base(unsigned char* out, const unsigned char* scalar) {
  ge25519_p3 point;
  ge25519_scalarmult_base(&point, scalar);
  chip_point_bytes(out, point.X, point.Y, point.Z);
  sodium_memzero(&point, sizeof point);
}

void ed25519_public_key(unsigned char* key, const unsigned char* seed) {
  unsigned char expanded[64];
  expand(expanded, seed);
  times_base(key, expanded);
  sodium_memzero(expanded, sizeof expanded);
}

void ed25519_sign_pieces(unsigned char* signature, const struct ed25519_piece* pieces, size_t count,
                         const unsigned char* seed) {
  crypto_hash_sha512_state hash;
  unsigned char expanded[64];
  unsigned char nonce[64];
  unsigned char h[64];
  unsigned char key[32];
  expand(expanded, seed);
  times_base(key, expanded);
  crypto_hash_sha512_init(&hash);
  crypto_hash_sha512_update(&hash, expanded + 32, 32);
  add_pieces(&hash, pieces, count);
  crypto_hash_sha512_final(&hash, nonce);
  sc25519_reduce(nonce);
  times_base(signature, nonce);
  challenge(h, signature, key, pieces, count);
  sc25519_muladd(signature + 32, h, expanded, nonce);
  sodium_memzero(expanded, sizeof expanded);
  sodium_memzero(nonce, sizeof nonce);
}
