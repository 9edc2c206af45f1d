/* Both users of libsodium's field arithmetic in one piece, so that the image holds it once.
   X25519's base point goes the way without a table too. */
#include "crypto_core/ed25519/ref10/ed25519_ref10.c"

#define ge25519_scalarmult_base __wrap_ge25519_scalarmult_base
void __wrap_ge25519_scalarmult_base(ge25519_p3* h, const unsigned char* a);
#include "crypto_scalarmult/curve25519/ref10/x25519_ref10.c"

/* RFC 8032, 5.1: y = 4/5, x even. */
static void base_point(ge25519_p3* out) {
  unsigned char bytes[32];
  memset(bytes, 0x66, sizeof bytes);
  bytes[0] = 0x58;
  (void)ge25519_frombytes(out, bytes);
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
   libsodium takes, and the base point's multiples computed as well. */
void chip_double_times(ge25519_p2* r, const unsigned char* a, const ge25519_p3* point,
                       const unsigned char* b) {
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
