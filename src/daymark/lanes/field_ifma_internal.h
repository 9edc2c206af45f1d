// Eight lanes of the field by 52-bit multiply-and-add: five unsigned digits of 51 bits each.
//
// V is a register of eight 64-bit lanes: the processor's (vector_avx512_internal.h), or an exact
// emulation (vector_emulated_internal.h), so that this code is tested on every processor.
//
// Bounds: "reduced" digits are below 2^51 + 2^16, and all factors are reduced: the instructions
// take 52 bits of each and would drop the others in silence. A product's folded digits are below
// 125 * 2^52.
#pragma once

#include "daymark/lanes/kernel_internal.h"

namespace daymark::lanes::internal {

inline constexpr DigitBounds ifma_digits = {0, (std::int64_t{1} << 51) + (1 << 16) - 1};

template <class V>
struct IfmaField {
  static constexpr std::size_t lanes = 8;
  static constexpr std::uint64_t digit_mask = (std::uint64_t{1} << 51) - 1;
  using Limb = V;
  /// All bits of a lane, or none.
  using Mask = V;

  struct Element {
    V limb[5];
  };

  struct Wide {
    V limb[5];
  };

  static Wide product(const Element& a, const Element& b) {
    Halves sums = no_halves();
    rows<0>(sums, a, b);
    return fold(sums);
  }

  static Wide square(const Element& a) {
    Halves sums = no_halves();
    cross<0, 1>(sums, a);
    for (int k = 1; k < 8; ++k) {
      sums.low[k] = V::add(sums.low[k], sums.low[k]);
      sums.high[k] = V::add(sums.high[k], sums.high[k]);
    }
    for (int i = 0; i < 5; ++i) {
      sums.low[2 * i] = V::add_low(sums.low[2 * i], a.limb[i], a.limb[i]);
      sums.high[2 * i] = V::add_high(sums.high[2 * i], a.limb[i], a.limb[i]);
    }
    return fold(sums);
  }

  /// Of digits below 2^62.
  static Element reduce(const Wide& a) {
    Element out = {};
    for (int k = 0; k < 5; ++k)
      out.limb[k] = V::both(a.limb[k], V::repeat(digit_mask));
    for (int k = 0; k < 4; ++k)
      out.limb[k + 1] = V::add(out.limb[k + 1], V::template shift_right<51>(a.limb[k]));
    const V over = V::template shift_right<51>(a.limb[4]);
    out.limb[0] = V::add_low(out.limb[0], over, V::repeat(19));
    return out;
  }

  static Wide widen(const Element& a) {
    Wide out = {};
    for (int k = 0; k < 5; ++k)
      out.limb[k] = a.limb[k];
    return out;
  }

  static Wide plus(const Wide& a, const Wide& b) {
    Wide out = {};
    for (int k = 0; k < 5; ++k)
      out.limb[k] = V::add(a.limb[k], b.limb[k]);
    return out;
  }

  /// With 512 p, which is more than two products.
  static Wide minus(const Wide& a, const Wide& b) {
    Wide out = {};
    for (int k = 0; k < 5; ++k)
      out.limb[k] = V::sub(V::add(a.limb[k], V::repeat(512 * prime(k))), b.limb[k]);
    return out;
  }

  static Element tight_sum(const Element& a, const Element& b) {
    Wide out = {};
    for (int k = 0; k < 5; ++k)
      out.limb[k] = V::add(a.limb[k], b.limb[k]);
    return reduce(out);
  }

  static Element tight_difference(const Element& a, const Element& b) {
    Wide out = {};
    for (int k = 0; k < 5; ++k)
      out.limb[k] = V::sub(V::add(a.limb[k], V::repeat(4 * prime(k))), b.limb[k]);
    return reduce(out);
  }

  static Element sum(const Element& a, const Element& b) { return tight_sum(a, b); }

  static Element difference(const Element& a, const Element& b) { return tight_difference(a, b); }

  static Element negate_if(Mask mask, const Element& a) {
    Element zero = {};
    for (V& limb : zero.limb)
      limb = V::repeat(0);
    const Element negative = tight_difference(zero, a);
    Element out = {};
    for (int k = 0; k < 5; ++k)
      out.limb[k] = select(mask, negative.limb[k], a.limb[k]);
    return out;
  }

  /// -1 or 0 for each lane.
  static Mask mask(const std::int64_t* flags) {
    std::uint64_t words[lanes];
    for (std::size_t lane = 0; lane < lanes; ++lane)
      words[lane] = static_cast<std::uint64_t>(flags[lane]);
    return V::load(words);
  }

  static Limb select(Mask mask, Limb yes, Limb no) { return V::select(mask, yes, no); }

