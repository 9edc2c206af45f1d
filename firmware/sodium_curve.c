/* Both users of libsodium's field arithmetic in one piece, so that the image holds it once. */
#include "private/ed25519_ref10.h"

/* In a frame of its own: while a signature is verified there is little stack left. */
__attribute__((noinline)) int ge25519_frombytes_negate_vartime(ge25519_p3* h,
                                                               const unsigned char* s);
#include "crypto_core/ed25519/ref10/ed25519_ref10.c"

/* out := 1 / z as z^(p - 2): of the power that roots need anyway, p - 2 = 8 ((p - 5) / 8) + 3. */
static void invert(fe25519 out, const fe25519 z) {
  fe25519 cube;
  fe25519_sq(cube, z);
  fe25519_mul(cube, cube, z);
  fe25519_pow22523(out, z);
  for (int doubling = 0; doubling < 3; ++doubling)
    fe25519_sq(out, out);
  fe25519_mul(out, out, cube);
}

/* The encoding of a point (RFC 8032, 5.1.2). */
void chip_point_bytes(unsigned char out[32], const fe25519 x, const fe25519 y, const fe25519 z) {
  fe25519 part;
  fe25519 scale;
  invert(scale, z);
  fe25519_mul(part, y, scale);
  fe25519_tobytes(out, part);
  fe25519_mul(part, x, scale);
  out[31] ^= (unsigned char)(fe25519_isnegative(part) << 7);
}

/* RFC 8032, 5.1: y = 4/5. Both coordinates stand here, for the root would take code and time. */
static void base_point(ge25519_p3* out) {
  static const unsigned char x[32] = {0x1a, 0xd5, 0x25, 0x8f, 0x60, 0x2d, 0x56, 0xc9,
                                      0xb2, 0xa7, 0x25, 0x95, 0x60, 0xc7, 0x2c, 0x69,
                                      0x5c, 0xdc, 0xd6, 0xfd, 0x31, 0xe2, 0xa4, 0xc0,
                                      0xfe, 0x53, 0x6e, 0xcd, 0xd3, 0x36, 0x69, 0x21};
  unsigned char y[32];
  memset(y, 0x66, sizeof y);
  y[0] = 0x58;
  fe25519_frombytes(out->X, x);
  fe25519_frombytes(out->Y, y);
  fe25519_1(out->Z);
  fe25519_mul(out->T, out->X, out->Y);
}

/* The multiples 0 to 3 of the base point. */
static void small_multiples(ge25519_cached out[4]) {
  ge25519_p3 base;
  ge25519_p3 sum;
  ge25519_p1p1 t;
  base_point(&base);
  ge25519_cached_0(&out[0]);
  ge25519_p3_to_cached(&out[1], &base);
  ge25519_p3_dbl(&t, &base);
  ge25519_p1p1_to_p3(&sum, &t);
  ge25519_p3_to_cached(&out[2], &sum);
  ge25519_add(&t, &sum, &out[1]);
  ge25519_p1p1_to_p3(&sum, &t);
  ge25519_p3_to_cached(&out[3], &sum);
}

/* h := a times the base point, without a table in the image and with little stack: two bits a step,
   the same steps and the same memory whatever `a` is. libsodium's way gives the same point. */
void __wrap_ge25519_scalarmult_base(ge25519_p3* h, const unsigned char* a) {
  ge25519_cached multiples[4];
  ge25519_cached chosen;
  ge25519_p1p1 t;
  small_multiples(multiples);
  ge25519_p3_0(h);
  for (int i = 254; i >= 0; i -= 2) {
    const unsigned char digit = (unsigned char)(a[i / 8] >> (i % 8) & 3);
    for (int doubling = 0; doubling < 2; ++doubling) {
      ge25519_p3_dbl(&t, h);
      ge25519_p1p1_to_p3(h, &t);
    }
    ge25519_cached_0(&chosen);
    for (unsigned char j = 1; j < 4; ++j)
      ge25519_cmov_cached(&chosen, &multiples[j], equal((signed char)digit, (signed char)j));
    ge25519_add(&t, h, &chosen);
    ge25519_p1p1_to_p3(h, &t);
  }
  sodium_memzero(&chosen, sizeof chosen);
  sodium_memzero(&t, sizeof t);
}

/* Digits 0 or odd, of at most `most` either way, that sum up to the scalar. */
static void recode(signed char digits[256], const unsigned char* scalar, int most) {
  for (int i = 0; i < 256; ++i)
    digits[i] = 1 & (scalar[i / 8] >> (i % 8));
  for (int i = 0; i < 256; ++i) {
    for (int b = 1; digits[i] != 0 && b <= 4 && i + b < 256; ++b) {
      const int step = digits[i + b] * (1 << b);
      if (step == 0) continue;
      if (digits[i] + step <= most) {
        digits[i] = (signed char)(digits[i] + step);
        digits[i + b] = 0;
      } else if (digits[i] - step >= -most) {
        digits[i] = (signed char)(digits[i] - step);
        int carry = i + b;
        for (; carry < 256 && digits[carry] != 0; ++carry)
          digits[carry] = 0;
        if (carry < 256) digits[carry] = 1;
      } else {
        break;
      }
    }
  }
}

