// Points of edwards25519, several side by side, over a field F that says how many.
//
// F gives: lanes; Element, a number in each lane, and Wide, an unreduced product; product(a, b),
// square(a), reduce(w), widen(a), plus and minus of Wides; sum and difference, which may be
// multiplied once by a reduced element, and their tight forms, which are reduced; negate_if(mask,
// a); mask and select; load, store and moves of four digits between lanes (gather4, scatter4).
// A Wide may be the sum of four products, and minus takes off no more than two.
//
// All formulas are complete on the curve (Hisil, Wong, Carter, Dawson, "Twisted Edwards curves
// revisited", 2008, 3.1 and 3.3, with a = -1): no pair of points is special, so lanes can run in
// step. Everything here is public: neither time nor addresses hide anything.
#pragma once

#include "daymark/lanes/kernel_internal.h"

namespace daymark::lanes::internal {

/// d, 2d and a square root of -1 (RFC 8032 §5.1), as digits of 51 bits.
inline constexpr Limbs curve_d = {
    {929955233495203, 466365720129213, 1662059464998953, 2033849074728123, 1442794654840575}};
inline constexpr Limbs curve_2d = {
    {1859910466990425, 932731440258426, 1072319116312658, 1815898335770999, 633789495995903}};
inline constexpr Limbs root_of_minus_one = {
    {1718705420411056, 234908883556509, 2233514472574048, 2117202627021982, 765476049583133}};
inline constexpr Limbs number_one = {{1, 0, 0, 0, 0}};
inline constexpr Limbs number_zero = {{0, 0, 0, 0, 0}};

/// A table entry of a lane: y + x, y - x, 2z, 2dt, four digits each, then their fifth digits.
inline constexpr std::size_t entry_words = 20;

template <class F>
struct Edwards {
  using Element = typename F::Element;
  using Limb = typename F::Limb;
  using Wide = typename F::Wide;
  using Mask = typename F::Mask;

  /// (x / z, y / z).
  struct Projective {
    Element x;
    Element y;
    Element z;
  };

  /// With t = x y / z.
  struct Extended {
    Element x;
    Element y;
    Element z;
    Element t;
  };

  /// (e f, g h, f g, e h) as x, y, z, t: what sums and doubles leave.
  struct Completed {
    Element e;
    Element f;
    Element g;
    Element h;
  };

  /// A summand: y + x, y - x, 2z, 2dt.
  struct Cached {
    Element y_plus_x;
    Element y_minus_x;
    Element z2;
    Element t2d;
  };

  /// A summand with z = 1: y + x, y - x, 2dxy.
  struct Affine {
    Element y_plus_x;
    Element y_minus_x;
    Element t2d;
  };

  static Element multiply(const Element& a, const Element& b) {
    return F::reduce(F::product(a, b));
  }

  /// The same number in every lane.
  static Element everywhere(const Limbs& number) {
    Limbs all[F::lanes];
    for (Limbs& one : all)
      one = number;
    return F::load(all);
  }

  // Products first, then reductions: neighbours don't wait for one another.

  [[gnu::always_inline]] static void to_projective(const Completed& c, Projective& out) {
    const Wide x = F::product(c.e, c.f);
    const Wide y = F::product(c.g, c.h);
    const Wide z = F::product(c.f, c.g);
    out.x = F::reduce(x);
    out.y = F::reduce(y);
    out.z = F::reduce(z);
  }

  [[gnu::always_inline]] static void to_extended(const Completed& c, Extended& out) {
    const Wide x = F::product(c.e, c.f);
    const Wide y = F::product(c.g, c.h);
    const Wide z = F::product(c.f, c.g);
    const Wide t = F::product(c.e, c.h);
    out.x = F::reduce(x);
    out.y = F::reduce(y);
    out.z = F::reduce(z);
    out.t = F::reduce(t);
  }

  /// 2 (x, y, z).
  template <class Point>
  [[gnu::always_inline]] static Completed twice(const Point& p) {
    const Wide xx = F::square(p.x);
    const Wide yy = F::square(p.y);
    const Wide zz = F::square(p.z);
    const Wide ss = F::square(F::tight_sum(p.x, p.y));
    const Wide h = F::plus(xx, yy);
    Completed out = {};
    out.e = F::reduce(F::minus(ss, h));
    out.f = F::reduce(F::minus(F::plus(F::plus(zz, zz), xx), yy));
    out.g = F::reduce(F::minus(yy, xx));
    out.h = F::reduce(h);
    return out;
  }

