/* Scalars modulo the order of the base point, in loops: libsodium's unrolled arithmetic would take
   five kilobytes. After TweetNaCl's modL (public domain); every step is the same whatever the
   secret. */
#include <stdint.h>

enum { scalar_size = 32, wide_size = 64 };

/* The order, least significant byte first (RFC 8032, 5.1). */
static const uint8_t group_order[scalar_size] = {
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

/* Limbs of eight bits with room for carries; `x` is used up. */
static void reduce_limbs(unsigned char out[scalar_size], int64_t x[wide_size]) {
  int64_t carry;
  int i;
  int j;
  for (i = wide_size - 1; i >= scalar_size; --i) {
    carry = 0;
    for (j = i - scalar_size; j < i - 12; ++j) {
      x[j] += carry - 16 * x[i] * group_order[j - (i - scalar_size)];
      carry = (x[j] + 128) >> 8;
      x[j] -= carry * 256;
    }
    x[j] += carry;
    x[i] = 0;
  }
  carry = 0;
  for (j = 0; j < scalar_size; ++j) {
    x[j] += carry - (x[31] >> 4) * group_order[j];
    carry = x[j] >> 8;
    x[j] &= 255;
  }
  for (j = 0; j < scalar_size; ++j)
    x[j] -= carry * group_order[j];
  for (i = 0; i < scalar_size; ++i) {
    x[i + 1] += x[i] >> 8;
    out[i] = (unsigned char)(x[i] & 255);
  }
}

void sodium_memzero(void* memory, unsigned long size);

/* In the place of sc25519_reduce: s := s mod order. */
void __wrap_sc25519_reduce(unsigned char s[wide_size]) {
  int64_t x[wide_size];
  for (int i = 0; i < wide_size; ++i)
    x[i] = s[i];
  reduce_limbs(s, x);
  sodium_memzero(x, sizeof x);
}

/* In the place of sc25519_muladd: s := a * b + c mod order. */
void __wrap_sc25519_muladd(unsigned char s[scalar_size], const unsigned char a[scalar_size],
                           const unsigned char b[scalar_size], const unsigned char c[scalar_size]) {
  int64_t x[wide_size] = {0};
  for (int i = 0; i < scalar_size; ++i)
    x[i] = c[i];
  for (int i = 0; i < scalar_size; ++i)
    for (int j = 0; j < scalar_size; ++j)
      x[i + j] += (int64_t)a[i] * b[j];
  reduce_limbs(s, x);
  sodium_memzero(x, sizeof x);
}
