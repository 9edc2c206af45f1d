// One lane in plain 64-bit arithmetic: the oracle of the other kernels.
#include "daymark/lanes/judge_internal.h"
#include "daymark/lanes/probe_internal.h"

namespace daymark::lanes::internal {

namespace {

__extension__ using Uint128 = unsigned __int128;

constexpr std::uint64_t digit_mask = (std::uint64_t{1} << 51) - 1;
/// Of a reduced element.
constexpr std::int64_t digit_max = (std::int64_t{1} << 51) + (1 << 20);

/// Digits are below 2^54 in factors, and below 2^51 + 2^20 when reduced.
struct PortableField {
  static constexpr std::size_t lanes = 1;
  using Limb = std::uint64_t;
  using Mask = std::uint64_t;

  struct Element {
    std::uint64_t limb[limb_count];
  };

  /// Digits below 2^119.
  struct Wide {
    Uint128 limb[limb_count];
  };

  static Wide product(const Element& a, const Element& b) {
    Wide out = {};
    for (std::size_t i = 0; i < limb_count; ++i) {
      for (std::size_t j = 0; j < limb_count; ++j) {
        const Uint128 term = static_cast<Uint128>(a.limb[i]) * b.limb[j];
        out.limb[(i + j) % limb_count] += i + j < limb_count ? term : 19 * term;
      }
    }
    return out;
  }

  static Wide square(const Element& a) { return product(a, a); }

  static Element reduce(const Wide& a) {
    Wide w = a;
    for (std::size_t k = 0; k + 1 < limb_count; ++k) {
      w.limb[k + 1] += w.limb[k] >> 51;
      w.limb[k] &= digit_mask;
    }
    const Uint128 over = w.limb[4] >> 51;
    Element out = {};
    for (std::size_t k = 1; k < limb_count; ++k)
      out.limb[k] = static_cast<std::uint64_t>(w.limb[k] & digit_mask);
    w.limb[0] += 19 * over;
    out.limb[0] = static_cast<std::uint64_t>(w.limb[0] & digit_mask);
    out.limb[1] += static_cast<std::uint64_t>(w.limb[0] >> 51);
    return tight(out);
  }

  static Wide widen(const Element& a) {
    Wide out = {};
    for (std::size_t k = 0; k < limb_count; ++k)
      out.limb[k] = a.limb[k];
    return out;
  }

  static Wide plus(const Wide& a, const Wide& b) {
    Wide out = {};
    for (std::size_t k = 0; k < limb_count; ++k)
      out.limb[k] = a.limb[k] + b.limb[k];
    return out;
  }

  /// With a multiple of p, so that no digit is below 0.
  static Wide minus(const Wide& a, const Wide& b) {
    constexpr std::uint64_t p[limb_count] = {digit_mask - 18, digit_mask, digit_mask, digit_mask,
                                             digit_mask};
    Wide out = {};
    for (std::size_t k = 0; k < limb_count; ++k)
      out.limb[k] = a.limb[k] + (static_cast<Uint128>(p[k]) << 66) - b.limb[k];
    return out;
  }

  static Element sum(const Element& a, const Element& b) {
    Element out = {};
    for (std::size_t k = 0; k < limb_count; ++k)
      out.limb[k] = a.limb[k] + b.limb[k];
    return out;
  }

  static Element difference(const Element& a, const Element& b) {
    Element out = {};
    for (std::size_t k = 0; k < limb_count; ++k)
      out.limb[k] = a.limb[k] + 4 * (digit_mask - (k == 0 ? 18 : 0)) - b.limb[k];
    return out;
  }

  static Element tight(const Element& a) {
    Element out = {};
    for (std::size_t k = 0; k < limb_count; ++k) {
      const std::uint64_t in = k == 0 ? 19 * (a.limb[4] >> 51) : a.limb[k - 1] >> 51;
      out.limb[k] = (a.limb[k] & digit_mask) + in;
    }
    return out;
  }

  static Element tight_sum(const Element& a, const Element& b) { return tight(sum(a, b)); }

