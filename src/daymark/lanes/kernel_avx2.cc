// Four lanes by AVX2 and FMA: numbers as five signed digits of 51 bits, each in a double.
//
// A product of two digits has up to 103 bits and a double 53, but a fused multiply-add rounds only
// once: h = fma(a, b, 3 * 2^102) is exact down to 2^51, so its bits hold the product's upper half
// as an integer; fma(a, b, 3 * 2^102 - h) is then the lower half, without error. Both halves are
// summed up as 64-bit integers. It is exact as long as |a b| <= 2^102, in the rounding mode "to
// nearest", which verify() sets. (N. Emmart, "Faster modular exponentiation using double precision
// floating point arithmetic on the GPU", 2018; here with signed digits, split at the digit's size.)
//
// Bounds: "reduced" digits are at most 2^50 + 2^16 in size, loose ones twice that, and a product
// takes a loose and a reduced factor.
#include <immintrin.h>

#include "daymark/lanes/judge_internal.h"
#include "daymark/lanes/probe_internal.h"

// NOLINTBEGIN(portability-simd-intrinsics): std::simd does not exist yet.

namespace daymark::lanes::internal {

namespace {

#define DAYMARK_INLINE_ [[gnu::always_inline]] static

/// What a double's bits are at 2^52 (unsigned digits), 3 * 2^51 and 3 * 2^102 (signed ones): adding
/// k units in the last place to the number adds k to the bits.
constexpr std::int64_t unsigned_bits = 0x4330000000000000;
constexpr std::int64_t low_bits = 0x4338000000000000;
constexpr std::int64_t high_bits = 0x4668000000000000;
constexpr double signed_zero = 0x1.8p52;
constexpr double high_zero = 0x1.8p103;
/// high_zero + signed_zero, which is exact.
constexpr double both_zero = 0x1.8000000000003p103;
constexpr std::int64_t digit_mask = (std::int64_t{1} << 51) - 1;
constexpr std::int64_t half_digit = std::int64_t{1} << 50;
constexpr std::int64_t reduced_max = half_digit + (1 << 16);

/// A 64-bit constant in every lane.
struct Constant {
  alignas(32) std::int64_t lane[4];
};

constexpr Constant repeat(std::int64_t value) {
  return {{value, value, value, value}};
}

[[gnu::always_inline]] inline __m256i lanes_of(const Constant& value) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(value.lane));
}

/// What add_product leaves in five folded digits beside the product itself, modulo 2^64.
/// terms[k] is the number of products that begin at digit k.
struct Zeros {
  Constant digit[5];

  constexpr explicit Zeros(const int (&terms)[10]) : digit{} {
    std::uint64_t sum[10] = {};
    for (int k = 0; k < 9; ++k) {
      sum[k] += static_cast<std::uint64_t>(terms[k]) * static_cast<std::uint64_t>(low_bits);
      sum[k + 1] += static_cast<std::uint64_t>(terms[k]) * static_cast<std::uint64_t>(high_bits);
    }
    for (int k = 0; k < 5; ++k)
      digit[k] = repeat(static_cast<std::int64_t>(sum[k] + 19 * sum[k + 5]));
  }
};

constexpr Zeros product_zeros({1, 2, 3, 4, 5, 4, 3, 2, 1, 0});
constexpr Zeros square_zeros({1, 1, 2, 2, 3, 2, 2, 1, 1, 0});
/// A multiple of p that makes all digits of a Wide positive, and half a digit.
constexpr Constant first_bias = repeat(1024 * (digit_mask - 18) + half_digit);
constexpr Constant other_bias = repeat(1024 * digit_mask + half_digit);
constexpr Constant digit_masks = repeat(digit_mask);
constexpr Constant unsigned_zeros = repeat(unsigned_bits);

struct FmaField {
  static constexpr std::size_t lanes = 4;
  using Limb = __m256d;
  using Mask = __m256d;

  struct Element {
    __m256d limb[5];
  };

  /// An unreduced product: signed digits below 2^61 in size.
  struct Wide {
    __m256i limb[5];
  };

