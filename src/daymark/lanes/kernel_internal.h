// What a kernel is: verification of a few signatures side by side, and nothing but arithmetic.
//
// Kernels are compiled with flags that not every processor runs, so what they include holds no
// function that the linker could hand to others: plain data here, templates over a type of the
// kernel's own anonymous namespace beside it (edwards_internal.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace daymark::lanes::internal {

inline constexpr std::size_t limb_count = 5;

/// A number below 2^255 as five digits of 51 bits, least significant first.
struct Limbs {
  std::uint64_t limb[limb_count];
};

/// One signature, after the checks that need no arithmetic: `key` (A) and `commitment` (R) are
/// canonical encodings that are not of low order; neither need be a point. It asks whether
/// w B = v A + u R, with u negative where `is_negative`. Factors come least significant byte first:
/// w below 2^253, v and |u| below 15 * 2^130, u odd (halving_internal.h says where they are from).
struct Task {
  std::uint8_t key[32];
  std::uint8_t commitment[32];
  std::uint8_t base_factor[32];
  std::uint8_t key_factor[32];
  std::uint8_t commitment_factor[32];
  bool is_negative;
};

/// A multiple of the base point, prepared for addition: y + x, y - x and 2dxy, each below p.
struct Multiple {
  Limbs y_plus_x;
  Limbs y_minus_x;
  Limbs xy2d;
};

/// Digits of w are in [-512, 512): multiples 0 to 512 of the base point, then those of 2^130 times
/// the base point for the upper half of w.
inline constexpr std::size_t base_window_bits = 10;
inline constexpr std::size_t base_half_windows = 13;
inline constexpr std::size_t base_half_entries = (1U << (base_window_bits - 1)) + 1;
inline constexpr std::size_t base_entries = 2 * base_half_entries;
/// y + x, y - x, 2dxy (four digits each), then their fifth digits and a blank.
inline constexpr std::size_t base_entry_words = 16;
inline constexpr std::size_t base_table_words = base_entries * base_entry_words;

/// No more tasks than this at once, whatever the kernel.
inline constexpr std::size_t batch_max = 64;
inline constexpr std::size_t lanes_max = 8;

/// Operations that a test asks of a kernel's field, one lane beside the other.
enum class FieldOperation : std::uint8_t {
  multiply,
  square,
  sum,               ///< loose: may be multiplied by a reduced element
  difference,        ///< loose
  tight_sum,         ///< reduced
  tight_difference,  ///< reduced
  double_and_add,    ///< reduced: 3 a^2 - 2a, by the widest sums that points need
  negate,            ///< reduced
  invert,
};

/// Elements of a probe: `value[i][lane]` is digit i, signed.
struct ProbeElement {
  std::int64_t value[limb_count][lanes_max];
};

/// Both ends included.
struct DigitBounds {
  std::int64_t low;
  std::int64_t high;
};

struct Kernel {
  const char* name;
  std::size_t lanes;
  /// Writes the kernel's own form of one entry of the table of the base point.
  void (*write_base_entry)(const Multiple& multiple, std::uint64_t* words);
  /// valid[i] says whether the key and the commitment of task i are points and its equation holds.
  /// count <= batch_max; `base` is aligned to 64 bytes.
  void (*verify)(const std::uint64_t* base, const Task* tasks, std::size_t count, bool* valid);
  /// For tests: one operation of the field, and the bounds of a reduced element.
  void (*probe)(FieldOperation operation, const ProbeElement& a, const ProbeElement& b,
                ProbeElement& out);
  DigitBounds reduced;
  /// What sum and difference leave, and a product's first factor may be.
  DigitBounds loose;
  bool faster_than_library;
};

/// 64-bit arithmetic in one lane: the oracle of the others. Runs everywhere.
extern const Kernel portable_kernel;
/// AVX2 and FMA, 4 lanes.
extern const Kernel avx2_kernel;
/// AVX-512 IFMA, 8 lanes.
extern const Kernel ifma_kernel;
/// The very code of ifma_kernel over an emulation of its instructions. Runs everywhere, slowly.
extern const Kernel emulated_ifma_kernel;

/// Writes the base_entries multiples.
void base_multiples(Multiple* out);

}  // namespace daymark::lanes::internal