  static Element tight_difference(const Element& a, const Element& b) {
    return tight(difference(a, b));
  }

  static Element negate_if(Mask mask, const Element& a) {
    return mask != 0 ? tight_difference({}, a) : a;
  }

  static Mask mask(const std::int64_t* flags) { return static_cast<Mask>(flags[0]); }

  static Limb select(Mask mask, Limb yes, Limb no) { return mask != 0 ? yes : no; }

  static void gather4(const std::uint64_t* const* from, Limb* out) {
    for (std::size_t k = 0; k < 4; ++k)
      out[k] = from[0][k];
  }

  static void scatter4(const Limb* in, std::uint64_t* const* to) {
    for (std::size_t k = 0; k < 4; ++k)
      to[0][k] = in[k];
  }

  static Element load(const Limbs* numbers) {
    Element out = {};
    raw_words(numbers[0], out.limb);
    return out;
  }

  static void store(const Element& a, Limbs* out) {
    for (std::size_t k = 0; k < limb_count; ++k)
      out[0].limb[k] = a.limb[k];
  }

  static void raw_words(const Limbs& number, std::uint64_t* words) {
    for (std::size_t k = 0; k < limb_count; ++k)
      words[k] = number.limb[k];
  }

  static Element from_digits(const std::int64_t (*digits)[lanes_max]) {
    Element out = {};
    for (std::size_t k = 0; k < limb_count; ++k)
      out.limb[k] = static_cast<std::uint64_t>(digits[k][0]);
    return out;
  }

  static void to_digits(const Element& a, std::int64_t (*digits)[lanes_max]) {
    for (std::size_t k = 0; k < limb_count; ++k)
      digits[k][0] = static_cast<std::int64_t>(a.limb[k]);
  }
};

using Points = Edwards<PortableField>;

/// The base point (RFC 8032 §5.1).
constexpr Limbs base_x = {
    {1738742601995546, 1146398526822698, 2070867633025821, 562264141797630, 587772402128613}};
constexpr Limbs base_y = {
    {1801439850948184, 1351079888211148, 450359962737049, 900719925474099, 1801439850948198}};

Limbs frozen(const PortableField::Element& a) {
  Limbs out = {};
  Points::store_frozen(a, &out);
  return out;
}

Multiple multiple_of(const Points::Extended& p) {
  const auto inverse = Points::invert(p.z);
  const Points::Extended affine = {Points::multiply(p.x, inverse), Points::multiply(p.y, inverse),
                                   Points::everywhere(number_one), Points::multiply(p.t, inverse)};
  const Points::Cached q = Points::cached(affine);
  return {frozen(q.y_plus_x), frozen(q.y_minus_x), frozen(q.t2d)};
}

/// Multiples 0 to base_half_entries - 1 of `point`.
void half_multiples(const Points::Extended& point, Multiple* out) {
  const Points::Cached summand = Points::cached(point);
  const auto one = Points::everywhere(number_one);
  const auto zero = Points::everywhere(number_zero);
  Points::Extended sum = {zero, one, one, zero};
  for (std::size_t i = 0; i < base_half_entries; ++i) {
    out[i] = multiple_of(sum);
    Points::to_extended(Points::add(sum, summand), sum);
  }
}

}  // namespace

const Kernel portable_kernel = {"portable",
                                PortableField::lanes,
                                Judge<PortableField>::write_base_entry,
                                Judge<PortableField>::verify,
                                Probe<PortableField>::run,
                                {0, digit_max},
                                {0, 6 * digit_max},
                                false};

void base_multiples(Multiple* out) {
  const auto x = Points::everywhere(base_x);
  const auto y = Points::everywhere(base_y);
  Points::Extended base = {x, y, Points::everywhere(number_one), Points::multiply(x, y)};
  half_multiples(base, out);
  for (std::size_t i = 0; i < base_half_windows * base_window_bits; ++i)
    Points::to_extended(Points::twice(base), base);
  half_multiples(base, out + base_half_entries);
}

}  // namespace daymark::lanes::internal
