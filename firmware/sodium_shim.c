/* What the chosen sources of libsodium need of its other sources. */
#include <stddef.h>
#include <stdint.h>

void sodium_memzero(void* const memory, const size_t size) {
  volatile unsigned char* at = (volatile unsigned char*)memory;
  for (size_t i = 0; i < size; i++)
    at[i] = 0;
}

int sodium_memcmp(const void* const a, const void* const b, size_t size) {
  const volatile unsigned char* x = (const volatile unsigned char*)a;
  const volatile unsigned char* y = (const volatile unsigned char*)b;
  unsigned char difference = 0;
  for (size_t i = 0; i < size; i++)
    difference |= (unsigned char)(x[i] ^ y[i]);
  return (int)((1U & ((unsigned)(difference - 1) >> 8)) - 1U);
}

int sodium_is_zero(const unsigned char* bytes, const size_t size) {
  volatile unsigned char any = 0;
  for (size_t i = 0; i < size; i++)
    any |= bytes[i];
  return 1 & ((any - 1) >> 8);
}