  /// Adds the halves of a product to the digit that it belongs to and to the next one, each with
  /// its zero's bits.
  DAYMARK_INLINE_ void add_product(__m256i* to, __m256d a, __m256d b) {
    const __m256d high = _mm256_fmadd_pd(a, b, _mm256_set1_pd(high_zero));
    const __m256d rest = _mm256_sub_pd(_mm256_set1_pd(both_zero), high);
    const __m256d low = _mm256_fmadd_pd(a, b, rest);
    to[1] = _mm256_add_epi64(to[1], _mm256_castpd_si256(high));
    to[0] = _mm256_add_epi64(to[0], _mm256_castpd_si256(low));
  }

  DAYMARK_INLINE_ __m256i times19(__m256i a) {
    const __m256i twice = _mm256_add_epi64(a, a);
    return _mm256_add_epi64(_mm256_add_epi64(a, twice), _mm256_slli_epi64(a, 4));
  }

  /// Ten digits to five: 2^255 = 19. Takes off the zeros' bits.
  DAYMARK_INLINE_ Wide fold(const __m256i* digit, const Zeros& zeros) {
    Wide out = {};
    for (int k = 0; k < 5; ++k) {
      const __m256i sum = _mm256_add_epi64(digit[k], times19(digit[k + 5]));
      out.limb[k] = _mm256_sub_epi64(sum, lanes_of(zeros.digit[k]));
    }
    return out;
  }

  template <int K, int I = (K > 4 ? K - 4 : 0)>
  DAYMARK_INLINE_ void product_column(__m256i* out, const Element& a, const Element& b) {
    add_product(out + K, a.limb[I], b.limb[K - I]);
    if constexpr (I < 4 && I < K) product_column<K, I + 1>(out, a, b);
  }

  template <int K = 0>
  DAYMARK_INLINE_ void product_columns(__m256i* out, const Element& a, const Element& b) {
    product_column<K>(out, a, b);
    if constexpr (K < 8) product_columns<K + 1>(out, a, b);
  }

  template <int K, int I = (K > 4 ? K - 4 : 0)>
  DAYMARK_INLINE_ void square_column(__m256i* out, const Element& a, const Element& twice) {
    if constexpr (2 * I < K) {
      add_product(out + K, twice.limb[I], a.limb[K - I]);
      square_column<K, I + 1>(out, a, twice);
    } else if constexpr (2 * I == K) {
      add_product(out + K, a.limb[I], a.limb[I]);
    }
  }

  template <int K = 0>
  DAYMARK_INLINE_ void square_columns(__m256i* out, const Element& a, const Element& twice) {
    square_column<K>(out, a, twice);
    if constexpr (K < 8) square_columns<K + 1>(out, a, twice);
  }

  /// Of a loose and a reduced element.
  DAYMARK_INLINE_ Wide product(const Element& a, const Element& b) {
    __m256i columns[10] = {};
    product_columns(columns, a, b);
    return fold(columns, product_zeros);
  }

  /// Of a reduced element.
  DAYMARK_INLINE_ Wide square(const Element& a) {
    const Element twice = sum(a, a);
    __m256i columns[10] = {};
    square_columns(columns, a, twice);
    return fold(columns, square_zeros);
  }

  /// Makes digits positive by a multiple of p and adds half a digit to each, carries once, and
  /// takes the halves off again as doubles.
  DAYMARK_INLINE_ Element reduce(const Wide& a) {
    const __m256i mask = lanes_of(digit_masks);
    __m256i biased[5];
    __m256i carry[5];
    for (int k = 0; k < 5; ++k) {
      biased[k] = _mm256_add_epi64(a.limb[k], lanes_of(k == 0 ? first_bias : other_bias));
      carry[k] = _mm256_srli_epi64(biased[k], 51);
    }
    Element out = {};
    for (int k = 0; k < 5; ++k) {
      const __m256i in = k == 0 ? times19(carry[4]) : carry[k - 1];
      const __m256i digit = _mm256_add_epi64(_mm256_and_si256(biased[k], mask), in);
      const __m256i bits = _mm256_or_si256(digit, lanes_of(unsigned_zeros));
      out.limb[k] = _mm256_sub_pd(_mm256_castsi256_pd(bits),
                                  _mm256_set1_pd(0x1p52 + static_cast<double>(half_digit)));
    }
    return out;
  }

