// The verdict on a few signatures side by side: w B = v A + u R, for each lane its own equation.
#pragma once

#include "daymark/lanes/edwards_internal.h"

namespace daymark::lanes::internal {

template <class F>
struct Judge {
  using E = Edwards<F>;
  using Element = typename F::Element;
  using Projective = typename E::Projective;
  using Extended = typename E::Extended;
  using Choice = typename E::Choice;

  static constexpr std::size_t window_bits = 5;
  static constexpr std::size_t windows = 27;
  static constexpr std::size_t entries = (1U << (window_bits - 1)) + 1;
  static constexpr std::size_t base_windows = 2 * base_half_windows;

  /// Signed digits of v, |u| and w, least significant first.
  struct Digits {
    std::int16_t key[windows];
    std::int16_t commitment[windows];
    std::int16_t base[base_windows];
  };

  using Table = std::uint64_t[entries][F::lanes][entry_words];

  /// `bits` bits of a 256-bit number from bit `at` on.
  static unsigned window(const std::uint8_t* number, std::size_t at, std::size_t bits) {
    unsigned value = 0;
    for (std::size_t i = 0; i < 3 && at / 8 + i < 32; ++i)
      value |= static_cast<unsigned>(number[at / 8 + i]) << (8 * i);
    return (value >> (at % 8)) & ((1U << bits) - 1);
  }

  /// Digits in [-2^(bits - 1), 2^(bits - 1)). A task's bounds leave nothing over.
  static void recode(const std::uint8_t* number, std::size_t bits, std::size_t count,
                     std::int16_t* out) {
    unsigned carry = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const unsigned value = window(number, i * bits, bits) + carry;
      carry = value >> (bits - 1) != 0 ? 1 : 0;
      out[i] = static_cast<std::int16_t>(static_cast<int>(value) - static_cast<int>(carry << bits));
    }
  }

  /// An encoded point of each lane; `negate` asks for its negative.
  struct Encoded {
    const std::uint8_t* bytes[F::lanes];
    bool negate[F::lanes];
  };

  static void set(std::int64_t* flags, std::size_t lane, bool value) {
    flags[lane] = value ? -1 : 0;
  }

  static Element select(const std::int64_t* flags, const Element& yes, const Element& no) {
    const auto mask = F::mask(flags);
    Element out = {};
    for (std::size_t k = 0; k < limb_count; ++k)
      out.limb[k] = F::select(mask, yes.limb[k], no.limb[k]);
    return out;
  }

  /// x of the curve point with this y (RFC 8032 §5.1.3, steps 2 and 3); point[lane] says whether
  /// there is one. Its sign is either.
  static Element root(const Element& y, bool* point) {
    const Element one = E::everywhere(number_one);
    const auto yy = F::square(y);
    const Element u = F::reduce(F::minus(yy, F::widen(one)));
    const auto dyy = F::product(E::everywhere(curve_d), F::reduce(yy));
    const Element v = F::reduce(F::plus(dyy, F::widen(one)));
    const Element v3 = E::multiply(F::reduce(F::square(v)), v);
    const Element v7 = E::multiply(F::reduce(F::square(v3)), v);
    const Element power = E::power_for_root(E::multiply(u, v7));
    const Element x = E::multiply(E::multiply(u, v3), power);
    const Element vxx = E::multiply(F::reduce(F::square(x)), v);
    Limbs minus[F::lanes];
    Limbs plus[F::lanes];
    E::store_frozen(F::tight_difference(vxx, u), minus);
    E::store_frozen(F::tight_sum(vxx, u), plus);
    std::int64_t turned[F::lanes];
    for (std::size_t lane = 0; lane < F::lanes; ++lane) {
      point[lane] = E::is_zero(minus[lane]) || E::is_zero(plus[lane]);
      set(turned, lane, !E::is_zero(minus[lane]));
    }
    return select(turned, E::multiply(x, E::everywhere(root_of_minus_one)), x);
  }