  [[gnu::always_inline]] static Completed complete(const Wide& a, const Wide& b, const Wide& c,
                                                   const Wide& d) {
    Completed out = {};
    out.e = F::reduce(F::minus(b, a));
    out.f = F::reduce(F::minus(d, c));
    out.g = F::reduce(F::plus(d, c));
    out.h = F::reduce(F::plus(b, a));
    return out;
  }

  [[gnu::always_inline]] static Completed add(const Extended& p, const Cached& q) {
    const Wide a = F::product(F::difference(p.y, p.x), q.y_minus_x);
    const Wide b = F::product(F::sum(p.y, p.x), q.y_plus_x);
    const Wide c = F::product(p.t, q.t2d);
    const Wide d = F::product(p.z, q.z2);
    return complete(a, b, c, d);
  }

  [[gnu::always_inline]] static Completed add(const Extended& p, const Affine& q) {
    const Wide a = F::product(F::difference(p.y, p.x), q.y_minus_x);
    const Wide b = F::product(F::sum(p.y, p.x), q.y_plus_x);
    const Wide c = F::product(p.t, q.t2d);
    const Wide d = F::widen(p.z);
    return complete(a, b, c, F::plus(d, d));
  }

  static Cached cached(const Extended& p) {
    return {F::tight_sum(p.y, p.x), F::tight_difference(p.y, p.x), F::tight_sum(p.z, p.z),
            multiply(p.t, everywhere(curve_2d))};
  }

  /// Where the digits are negative: -q.
  static void turn(Mask negative, Limb* plus_minus_last) {
    const Limb plus = plus_minus_last[0];
    const Limb minus = plus_minus_last[1];
    plus_minus_last[0] = F::select(negative, minus, plus);
    plus_minus_last[1] = F::select(negative, plus, minus);
  }

  [[gnu::always_inline]] static Element join(const Limb* four, Limb last) {
    return {{four[0], four[1], four[2], four[3], last}};
  }

  /// Writes one entry for all lanes: `entry` is [lanes][entry_words].
  static void write_entry(const Cached& q, std::uint64_t* entry) {
    const Element* const rows[4] = {&q.y_plus_x, &q.y_minus_x, &q.z2, &q.t2d};
    std::uint64_t* to[F::lanes];
    for (std::size_t row = 0; row < 5; ++row) {
      for (std::size_t lane = 0; lane < F::lanes; ++lane)
        to[lane] = entry + lane * entry_words + 4 * row;
      const Limb lasts[4] = {q.y_plus_x.limb[4], q.y_minus_x.limb[4], q.z2.limb[4], q.t2d.limb[4]};
      F::scatter4(row < 4 ? rows[row]->limb : lasts, to);
    }
  }

  /// Where each lane's entry begins, and which lanes want its negative.
  struct Choice {
    const std::uint64_t* entry[F::lanes];
    std::int64_t negative[F::lanes];
  };

  /// Reads four words of each lane's entry: from word `at`, or `at_negative` where negative.
  [[gnu::always_inline]] static void read4(const Choice& choice, std::size_t at,
                                           std::size_t at_negative, Limb* out) {
    const std::uint64_t* from[F::lanes];
    for (std::size_t lane = 0; lane < F::lanes; ++lane)
      from[lane] = choice.entry[lane] + (choice.negative[lane] != 0 ? at_negative : at);
    F::gather4(from, out);
  }

  /// From a table that write_entry wrote.
  static Cached read_cached(const Choice& choice) {
    Limb plus[4];
    Limb minus[4];
    Limb z2[4];
    Limb t2d[4];
    Limb last[4];
    read4(choice, 0, 4, plus);
    read4(choice, 4, 0, minus);
    read4(choice, 8, 8, z2);
    read4(choice, 12, 12, t2d);
    read4(choice, 16, 16, last);
    const Mask negative = F::mask(choice.negative);
    turn(negative, last);
    return {join(plus, last[0]), join(minus, last[1]), join(z2, last[2]),
            F::negate_if(negative, join(t2d, last[3]))};
  }