static void add_digit(ge25519_p1p1* t, int digit, const ge25519_cached* odd) {
  ge25519_p3 sum;
  if (digit == 0) return;
  ge25519_p1p1_to_p3(&sum, t);
  if (digit > 0)
    ge25519_add(t, &sum, &odd[digit / 2]);
  else
    ge25519_sub(t, &sum, &odd[-digit / 2]);
}

/* 1, 3, 5… times the point. */
static void odd_multiples(ge25519_cached* out, int count, const ge25519_p3* point) {
  ge25519_p3 twice;
  ge25519_p3 sum;
  ge25519_p1p1 t;
  ge25519_p3_dbl(&t, point);
  ge25519_p1p1_to_p3(&twice, &t);
  ge25519_p3_to_cached(&out[0], point);
  for (int i = 1; i < count; ++i) {
    ge25519_add(&t, &twice, &out[i - 1]);
    ge25519_p1p1_to_p3(&sum, &t);
    ge25519_p3_to_cached(&out[i], &sum);
  }
}

/* r := a times the point + b times the base point, of public values alone: with less memory than
   libsodium takes, and the base point's multiples computed as well. In a frame of its own: nothing
   of what came before is needed in it. */
__attribute__((noinline)) void chip_double_times(ge25519_p2* r, const unsigned char* a,
                                                 const ge25519_p3* point, const unsigned char* b) {
  enum { of_point = 4, of_base = 2 };

  signed char digits[2][256];
  ge25519_cached multiples[of_point + of_base];
  ge25519_p1p1 t;
  ge25519_p3 base;
  base_point(&base);
  recode(digits[0], a, 2 * of_point - 1);
  recode(digits[1], b, 2 * of_base - 1);
  odd_multiples(multiples, of_point, point);
  odd_multiples(multiples + of_point, of_base, &base);
  ge25519_p2_0(r);
  for (int i = 255; i >= 0; --i) {
    ge25519_p2_dbl(&t, r);
    add_digit(&t, digits[0][i], multiples);
    add_digit(&t, digits[1][i], multiples + of_point);
    ge25519_p1p1_to_p2(r, &t);
  }
}

/* out := X25519(scalar, point) of RFC 7748, 5; the ladder is libsodium's (x25519_ref10.c), without
   its list of points of small order: they all give zero, which the caller refuses. */
void chip_x25519(unsigned char out[32], const unsigned char scalar[32],
                 const unsigned char point[32]) {
  unsigned char bits[32];
  fe25519 x1, x2, z2, x3, z3, sum, difference;
  unsigned int swap = 0;
  memcpy(bits, scalar, sizeof bits);
  bits[0] &= 248;
  bits[31] &= 127;
  bits[31] |= 64;
  fe25519_frombytes(x1, point);
  fe25519_1(x2);
  fe25519_0(z2);
  fe25519_copy(x3, x1);
  fe25519_1(z3);
  for (int at = 254; at >= 0; --at) {
    const unsigned int bit = bits[at / 8] >> (at & 7) & 1U;
    fe25519_cswap(x2, x3, swap ^ bit);
    fe25519_cswap(z2, z3, swap ^ bit);
    swap = bit;
    fe25519_sub(sum, x3, z3);
    fe25519_sub(difference, x2, z2);
    fe25519_add(x2, x2, z2);
    fe25519_add(z2, x3, z3);
    fe25519_mul(z3, sum, x2);
    fe25519_mul(z2, z2, difference);
    fe25519_sq(sum, difference);
    fe25519_sq(difference, x2);
    fe25519_add(x3, z3, z2);
    fe25519_sub(z2, z3, z2);
    fe25519_mul(x2, difference, sum);
    fe25519_sub(difference, difference, sum);
    fe25519_sq(z2, z2);
    fe25519_scalar_product(z3, difference, 121666);
    fe25519_sq(x3, x3);
    fe25519_add(sum, sum, z3);
    fe25519_mul(z3, x1, z2);
    fe25519_mul(z2, difference, sum);
  }
  fe25519_cswap(x2, x3, swap);
  fe25519_cswap(z2, z3, swap);
  invert(z2, z2);
  fe25519_mul(x2, x2, z2);
  fe25519_tobytes(out, x2);
  sodium_memzero(bits, sizeof bits);
}