  /// Of a reduced element.
  DAYMARK_INLINE_ Wide widen(const Element& a) {
    Wide out = {};
    for (int k = 0; k < 5; ++k) {
      const __m256d placed = _mm256_add_pd(a.limb[k], _mm256_set1_pd(signed_zero));
      out.limb[k] = _mm256_sub_epi64(_mm256_castpd_si256(placed), _mm256_set1_epi64x(low_bits));
    }
    return out;
  }

  DAYMARK_INLINE_ Wide plus(const Wide& a, const Wide& b) {
    Wide out = {};
    for (int k = 0; k < 5; ++k)
      out.limb[k] = _mm256_add_epi64(a.limb[k], b.limb[k]);
    return out;
  }

  DAYMARK_INLINE_ Wide minus(const Wide& a, const Wide& b) {
    Wide out = {};
    for (int k = 0; k < 5; ++k)
      out.limb[k] = _mm256_sub_epi64(a.limb[k], b.limb[k]);
    return out;
  }

  DAYMARK_INLINE_ Element sum(const Element& a, const Element& b) {
    Element out = {};
    for (int k = 0; k < 5; ++k)
      out.limb[k] = _mm256_add_pd(a.limb[k], b.limb[k]);
    return out;
  }

  DAYMARK_INLINE_ Element difference(const Element& a, const Element& b) {
    Element out = {};
    for (int k = 0; k < 5; ++k)
      out.limb[k] = _mm256_sub_pd(a.limb[k], b.limb[k]);
    return out;
  }

  /// Carries once, rounding to the nearest: from loose to reduced.
  DAYMARK_INLINE_ Element tight(const Element& a) {
    const __m256d zero = _mm256_set1_pd(high_zero);
    __m256d carry[5];
    for (int k = 0; k < 5; ++k)
      carry[k] = _mm256_sub_pd(_mm256_add_pd(a.limb[k], zero), zero);
    Element out = {};
    for (int k = 0; k < 5; ++k) {
      const __m256d scale = _mm256_set1_pd(k == 0 ? 19 * 0x1p-51 : 0x1p-51);
      const __m256d rest = _mm256_sub_pd(a.limb[k], carry[k]);
      out.limb[k] = _mm256_fmadd_pd(carry[(k + 4) % 5], scale, rest);
    }
    return out;
  }

  DAYMARK_INLINE_ Element tight_sum(const Element& a, const Element& b) { return tight(sum(a, b)); }

  DAYMARK_INLINE_ Element tight_difference(const Element& a, const Element& b) {
    return tight(difference(a, b));
  }

  /// Where the mask is set.
  DAYMARK_INLINE_ Element negate_if(Mask mask, const Element& a) {
    const __m256d sign = _mm256_and_pd(mask, _mm256_set1_pd(-0.0));
    Element out = {};
    for (int k = 0; k < 5; ++k)
      out.limb[k] = _mm256_xor_pd(a.limb[k], sign);
    return out;
  }

