// The verdict on a few signatures side by side: R = [S]B - [h]A, for each lane its own equation.
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

  static constexpr std::size_t key_window_bits = 5;
  static constexpr std::size_t key_windows = 51;
  static constexpr std::size_t key_entries = (1U << (key_window_bits - 1)) + 1;
  static constexpr std::size_t base_windows = 26;
  static constexpr std::size_t groups_max = batch_max / F::lanes;

  /// Signed digits of h and S, least significant first.
  struct Digits {
    std::int16_t challenge[key_windows];
    std::int16_t response[base_windows];
  };

  using Table = std::uint64_t[key_entries][F::lanes][entry_words];

  /// `bits` bits of a 256-bit number from bit `at` on.
  static unsigned window(const std::uint8_t* number, std::size_t at, std::size_t bits) {
    unsigned value = 0;
    for (std::size_t i = 0; i < 3 && at / 8 + i < 32; ++i)
      value |= static_cast<unsigned>(number[at / 8 + i]) << (8 * i);
    return (value >> (at % 8)) & ((1U << bits) - 1);
  }

  /// Digits in [-2^(bits - 1), 2^(bits - 1)). The number is below 2^253, so nothing is left over.
  static void recode(const std::uint8_t* number, std::size_t bits, std::size_t count,
                     std::int16_t* out) {
    unsigned carry = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const unsigned value = window(number, i * bits, bits) + carry;
      carry = value >> (bits - 1) != 0 ? 1 : 0;
      out[i] = static_cast<std::int16_t>(static_cast<int>(value) - static_cast<int>(carry << bits));
    }
  }

  /// The y of a key, and 1 or -1 where its x must be even or odd.
  struct Key {
    Element y;
    bool odd[F::lanes];
  };

  static Key read_keys(const Task* const* tasks) {
    Limbs y[F::lanes];
    Key out = {};
    for (std::size_t lane = 0; lane < F::lanes; ++lane) {
      y[lane] = E::from_bytes(tasks[lane]->key);
      out.odd[lane] = tasks[lane]->key[31] >> 7 != 0;
    }
    out.y = F::load(y);
    return out;
  }

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

  /// -A, or the neutral point in a lane whose key is no point: it must not disturb the others.
  static Extended negated_keys(const Task* const* tasks, bool* point) {
    const Key key = read_keys(tasks);
    const Element x = root(key.y, point);
    Limbs frozen[F::lanes];
    E::store_frozen(x, frozen);
    std::int64_t negate[F::lanes];
    std::int64_t usable[F::lanes];
    for (std::size_t lane = 0; lane < F::lanes; ++lane) {
      set(negate, lane, ((frozen[lane].limb[0] & 1U) != 0) == key.odd[lane]);
      set(usable, lane, point[lane]);
    }
    const Element one = E::everywhere(number_one);
    Extended out = {};
    out.x = select(usable, F::negate_if(F::mask(negate), x), E::everywhere(number_zero));
    out.y = select(usable, key.y, one);
    out.z = one;
    out.t = E::multiply(out.x, out.y);
    return out;
  }

  /// Multiples 0 to 16 of p in every lane.
  static void write_table(const Extended& p, Table& table) {
    const Element one = E::everywhere(number_one);
    const Element zero = E::everywhere(number_zero);
    E::write_entry({one, one, F::tight_sum(one, one), zero}, table[0][0]);
    Extended multiple[key_entries];
    multiple[1] = p;
    const auto first = E::cached(p);
    E::write_entry(first, table[1][0]);
    for (std::size_t i = 2; i < key_entries; ++i) {
      const bool even = i % 2 == 0;
      E::to_extended(even ? E::twice(multiple[i / 2]) : E::add(multiple[i - 1], first),
                     multiple[i]);
      E::write_entry(E::cached(multiple[i]), table[i][0]);
    }
  }

  static Choice choose_key(const Table& table, const Digits* digits, std::size_t window) {
    Choice out = {};
    for (std::size_t lane = 0; lane < F::lanes; ++lane) {
      const int digit = digits[lane].challenge[window];
      out.entry[lane] = table[digit < 0 ? -digit : digit][lane];
      set(out.negative, lane, digit < 0);
    }
    return out;
  }

  static Choice choose_base(const std::uint64_t* base, const Digits* digits, std::size_t window) {
    Choice out = {};
    for (std::size_t lane = 0; lane < F::lanes; ++lane) {
      const int digit = digits[lane].response[window];
      out.entry[lane] =
          base + static_cast<std::size_t>(digit < 0 ? -digit : digit) * base_entry_words;
      set(out.negative, lane, digit < 0);
    }
    return out;
  }

  /// 32 p, ready for an addition.
  static void shift_window(const Projective& p, Extended& out) {
    Projective q = p;
    for (std::size_t i = 1; i < key_window_bits; ++i)
      E::to_projective(E::twice(q), q);
    E::to_extended(E::twice(q), out);
  }

  /// [S]B + [h]p, most significant windows first: two of h for each of S.
  static Projective combine(const std::uint64_t* base, const Digits* digits, const Table& table) {
    const Element one = E::everywhere(number_one);
    const Element zero = E::everywhere(number_zero);
    Extended sum = {zero, one, one, zero};
    Projective result = {zero, one, one};
    for (std::size_t window = key_windows; window-- > 0;) {
      if (window + 1 < key_windows) shift_window(result, sum);
      const auto with_key = E::add(sum, E::read_cached(choose_key(table, digits, window)));
      if (window % 2 != 0) {
        E::to_projective(with_key, result);
        continue;
      }
      E::to_extended(with_key, sum);
      E::to_projective(E::add(sum, E::read_affine(choose_base(base, digits, window / 2))), result);
    }
    return result;
  }

  /// [S]B - [h]A for a group; point[lane] says whether the key is a point.
  static Projective judge_group(const std::uint64_t* base, const Task* const* tasks, bool* point) {
    Digits digits[F::lanes];
    for (std::size_t lane = 0; lane < F::lanes; ++lane) {
      recode(tasks[lane]->challenge, key_window_bits, key_windows, digits[lane].challenge);
      recode(tasks[lane]->response, base_window_bits, base_windows, digits[lane].response);
    }
    alignas(64) Table table;
    write_table(negated_keys(tasks, point), table);
    return combine(base, digits, table);
  }

  /// 1 / z of every group by one inversion (Montgomery's trick). No z is 0: the formulas are
  /// complete and every lane holds a point.
  static void invert_all(const Projective* results, std::size_t count, Element* inverse) {
    Element running = results[0].z;
    inverse[0] = running;
    for (std::size_t i = 1; i < count; ++i) {
      running = E::multiply(running, results[i].z);
      inverse[i] = running;
    }
    running = E::invert(running);
    for (std::size_t i = count; i-- > 1;) {
      inverse[i] = E::multiply(running, inverse[i - 1]);
      running = E::multiply(running, results[i].z);
    }
    inverse[0] = running;
  }

  /// The tasks of a group; what is missing at the end repeats the last one.
  static void group_of(const Task* tasks, std::size_t left, const Task** group) {
    for (std::size_t lane = 0; lane < F::lanes; ++lane)
      group[lane] = tasks + (lane < left ? lane : left - 1);
  }

  /// Kernel::verify.
  static void verify(const std::uint64_t* base, const Task* tasks, std::size_t count, bool* valid) {
    if (count == 0 || count > batch_max) return;
    Projective results[groups_max] = {};
    Element inverse[groups_max];
    bool point[groups_max][F::lanes];
    const Task* group[F::lanes];
    const std::size_t groups = (count + F::lanes - 1) / F::lanes;
    for (std::size_t i = 0; i < groups; ++i) {
      group_of(tasks + i * F::lanes, count - i * F::lanes, group);
      results[i] = judge_group(base, group, point[i]);
    }
    invert_all(results, groups, inverse);
    for (std::size_t i = 0; i < groups; ++i) {
      Limbs x[F::lanes];
      Limbs y[F::lanes];
      E::store_frozen(E::multiply(results[i].x, inverse[i]), x);
      E::store_frozen(E::multiply(results[i].y, inverse[i]), y);
      for (std::size_t lane = 0; lane < F::lanes && i * F::lanes + lane < count; ++lane) {
        const std::size_t at = i * F::lanes + lane;
        valid[at] = point[i][lane] && E::encodes(tasks[at].commitment, x[lane], y[lane]);
      }
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
