#include "daymark/evidence/nvidia/comparison.h"

#include <algorithm>
#include <map>

#include "daymark/evidence/errors.h"

namespace daymark::evidence {

namespace {

constexpr std::uint32_t video_decoder_index = 35;
constexpr Byte video_decoder_off = 0x55;

using GoldenByIndex = std::map<std::uint32_t, const GoldenValue*>;

bool is_decoder_off(const SpdmReport& report) {
  const auto status = report.find(OpaqueType::nvdec0_status);
  return status && status->size() == 1 && status->front() == video_decoder_off;
}

/// The first file that names an index counts; a second one is a conflict.
GoldenByIndex gather(std::span<const std::span<const GoldenValue>> files, Comparison& out) {
  GoldenByIndex all;
  for (const auto& file : files) {
    for (const GoldenValue& value : file) {
      if (!all.emplace(value.index, &value).second) out.conflicting.push_back(value.index);
    }
  }
  std::ranges::sort(out.conflicting);
  return all;
}

bool is_among(ByteView value, const std::vector<ReferenceDigest>& alternatives) {
  return std::ranges::any_of(alternatives,
                             [&](const ReferenceDigest& one) { return equal(one, value); });
}

Result<void> none_of(const std::vector<std::uint32_t>& indexes, Errc code) {
  return indexes.empty() ? ok() : fail(code, field::rim_index, indexes.front());
}

}  // namespace

Comparison compare(const SpdmReport& report, std::span<const std::span<const GoldenValue>> files) {
  Comparison out;
  const GoldenByIndex golden = gather(files, out);
  out.golden = golden.size();
  for (const auto& [index, value] : golden) {
    if (index >= report.blocks.size()) {
      out.missing.push_back(index);
    } else if (is_among(report.blocks[index].value, value->alternatives)) {
      ++out.matched;
    } else if (index == video_decoder_index && is_decoder_off(report)) {
      out.skipped.push_back(index);
    } else {
      out.mismatched.push_back(index);
    }
  }
  for (const MeasurementBlock& block : report.blocks) {
    if (!golden.contains(block.index - 1U)) out.uncovered.push_back(block.index);
  }
  return out;
}

Result<void> check_matches(const Comparison& comparison) {
  DAYMARK_CHECK(none_of(comparison.conflicting, errc::rim_conflict));
  DAYMARK_CHECK(none_of(comparison.missing, errc::rim_block_missing));
  return none_of(comparison.mismatched, errc::rim_mismatch);
}

}  // namespace daymark::evidence