  /// From the table of the base point.
  static Affine read_affine(const Choice& choice) {
    Limb plus[4];
    Limb minus[4];
    Limb t2d[4];
    Limb last[4];
    read4(choice, 0, 4, plus);
    read4(choice, 4, 0, minus);
    read4(choice, 8, 8, t2d);
    read4(choice, 12, 12, last);
    const Mask negative = F::mask(choice.negative);
    turn(negative, last);
    return {join(plus, last[0]), join(minus, last[1]), F::negate_if(negative, join(t2d, last[2]))};
  }

  // Powers.

  static Element square_times(Element a, int times) {
    for (; times > 0; --times)
      a = F::reduce(F::square(a));
    return a;
  }

  /// a^(2^250 - 1), and a^11 on the way.
  static Element power_250(const Element& a, Element& power_11) {
    const Element power_2 = square_times(a, 1);
    const Element power_9 = multiply(square_times(power_2, 2), a);
    power_11 = multiply(power_9, power_2);
    const Element bits_5 = multiply(square_times(power_11, 1), power_9);
    const Element bits_10 = multiply(square_times(bits_5, 5), bits_5);
    const Element bits_20 = multiply(square_times(bits_10, 10), bits_10);
    const Element bits_40 = multiply(square_times(bits_20, 20), bits_20);
    const Element bits_50 = multiply(square_times(bits_40, 10), bits_10);
    const Element bits_100 = multiply(square_times(bits_50, 50), bits_50);
    const Element bits_200 = multiply(square_times(bits_100, 100), bits_100);
    return multiply(square_times(bits_200, 50), bits_50);
  }

  /// 1 / a, or 0 for 0.
  static Element invert(const Element& a) {
    Element power_11;
    const Element high = power_250(a, power_11);
    return multiply(square_times(high, 5), power_11);
  }

  /// a^((p - 5) / 8).
  static Element power_for_root(const Element& a) {
    Element power_11;
    const Element high = power_250(a, power_11);
    return multiply(square_times(high, 2), a);
  }

  // Numbers in one lane.

  /// Digits of at most 55 bits to the one form below p.
  static void freeze(Limbs& number) {
    constexpr std::uint64_t mask = (std::uint64_t{1} << 51) - 1;
    std::uint64_t* const limb = number.limb;
    for (int pass = 0; pass < 2; ++pass) {
      for (int k = 0; k < 4; ++k) {
        limb[k + 1] += limb[k] >> 51;
        limb[k] &= mask;
      }
      limb[0] += 19 * (limb[4] >> 51);
      limb[4] &= mask;
    }
    std::uint64_t beyond = (limb[0] + 19) >> 51;
    for (int k = 1; k < 5; ++k)
      beyond = (limb[k] + beyond) >> 51;
    limb[0] += 19 * beyond;
    for (int k = 0; k < 4; ++k) {
      limb[k + 1] += limb[k] >> 51;
      limb[k] &= mask;
    }
    limb[4] &= mask;
  }

  static void store_frozen(const Element& a, Limbs* out) {
    F::store(a, out);
    for (std::size_t lane = 0; lane < F::lanes; ++lane)
      freeze(out[lane]);
  }

  static bool is_zero(const Limbs& frozen) {
    return (frozen.limb[0] | frozen.limb[1] | frozen.limb[2] | frozen.limb[3] | frozen.limb[4]) ==
           0;
  }

  static std::uint64_t word_of(const std::uint8_t* bytes) {
    std::uint64_t word = 0;
    for (unsigned i = 0; i < 8; ++i)
      word |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
    return word;
  }

  /// The lower 255 bits.
  static Limbs from_bytes(const std::uint8_t* bytes) {
    constexpr std::uint64_t mask = (std::uint64_t{1} << 51) - 1;
    return {{word_of(bytes) & mask, (word_of(bytes + 6) >> 3) & mask,
             (word_of(bytes + 12) >> 6) & mask, (word_of(bytes + 19) >> 1) & mask,
             (word_of(bytes + 24) >> 12) & mask}};
  }
};

}  // namespace daymark::lanes::internal
