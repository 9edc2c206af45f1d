// What vector_avx512_internal.h says, word by word, for processors without those instructions.
#pragma once

#include <cstddef>
#include <cstdint>

namespace daymark::lanes::internal {

namespace {

struct EmulatedVector {
  std::uint64_t word[8];

  static EmulatedVector load(const std::uint64_t* words) {
    return each([words](std::size_t i) { return words[i]; });
  }

  static void store(const EmulatedVector& a, std::uint64_t* words) {
    for (std::size_t i = 0; i < 8; ++i)
      words[i] = a.word[i];
  }

  static EmulatedVector repeat(std::uint64_t word) {
    return each([word](std::size_t) { return word; });
  }

  static EmulatedVector add(const EmulatedVector& a, const EmulatedVector& b) {
    return each([&](std::size_t i) { return a.word[i] + b.word[i]; });
  }

  static EmulatedVector sub(const EmulatedVector& a, const EmulatedVector& b) {
    return each([&](std::size_t i) { return a.word[i] - b.word[i]; });
  }

  static EmulatedVector both(const EmulatedVector& a, const EmulatedVector& b) {
    return each([&](std::size_t i) { return a.word[i] & b.word[i]; });
  }

  template <unsigned Bits>
  static EmulatedVector shift_right(const EmulatedVector& a) {
    return each([&](std::size_t i) { return a.word[i] >> Bits; });
  }

  template <unsigned Bits>
  static EmulatedVector shift_left(const EmulatedVector& a) {
    return each([&](std::size_t i) { return a.word[i] << Bits; });
  }

  static EmulatedVector add_low(const EmulatedVector& to, const EmulatedVector& a,
                                const EmulatedVector& b) {
    return each([&](std::size_t i) {
      return to.word[i] + (static_cast<std::uint64_t>(product52(a.word[i], b.word[i])) & mask52);
    });
  }

  static EmulatedVector add_high(const EmulatedVector& to, const EmulatedVector& a,
                                 const EmulatedVector& b) {
    return each([&](std::size_t i) {
      return to.word[i] + static_cast<std::uint64_t>(product52(a.word[i], b.word[i]) >> 52);
    });
  }

  static EmulatedVector select(const EmulatedVector& mask, const EmulatedVector& yes,
                               const EmulatedVector& no) {
    return each(
        [&](std::size_t i) { return (mask.word[i] & yes.word[i]) | (~mask.word[i] & no.word[i]); });
  }

  static EmulatedVector load_halves(const std::uint64_t* low, const std::uint64_t* high) {
    return each([low, high](std::size_t i) { return i < 4 ? low[i] : high[i - 4]; });
  }

  static EmulatedVector interleave_even(const EmulatedVector& a, const EmulatedVector& b) {
    return each([&](std::size_t i) { return i % 2 == 0 ? a.word[i] : b.word[i - 1]; });
  }

  static EmulatedVector interleave_odd(const EmulatedVector& a, const EmulatedVector& b) {
    return each([&](std::size_t i) { return i % 2 == 0 ? a.word[i + 1] : b.word[i]; });
  }

  static EmulatedVector first_pairs(const EmulatedVector& a, const EmulatedVector& b) {
    return each([&](std::size_t i) { return i % 4 < 2 ? a.word[i] : b.word[i - 2]; });
  }

  static EmulatedVector second_pairs(const EmulatedVector& a, const EmulatedVector& b) {
    return each([&](std::size_t i) { return i % 4 < 2 ? a.word[i + 2] : b.word[i]; });
  }

 private:
  __extension__ using Uint128 = unsigned __int128;
  static constexpr std::uint64_t mask52 = (std::uint64_t{1} << 52) - 1;

  static Uint128 product52(std::uint64_t a, std::uint64_t b) {
    return static_cast<Uint128>(a & mask52) * (b & mask52);
  }

  template <class Word>
  static EmulatedVector each(const Word& word_of) {
    EmulatedVector out = {};
    for (std::size_t i = 0; i < 8; ++i)
      out.word[i] = word_of(i);
    return out;
  }
};

}  // namespace
}  // namespace daymark::lanes::internal
