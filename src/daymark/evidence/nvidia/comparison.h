// Compares the measurements of a report with reference values.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "daymark/evidence/nvidia/rim.h"
#include "daymark/evidence/nvidia/spdm_report.h"

namespace daymark::evidence {

/// What became of every reference value and of every block. Numbers are reference indexes, except
/// in `uncovered`; all lists ascend. golden = matched + mismatched + missing + skipped.
struct Comparison {
  /// Active reference values of all files together, each index once.
  std::size_t golden = 0;
  std::size_t matched = 0;
  std::vector<std::uint32_t> mismatched;
  /// The report has no such block.
  std::vector<std::uint32_t> missing;
  /// Active in two files: nobody can say which is right.
  std::vector<std::uint32_t> conflicting;
  /// Index 35, where it differs and the report says that the video decoder is switched off: its
  /// firmware is not loaded then.
  std::vector<std::uint32_t> skipped;
  /// Report blocks for which there is no reference value. NVIDIA's verifiers pass over them.
  std::vector<std::uint32_t> uncovered;
};

/// Reference index i is report block i + 1; any alternative that equals the block's value will do.
[[nodiscard]] Comparison compare(const SpdmReport& report,
                                 std::span<const std::span<const GoldenValue>> files);

/// Errors, with the first reference index as offset: errc::rim_conflict, errc::rim_block_missing,
/// errc::rim_mismatch.
[[nodiscard]] Result<void> check_matches(const Comparison& comparison);

}  // namespace daymark::evidence