  /// Four words of each lane become four digits of all lanes.
  static void gather4(const std::uint64_t* const* from, Limb* out) {
    const V lanes04 = V::load_halves(from[0], from[4]);
    const V lanes15 = V::load_halves(from[1], from[5]);
    const V lanes26 = V::load_halves(from[2], from[6]);
    const V lanes37 = V::load_halves(from[3], from[7]);
    const V even01 = V::interleave_even(lanes04, lanes15);
    const V odd01 = V::interleave_odd(lanes04, lanes15);
    const V even23 = V::interleave_even(lanes26, lanes37);
    const V odd23 = V::interleave_odd(lanes26, lanes37);
    out[0] = V::first_pairs(even01, even23);
    out[1] = V::first_pairs(odd01, odd23);
    out[2] = V::second_pairs(even01, even23);
    out[3] = V::second_pairs(odd01, odd23);
  }

  /// The reverse.
  static void scatter4(const Limb* in, std::uint64_t* const* to) {
    for (std::size_t k = 0; k < 4; ++k) {
      std::uint64_t words[lanes];
      V::store(in[k], words);
      for (std::size_t lane = 0; lane < lanes; ++lane)
        to[lane][k] = words[lane];
    }
  }

  static Element load(const Limbs* numbers) {
    Element out = {};
    for (std::size_t k = 0; k < limb_count; ++k) {
      std::uint64_t words[lanes];
      for (std::size_t lane = 0; lane < lanes; ++lane)
        words[lane] = numbers[lane].limb[k];
      out.limb[k] = V::load(words);
    }
    return out;
  }

  static void store(const Element& a, Limbs* out) {
    for (std::size_t k = 0; k < limb_count; ++k) {
      std::uint64_t words[lanes];
      V::store(a.limb[k], words);
      for (std::size_t lane = 0; lane < lanes; ++lane)
        out[lane].limb[k] = words[lane];
    }
  }

  static void raw_words(const Limbs& number, std::uint64_t* words) {
    for (std::size_t k = 0; k < limb_count; ++k)
      words[k] = number.limb[k];
  }

  static Element from_digits(const std::int64_t (*digits)[lanes_max]) {
    Element out = {};
    for (std::size_t k = 0; k < limb_count; ++k)
      out.limb[k] = mask(digits[k]);
    return out;
  }

  static void to_digits(const Element& a, std::int64_t (*digits)[lanes_max]) {
    Limbs numbers[lanes];
    store(a, numbers);
    for (std::size_t k = 0; k < limb_count; ++k) {
      for (std::size_t lane = 0; lane < lanes; ++lane)
        digits[k][lane] = static_cast<std::int64_t>(numbers[lane].limb[k]);
    }
  }

 private:
  /// low[k] belongs to digit k, high[k] weighs 2^52 there: twice to digit k + 1.
  struct Halves {
    V low[9];
    V high[9];
  };

  static constexpr std::uint64_t prime(int k) { return digit_mask - (k == 0 ? 18 : 0); }

  static Halves no_halves() {
    Halves out = {};
    for (int k = 0; k < 9; ++k) {
      out.low[k] = V::repeat(0);
      out.high[k] = V::repeat(0);
    }
    return out;
  }

  [[gnu::always_inline]] static void term(Halves& sums, int k, V a, V b) {
    sums.low[k] = V::add_low(sums.low[k], a, b);
    sums.high[k] = V::add_high(sums.high[k], a, b);
  }

  // Written out by templates: with loops left, the sums would live in memory.

  template <int I>
  [[gnu::always_inline]] static void rows(Halves& sums, const Element& a, const Element& b) {
    term(sums, I, a.limb[I], b.limb[0]);
    term(sums, I + 1, a.limb[I], b.limb[1]);
    term(sums, I + 2, a.limb[I], b.limb[2]);
    term(sums, I + 3, a.limb[I], b.limb[3]);
    term(sums, I + 4, a.limb[I], b.limb[4]);
    if constexpr (I < 4) rows<I + 1>(sums, a, b);
  }

  template <int I, int J>
  [[gnu::always_inline]] static void cross(Halves& sums, const Element& a) {
    term(sums, I + J, a.limb[I], a.limb[J]);
    if constexpr (J < 4) {
      cross<I, J + 1>(sums, a);
    } else if constexpr (I < 3) {
      cross<I + 1, I + 2>(sums, a);
    }
  }

  [[gnu::always_inline]] static V times19(V a) {
    return V::add(V::add(a, V::add(a, a)), V::template shift_left<4>(a));
  }

  /// Digit k + 5 weighs 19 times digit k.
  [[gnu::always_inline]] static Wide fold(const Halves& sums) {
    Wide out = {};
    for (int k = 0; k < 5; ++k) {
      V upper = V::add(sums.high[k + 4], sums.high[k + 4]);
      if (k < 4) upper = V::add(upper, sums.low[k + 5]);
      V lower = sums.low[k];
      if (k > 0) lower = V::add(lower, V::add(sums.high[k - 1], sums.high[k - 1]));
      out.limb[k] = V::add(lower, times19(upper));
    }
    return out;
  }
};

}  // namespace daymark::lanes::internal
