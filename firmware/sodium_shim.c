/* What the chosen sources of libsodium need of its other sources, and the base point without its
   table. Signatures stay the same bytes: only the way to them is longer. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "private/ed25519_ref10.h"

void sodium_memzero(void *const memory, const size_t size) {
  volatile unsigned char *at = (volatile unsigned char *)memory;
  for (size_t i = 0; i < size; i++) at[i] = 0;
}

int sodium_memcmp(const void *const a, const void *const b, size_t size) {
  const volatile unsigned char *x = (const volatile unsigned char *)a;
  const volatile unsigned char *y = (const volatile unsigned char *)b;
  unsigned char difference = 0;
  for (size_t i = 0; i < size; i++) difference |= (unsigned char)(x[i] ^ y[i]);
  return (int)((1U & ((unsigned)(difference - 1) >> 8)) - 1U);
}

int sodium_is_zero(const unsigned char *bytes, const size_t size) {
  volatile unsigned char any = 0;
  for (size_t i = 0; i < size; i++) any |= bytes[i];
  return 1 & ((any - 1) >> 8);
}

/* libsodium's own constant-time multiplication, of the base point (RFC 8032, 5.1: y = 4/5, x
   even). */
void __wrap_ge25519_scalarmult_base(ge25519_p3 *h, const unsigned char *a) {
  unsigned char base[32];
  ge25519_p3 point;
  memset(base, 0x66, sizeof base);
  base[0] = 0x58;
  (void)ge25519_frombytes(&point, base);
  ge25519_scalarmult(h, a, &point);
}