  static Element read_y(const Encoded& encoded) {
    Limbs y[F::lanes];
    for (std::size_t lane = 0; lane < F::lanes; ++lane)
      y[lane] = E::from_bytes(encoded.bytes[lane]);
    return F::load(y);
  }

  /// What is encoded, or the neutral point in a lane where that is no point: it must not disturb
  /// the others.
  static Extended points(const Encoded& encoded, bool* point) {
    const Element y = read_y(encoded);
    const Element x = root(y, point);
    Limbs frozen[F::lanes];
    E::store_frozen(x, frozen);
    std::int64_t negate[F::lanes];
    std::int64_t usable[F::lanes];
    for (std::size_t lane = 0; lane < F::lanes; ++lane) {
      const bool wants_odd = (encoded.bytes[lane][31] >> 7 != 0) != encoded.negate[lane];
      set(negate, lane, ((frozen[lane].limb[0] & 1U) != 0) != wants_odd);
      set(usable, lane, point[lane]);
    }
    const Element one = E::everywhere(number_one);
    Extended out = {};
    out.x = select(usable, F::negate_if(F::mask(negate), x), E::everywhere(number_zero));
    out.y = select(usable, y, one);
    out.z = one;
    out.t = E::multiply(out.x, out.y);
    return out;
  }

  /// Multiples 0 to 16 of p in every lane.
  static void write_table(const Extended& p, Table& table) {
    const Element one = E::everywhere(number_one);
    const Element zero = E::everywhere(number_zero);
    E::write_entry({one, one, F::tight_sum(one, one), zero}, table[0][0]);
    Extended multiple[entries];
    multiple[1] = p;
    const auto first = E::cached(p);
    E::write_entry(first, table[1][0]);
    for (std::size_t i = 2; i < entries; ++i) {
      const bool even = i % 2 == 0;
      E::to_extended(even ? E::twice(multiple[i / 2]) : E::add(multiple[i - 1], first),
                     multiple[i]);
      E::write_entry(E::cached(multiple[i]), table[i][0]);
    }
  }

  /// The entries for digit `window` of v, or of u.
  static Choice choose(const Table& table, const Digits* digits,
                       const std::int16_t (Digits::*number)[windows], std::size_t window) {
    Choice out = {};
    for (std::size_t lane = 0; lane < F::lanes; ++lane) {
      const int digit = (digits[lane].*number)[window];
      out.entry[lane] = table[digit < 0 ? -digit : digit][lane];
      set(out.negative, lane, digit < 0);
    }
    return out;
  }

  static Choice choose_base(const std::uint64_t* base, const Digits* digits, std::size_t window) {
    Choice out = {};
    for (std::size_t lane = 0; lane < F::lanes; ++lane) {
      const int digit = digits[lane].base[window];
      out.entry[lane] =
          base + static_cast<std::size_t>(digit < 0 ? -digit : digit) * base_entry_words;
      set(out.negative, lane, digit < 0);
    }
    return out;
  }

  /// 32 p, ready for an addition.
  static void shift_window(const Projective& p, Extended& out) {
    Projective q = p;
    for (std::size_t i = 1; i < window_bits; ++i)
      E::to_projective(E::twice(q), q);
    E::to_extended(E::twice(q), out);
  }

  /// Tables of -A and of -R, or of R where u is negative.
  struct Tables {
    alignas(64) Table key;
    alignas(64) Table commitment;
  };

  /// Adds the digits of both halves of w that stand at `window`.
  static void add_base(const std::uint64_t* base, const Digits* digits, std::size_t window,
                       const Extended& sum, Projective& out) {
    const std::uint64_t* const upper = base + base_half_entries * base_entry_words;
    Extended with_lower;
    E::to_extended(E::add(sum, E::read_affine(choose_base(base, digits, window))), with_lower);
    const Choice choice = choose_base(upper, digits, window + base_half_windows);
    E::to_projective(E::add(with_lower, E::read_affine(choice)), out);
  }

