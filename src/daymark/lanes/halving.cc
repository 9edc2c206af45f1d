#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "daymark/lanes/halving_internal.h"

namespace daymark::lanes::internal {

namespace {

__extension__ using Uint128 = unsigned __int128;

/// 256 bits, least significant first; where it has a sign, as a complement of two.
using Number = std::array<std::uint64_t, 4>;

constexpr Number eight_orders = {0xc09318d2e7ae9f68, 0xa6f7cef517bce6b2, 0, 0x8000000000000000};

constexpr unsigned word_bits = 64;
constexpr unsigned half_bits = 128;
/// Leading bits that stand for a remainder in quotients, and those that must be left of it: fewer
/// would be lost in the error of the others.
constexpr unsigned leading_bits = 62;
constexpr unsigned leading_rest = 33;
/// Far more than any challenge takes.
constexpr int steps_max = 400;
/// Reductions of the longer vector before it is given up.
constexpr int late_steps_max = 8;

unsigned length_of(const Number& a) {
  for (unsigned i = 4; i-- > 0;) {
    if (a[i] != 0) return word_bits * i + static_cast<unsigned>(std::bit_width(a[i]));
  }
  return 0;
}

bool less(const Number& a, const Number& b) {
  return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
}

bool is_negative(const Number& a) {
  return a[3] >> (word_bits - 1) != 0;
}

/// Below 2^128.
bool is_half(const Number& a) {
  return a[2] == 0 && a[3] == 0;
}

/// Below 15 * 2^130.
bool fits(const Number& a) {
  return a[2] < 60 && a[3] == 0;
}

/// a 2^shift. What goes beyond 256 bits is lost.
Number shifted(const Number& a, unsigned shift) {
  Number out = {};
  const unsigned words = shift / word_bits;
  const unsigned bits = shift % word_bits;
  for (unsigned i = words; i < 4; ++i) {
    out[i] = a[i - words] << bits;
    if (bits != 0 && i > words) out[i] |= a[i - words - 1] >> (word_bits - bits);
  }
  return out;
}

/// a / 2^shift, of which no more than 64 bits are left.
std::uint64_t leading(const Number& a, unsigned shift) {
  const unsigned words = shift / word_bits;
  const unsigned bits = shift % word_bits;
  std::uint64_t out = a[words] >> bits;
  if (bits != 0 && words < 3) out |= a[words + 1] << (word_bits - bits);
  return out;
}

Number difference(const Number& a, const Number& b) {
  Number out = {};
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const Uint128 all = static_cast<Uint128>(a[i]) - b[i] - borrow;
    out[i] = static_cast<std::uint64_t>(all);
    borrow = static_cast<std::uint64_t>(all >> word_bits) & 1U;
  }
  return out;
}

/// a x - b y.
Number combination(const Number& x, std::uint64_t a, const Number& y, std::uint64_t b) {
  Number out = {};
  Uint128 plus = 0;
  Uint128 minus = 0;
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    plus = static_cast<Uint128>(x[i]) * a + static_cast<std::uint64_t>(plus >> word_bits);
    minus = static_cast<Uint128>(y[i]) * b + static_cast<std::uint64_t>(minus >> word_bits);
    const Uint128 all = static_cast<Uint128>(static_cast<std::uint64_t>(plus)) -
                        static_cast<std::uint64_t>(minus) - borrow;
    out[i] = static_cast<std::uint64_t>(all);
    borrow = static_cast<std::uint64_t>(all >> word_bits) & 1U;
  }
  return out;
}

/// remainder = cofactor h modulo 8 L, and the cofactor may be negative.
struct Vector {
  Number remainder;
  Number cofactor;
};

/// a v - b w, or its negative: a remainder is never below 0.
Vector combination(const Vector& v, std::uint64_t a, const Vector& w, std::uint64_t b) {
  const Vector out = {combination(v.remainder, a, w.remainder, b),
                      combination(v.cofactor, a, w.cofactor, b)};
  if (!is_negative(out.remainder)) return out;
  return {difference({}, out.remainder), difference({}, out.cofactor)};
}

/// Takes the largest 2^s multiple of `b` off that leaves a remainder.
void reduce(Vector& a, const Vector& b) {
  unsigned shift = length_of(a.remainder) - length_of(b.remainder);
  if (less(a.remainder, shifted(b.remainder, shift))) --shift;
  a.remainder = difference(a.remainder, shifted(b.remainder, shift));
  a.cofactor = difference(a.cofactor, shifted(b.cofactor, shift));
}

/// Many steps of Euclid's algorithm at once, their quotients from the leading bits (D. Lehmer,
/// 1938). A quotient may be wrong by one: the result is then a little longer, but in the lattice
/// still. False where the two are too far apart for even one.
bool leap(Vector& longer, Vector& shorter) {
  const unsigned length = length_of(longer.remainder);
  const unsigned shift = length - leading_bits;
  const unsigned rest = std::max(leading_rest, half_bits > shift ? half_bits - shift : 0U);
  std::uint64_t x = leading(longer.remainder, shift);
  std::uint64_t y = leading(shorter.remainder, shift);
  if (y >> rest == 0) return false;
  // x and y are these combinations of the remainders; the signs alternate.
  std::uint64_t a = 1;
  std::uint64_t b = 0;
  std::uint64_t c = 0;
  std::uint64_t d = 1;
  bool odd = false;
  for (; y >> rest != 0; odd = !odd) {
    const std::uint64_t quotient = x / y;
    x = std::exchange(y, x - quotient * y);
    a = std::exchange(c, a + quotient * c);
    b = std::exchange(d, b + quotient * d);
  }
  const Vector before = longer;
  longer = odd ? combination(shorter, b, before, a) : combination(before, a, shorter, b);
  shorter = odd ? combination(before, c, shorter, d) : combination(shorter, d, before, c);
  return true;
}

ByteArray<32> bytes_of_number(const Number& a) {
  ByteArray<32> out{};
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<Byte>(a[i / 8] >> (8 * (i % 8)));
  return out;
}

Number number_of_bytes(const ByteArray<32>& bytes) {
  Number out = {};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    out[i / 8] |= std::uint64_t{bytes[i]} << (8 * (i % 8));
  return out;
}

bool is_odd(const Vector& a) {
  return (a.cofactor[0] & 1U) != 0;
}

std::optional<Halves> halves_of(const Vector& chosen) {
  const bool negative = is_negative(chosen.cofactor);
  const Number multiplier = negative ? difference({}, chosen.cofactor) : chosen.cofactor;
  if (!fits(chosen.remainder) || !fits(multiplier)) return std::nullopt;
  return Halves{bytes_of_number(multiplier), bytes_of_number(chosen.remainder), negative};
}

}  // namespace

std::optional<Halves> halve(const ByteArray<32>& challenge) {
  Vector longer = {eight_orders, {}};
  Vector shorter = {number_of_bytes(challenge), {1, 0, 0, 0}};
  // When the longer remainder still has half the bits, the shorter cofactor has the other half.
  for (int i = 0; i < steps_max && !is_half(shorter.remainder); ++i) {
    if (!leap(longer, shorter)) reduce(longer, shorter);
    if (less(longer.remainder, shorter.remainder)) std::swap(longer, shorter);
  }
  if (is_odd(shorter)) return halves_of(shorter);
  // Neighbours have no common factor: the other cofactor is odd, and stays so.
  for (int i = 0; i < late_steps_max && !fits(longer.remainder); ++i)
    reduce(longer, shorter);
  return halves_of(longer);
}

}  // namespace daymark::lanes::internal