  /// -1 or 0 for each lane.
  DAYMARK_INLINE_ Mask mask(const std::int64_t* flags) {
    return _mm256_castsi256_pd(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(flags)));
  }

  DAYMARK_INLINE_ Limb select(Mask mask, Limb yes, Limb no) {
    return _mm256_blendv_pd(no, yes, mask);
  }

  /// Four words of each lane become four digits of all lanes.
  DAYMARK_INLINE_ void gather4(const std::uint64_t* const* from, Limb* out) {
    transpose(read(from[0]), read(from[1]), read(from[2]), read(from[3]), out);
  }

  /// The reverse.
  DAYMARK_INLINE_ void scatter4(const Limb* in, std::uint64_t* const* to) {
    Limb lane[4];
    transpose(in[0], in[1], in[2], in[3], lane);
    for (std::size_t i = 0; i < 4; ++i)
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to[i]), _mm256_castpd_si256(lane[i]));
  }

  static Element from_digits(const std::int64_t (*digits)[lanes_max]) {
    Element out = {};
    for (int k = 0; k < 5; ++k) {
      const std::int64_t* const d = digits[k];
      out.limb[k] = _mm256_set_pd(static_cast<double>(d[3]), static_cast<double>(d[2]),
                                  static_cast<double>(d[1]), static_cast<double>(d[0]));
    }
    return out;
  }

  static void to_digits(const Element& a, std::int64_t (*digits)[lanes_max]) {
    for (int k = 0; k < 5; ++k) {
      double lane[4];
      _mm256_storeu_pd(lane, a.limb[k]);
      for (std::size_t i = 0; i < 4; ++i)
        digits[k][i] = static_cast<std::int64_t>(lane[i]);
    }
  }

  /// Digits in [0, 2^51) to reduced ones.
  static void center(const Limbs& number, std::int64_t* out) {
    std::int64_t carry = 0;
    for (std::size_t k = 0; k < limb_count; ++k) {
      out[k] = static_cast<std::int64_t>(number.limb[k]) + carry;
      carry = out[k] >= half_digit ? 1 : 0;
      out[k] -= carry << 51;
    }
    out[0] += 19 * carry;
  }

  static Element load(const Limbs* numbers) {
    std::int64_t digits[limb_count][lanes_max];
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      std::int64_t one[limb_count];
      center(numbers[lane], one);
      for (std::size_t k = 0; k < limb_count; ++k)
        digits[k][lane] = one[k];
    }
    return from_digits(digits);
  }

  /// Digits of at most 53 bits: 4p is added.
  static void store(const Element& a, Limbs* out) {
    std::int64_t digits[limb_count][lanes_max];
    to_digits(a, digits);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      for (std::size_t k = 0; k < limb_count; ++k) {
        const std::int64_t positive = 4 * (digit_mask - (k == 0 ? 18 : 0));
        out[lane].limb[k] = static_cast<std::uint64_t>(digits[k][lane] + positive);
      }
    }
  }

  static void raw_words(const Limbs& number, std::uint64_t* words) {
    std::int64_t digits[limb_count];
    center(number, digits);
    for (std::size_t k = 0; k < limb_count; ++k)
      words[k] = __builtin_bit_cast(std::uint64_t, static_cast<double>(digits[k]));
  }

 private:
  DAYMARK_INLINE_ __m256d read(const std::uint64_t* words) {
    return _mm256_castsi256_pd(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(words)));
  }

  DAYMARK_INLINE_ void transpose(__m256d a, __m256d b, __m256d c, __m256d d, Limb* out) {
    const __m256d ab02 = _mm256_unpacklo_pd(a, b);
    const __m256d ab13 = _mm256_unpackhi_pd(a, b);
    const __m256d cd02 = _mm256_unpacklo_pd(c, d);
    const __m256d cd13 = _mm256_unpackhi_pd(c, d);
    out[0] = _mm256_permute2f128_pd(ab02, cd02, 0x20);
    out[1] = _mm256_permute2f128_pd(ab13, cd13, 0x20);
    out[2] = _mm256_permute2f128_pd(ab02, cd02, 0x31);
    out[3] = _mm256_permute2f128_pd(ab13, cd13, 0x31);
  }
};

/// Rounding to the nearest, no trap, no flush to zero, as long as it lives.
class PlainRounding {
 public:
  PlainRounding() : before_(_mm_getcsr()) { _mm_setcsr(0x1F80); }

  PlainRounding(const PlainRounding&) = delete;
  PlainRounding& operator=(const PlainRounding&) = delete;
  PlainRounding(PlainRounding&&) = delete;
  PlainRounding& operator=(PlainRounding&&) = delete;

  ~PlainRounding() { _mm_setcsr(before_); }

 private:
  unsigned before_;
};

void verify_avx2(const std::uint64_t* base, const Task* tasks, std::size_t count, bool* valid) {
  const PlainRounding rounding;
  Judge<FmaField>::verify(base, tasks, count, valid);
  // What runs next may be written for older processors, to which full registers are slow.
  _mm256_zeroupper();
}

void probe_avx2(FieldOperation operation, const ProbeElement& a, const ProbeElement& b,
                ProbeElement& out) {
  const PlainRounding rounding;
  Probe<FmaField>::run(operation, a, b, out);
}

}  // namespace

const Kernel avx2_kernel = {"avx2",
                            FmaField::lanes,
                            Judge<FmaField>::write_base_entry,
                            verify_avx2,
                            probe_avx2,
                            {-reduced_max, reduced_max},
                            {-2 * reduced_max, 2 * reduced_max},
                            true};

}  // namespace daymark::lanes::internal

// NOLINTEND(portability-simd-intrinsics)