  /// [w]B - [v]A - [u]R, most significant windows first: two of u and v for each of w.
  static Projective combine(const std::uint64_t* base, const Digits* digits, const Tables& tables) {
    const Element one = E::everywhere(number_one);
    const Element zero = E::everywhere(number_zero);
    Extended sum = {zero, one, one, zero};
    Projective result = {zero, one, one};
    for (std::size_t window = windows; window-- > 0;) {
      if (window + 1 < windows) shift_window(result, sum);
      const Choice key = choose(tables.key, digits, &Digits::key, window);
      E::to_extended(E::add(sum, E::read_cached(key)), sum);
      const Choice commitment = choose(tables.commitment, digits, &Digits::commitment, window);
      const auto with_both = E::add(sum, E::read_cached(commitment));
      if (window % 2 != 0 || window / 2 >= base_half_windows) {
        E::to_projective(with_both, result);
        continue;
      }
      E::to_extended(with_both, sum);
      add_base(base, digits, window / 2, sum, result);
    }
    return result;
  }

  /// Whether each lane holds the neutral point. No z is 0: the formulas are complete.
  static void are_neutral(const Projective& result, bool* valid) {
    Limbs x[F::lanes];
    Limbs difference[F::lanes];
    E::store_frozen(result.x, x);
    E::store_frozen(F::tight_difference(result.y, result.z), difference);
    for (std::size_t lane = 0; lane < F::lanes; ++lane)
      valid[lane] = E::is_zero(x[lane]) && E::is_zero(difference[lane]);
  }

  static void judge_group(const std::uint64_t* base, const Task* const* tasks, bool* valid) {
    Digits digits[F::lanes];
    Encoded keys = {};
    Encoded commitments = {};
    for (std::size_t lane = 0; lane < F::lanes; ++lane) {
      const Task& task = *tasks[lane];
      recode(task.key_factor, window_bits, windows, digits[lane].key);
      recode(task.commitment_factor, window_bits, windows, digits[lane].commitment);
      recode(task.base_factor, base_window_bits, base_windows, digits[lane].base);
      keys.bytes[lane] = task.key;
      keys.negate[lane] = true;
      commitments.bytes[lane] = task.commitment;
      commitments.negate[lane] = !task.is_negative;
    }
    Tables tables;
    bool key_is_point[F::lanes];
    bool commitment_is_point[F::lanes];
    write_table(points(keys, key_is_point), tables.key);
    write_table(points(commitments, commitment_is_point), tables.commitment);
    are_neutral(combine(base, digits, tables), valid);
    for (std::size_t lane = 0; lane < F::lanes; ++lane)
      valid[lane] = valid[lane] && key_is_point[lane] && commitment_is_point[lane];
  }

  /// The tasks of a group; what is missing at the end repeats the last one.
  static void group_of(const Task* tasks, std::size_t left, const Task** group) {
    for (std::size_t lane = 0; lane < F::lanes; ++lane)
      group[lane] = tasks + (lane < left ? lane : left - 1);
  }

  /// Kernel::verify.
  static void verify(const std::uint64_t* base, const Task* tasks, std::size_t count, bool* valid) {
    if (count > batch_max) return;
    const Task* group[F::lanes];
    bool verdict[F::lanes];
    for (std::size_t at = 0; at < count; at += F::lanes) {
      const std::size_t left = count - at;
      group_of(tasks + at, left, group);
      judge_group(base, group, verdict);
      for (std::size_t lane = 0; lane < F::lanes && lane < left; ++lane)
        valid[at + lane] = verdict[lane];
    }
  }

  /// Kernel::write_base_entry.
  static void write_base_entry(const Multiple& multiple, std::uint64_t* words) {
    const Limbs* const rows[3] = {&multiple.y_plus_x, &multiple.y_minus_x, &multiple.xy2d};
    for (std::size_t row = 0; row < 3; ++row) {
      std::uint64_t raw[limb_count];
      F::raw_words(*rows[row], raw);
      for (std::size_t k = 0; k < 4; ++k)
        words[4 * row + k] = raw[k];
      words[12 + row] = raw[4];
    }
    words[15] = 0;
  }
};

}  // namespace daymark::lanes::internal
