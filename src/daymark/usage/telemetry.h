// Telemetry of accelerators as CSV: one line a sample, first line the columns' names.
//
// Read: t_s (seconds from start), gpu (number), power_w, gpu_util_pct, tensor_active (0..1),
// energy_j (counter). Known and checked, but not used here: phase, temp_c, mem_used_mib,
// mem_util_pct, sm_active, dram_active, pcie_*_mb_s, nvlink_*_mb_s, throttle, sm_clock_mhz,
// mem_clock_mhz. Other columns are refused: a misspelt name would silently weaken the account.
// An empty cell means that the source had no value; it is not zero.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string_view>
#include <vector>

#include "daymark/base/result.h"
#include "daymark/base/units.h"

namespace daymark::usage {

/// Most lines of one file, and largest number of a chip.
inline constexpr std::uint64_t telemetry_lines_max = 20'000'000;
inline constexpr unsigned telemetry_gpu_max = 1023;
/// Latest time: a leap year from the start.
inline constexpr Millis telemetry_span_max = days(366);

/// One chip at one time. Fractions run from 0 to 1.
struct Sample {
  unsigned gpu = 0;
  /// From the start of the recording, rounded to milliseconds.
  Millis at;
  std::optional<double> watts;
  /// Share of time in which any program ran: says nothing about how hard.
  std::optional<double> busy;
  /// Share of time in which the tensor pipes worked.
  std::optional<double> tensor_active;
  /// The chip's own counter; starts anew when the driver is loaded.
  std::optional<double> energy_joules;
};

/// Reads one sample after another; holds one line at a time. Not thread-safe.
class TelemetryReader {
 public:
  /// Reads the first line. `input` must outlive the reader.
  /// Errors: errc::telemetry_header, with the byte of the column.
  [[nodiscard]] static Result<TelemetryReader> open(std::istream& input);

  /// The next sample, none at the end. The error's offset is the first byte of the line.
  /// Errors: errc::telemetry_columns, errc::telemetry_value, errc::telemetry_line,
  /// errc::telemetry_size, errc::file_not_read.
  [[nodiscard]] Result<std::optional<Sample>> next();

  /// The number of the line read last, from 1.
  [[nodiscard]] std::uint64_t line() const { return line_; }

  /// Whether the file has a column for these at all.
  [[nodiscard]] bool has_tensor_activity() const;
  [[nodiscard]] bool has_energy_counter() const;

 private:
  explicit TelemetryReader(std::istream& input) : input_(&input) {}

  [[nodiscard]] bool has(std::size_t column) const;
  [[nodiscard]] Result<Sample> parse_line(std::string_view line) const;
  [[nodiscard]] std::unexpected<Error> fail_here(Errc code, FieldId field) const;

  std::istream* input_;
  /// For each column of the file its number in the list of known ones.
  std::vector<std::size_t> columns_;
  std::uint64_t line_ = 1;
  // First byte of the line read last, and of the one behind it.
  std::uint64_t start_ = 0;
  std::uint64_t next_start_ = 0;
};

}  // namespace daymark::usage
