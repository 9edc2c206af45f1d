// The processor's registers of eight 64-bit lanes. Only for kernel_ifma.cc, which is compiled for
// them.
#pragma once

#include <cstdint>

#include <immintrin.h>

// NOLINTBEGIN(portability-simd-intrinsics): std::simd does not exist yet.

namespace daymark::lanes::internal {

namespace {

struct Avx512Vector {
  __m512i value;

  static Avx512Vector load(const std::uint64_t* words) { return {_mm512_loadu_si512(words)}; }

  static void store(Avx512Vector a, std::uint64_t* words) { _mm512_storeu_si512(words, a.value); }

  static Avx512Vector repeat(std::uint64_t word) {
    return {_mm512_set1_epi64(static_cast<long long>(word))};
  }

  static Avx512Vector add(Avx512Vector a, Avx512Vector b) {
    return {_mm512_add_epi64(a.value, b.value)};
  }

  static Avx512Vector sub(Avx512Vector a, Avx512Vector b) {
    return {_mm512_sub_epi64(a.value, b.value)};
  }

  static Avx512Vector both(Avx512Vector a, Avx512Vector b) {
    return {_mm512_and_si512(a.value, b.value)};
  }

  template <unsigned Bits>
  static Avx512Vector shift_right(Avx512Vector a) {
    return {_mm512_srli_epi64(a.value, Bits)};
  }

  template <unsigned Bits>
  static Avx512Vector shift_left(Avx512Vector a) {
    return {_mm512_slli_epi64(a.value, Bits)};
  }

  /// to + the lower 52 bits of a * b, of whose factors the lower 52 bits count.
  static Avx512Vector add_low(Avx512Vector to, Avx512Vector a, Avx512Vector b) {
    return {_mm512_madd52lo_epu64(to.value, a.value, b.value)};
  }

  /// to + bits 52 to 103 of a * b, of whose factors the lower 52 bits count.
  static Avx512Vector add_high(Avx512Vector to, Avx512Vector a, Avx512Vector b) {
    return {_mm512_madd52hi_epu64(to.value, a.value, b.value)};
  }

  /// Bit by bit. 0xCA is the truth table of "mask ? yes : no".
  static Avx512Vector select(Avx512Vector mask, Avx512Vector yes, Avx512Vector no) {
    return {_mm512_ternarylogic_epi64(mask.value, yes.value, no.value, 0xCA)};
  }

  /// Four words into lanes 0 to 3, four into lanes 4 to 7.
  static Avx512Vector load_halves(const std::uint64_t* low, const std::uint64_t* high) {
    const __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(low));
    const __m256i second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(high));
    return {_mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1)};
  }

  /// a0 b0 a2 b2 a4 b4 a6 b6.
  static Avx512Vector interleave_even(Avx512Vector a, Avx512Vector b) {
    return {_mm512_unpacklo_epi64(a.value, b.value)};
  }

  /// a1 b1 a3 b3 a5 b5 a7 b7.
  static Avx512Vector interleave_odd(Avx512Vector a, Avx512Vector b) {
    return {_mm512_unpackhi_epi64(a.value, b.value)};
  }

  /// a0 a1 b0 b1 a4 a5 b4 b5.
  static Avx512Vector first_pairs(Avx512Vector a, Avx512Vector b) {
    const __m512i from = _mm512_set_epi64(13, 12, 5, 4, 9, 8, 1, 0);
    return {_mm512_permutex2var_epi64(a.value, from, b.value)};
  }

  /// a2 a3 b2 b3 a6 a7 b6 b7.
  static Avx512Vector second_pairs(Avx512Vector a, Avx512Vector b) {
    const __m512i from = _mm512_set_epi64(15, 14, 7, 6, 11, 10, 3, 2);
    return {_mm512_permutex2var_epi64(a.value, from, b.value)};
  }
};

}  // namespace
}  // namespace daymark::lanes::internal

// NOLINTEND(portability-simd-intrinsics)
