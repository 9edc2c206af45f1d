#include "daymark/usage/telemetry.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <utility>

#include "daymark/base/errors.h"
#include "daymark/usage/errors.h"

namespace daymark::usage {

namespace {

constexpr std::size_t line_size = 1024;

/// A known column: its name and the range of its numbers. `most` below `least` means text.
struct Column {
  std::string_view name;
  double least = 0;
  double most = 0;
};

enum Number : std::size_t { time, gpu, power, busy, tensor, energy };

constexpr double any = 1e15;
constexpr double span_seconds = static_cast<double>(telemetry_span_max.value) / 1000;

// The first six in the order of Number.
constexpr std::array<Column, 19> known{{
    {"t_s", 0, span_seconds},   {"gpu", 0, telemetry_gpu_max}, {"power_w", 0, 100'000},
    {"gpu_util_pct", 0, 100},   {"tensor_active", 0, 1},       {"energy_j", 0, any},
    {"phase", 0, -1},           {"temp_c", -100, 1000},        {"mem_used_mib", 0, any},
    {"mem_util_pct", 0, 100},   {"sm_active", 0, 1},           {"dram_active", 0, 1},
    {"pcie_tx_mb_s", 0, any},   {"pcie_rx_mb_s", 0, any},      {"nvlink_tx_mb_s", 0, any},
    {"nvlink_rx_mb_s", 0, any}, {"throttle", 0, any},          {"sm_clock_mhz", 0, 100'000},
    {"mem_clock_mhz", 0, any},
}};

using Values = std::array<std::optional<double>, known.size()>;

/// Takes the text up to the next comma off the front.
std::string_view take_cell(std::string_view& rest) {
  const std::size_t comma = rest.find(',');
  const std::string_view cell = rest.substr(0, comma);
  rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  return cell;
}

std::size_t cells_of(std::string_view line) {
  return static_cast<std::size_t>(std::count(line.begin(), line.end(), ',')) + 1;
}

bool is_word(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

/// Plain decimals only: no sign but minus, no exponent, no "inf".
std::optional<double> number_of(std::string_view text, const Column& column) {
  double value = 0;
  const char* const begin = std::to_address(text.begin());
  const char* const end = std::to_address(text.end());
  const auto [at, error] = std::from_chars(begin, end, value, std::chars_format::fixed);
  if (error != std::errc{} || at != end || !std::isfinite(value)) return std::nullopt;
  if (value < column.least || value > column.most) return std::nullopt;
  return value;
}

bool read_cell(std::string_view cell, const Column& column, std::optional<double>& out) {
  if (cell.empty()) return true;
  if (column.most < column.least) return is_word(cell);
  out = number_of(cell, column);
  return out.has_value();
}

std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::optional<double> fraction_of(std::optional<double> percent) {
  if (!percent) return std::nullopt;
  return *percent / 100;
}

}  // namespace

Result<TelemetryReader> TelemetryReader::open(std::istream& input) {
  std::array<char, line_size + 1> buffer{};
  if (!input.getline(buffer.data(), buffer.size())) return fail(errc::telemetry_header);
  const std::string_view line = without_return(buffer.data());
  std::string_view rest = line;
  TelemetryReader out(input);
  out.next_start_ = static_cast<std::uint64_t>(input.gcount());
  const std::size_t cells = cells_of(rest);
  while (out.columns_.size() < cells) {
    const auto at = static_cast<std::uint32_t>(line.size() - rest.size());
    const std::string_view name = take_cell(rest);
    const auto* const found =
        std::find_if(known.begin(), known.end(), [&](const Column& c) { return c.name == name; });
    const auto number = static_cast<std::size_t>(found - known.begin());
    if (found == known.end() || out.has(number)) {
      return fail(errc::telemetry_header, field::telemetry, at);
    }
    out.columns_.push_back(number);
  }
  const bool complete = out.has(Number::time) && out.has(Number::gpu) && out.has(Number::power);
  if (!complete) return fail(errc::telemetry_header, field::telemetry);
  return out;
}

Result<std::optional<Sample>> TelemetryReader::next() {
  std::array<char, line_size + 1> buffer{};
  input_->getline(buffer.data(), buffer.size());
  const auto length = static_cast<std::size_t>(input_->gcount());
  if (input_->bad()) return fail_here(errc::file_not_read, field::line);
  if (length == 0 && input_->eof()) return std::nullopt;
  ++line_;
  start_ = std::exchange(next_start_, next_start_ + length);
  if (input_->fail()) return fail_here(errc::telemetry_line, field::line);
  if (line_ > telemetry_lines_max) return fail_here(errc::telemetry_size, field::line);
  // gcount includes the line feed, if there was one; a NUL inside the line is part of it.
  const std::string_view line(buffer.data(), length - (input_->eof() ? 0 : 1));
  DAYMARK_TRY(const Sample sample, parse_line(without_return(line)));
  return sample;
}

bool TelemetryReader::has_tensor_activity() const {
  return has(Number::tensor);
}

bool TelemetryReader::has_energy_counter() const {
  return has(Number::energy);
}

bool TelemetryReader::has(std::size_t column) const {
  return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
}

Result<Sample> TelemetryReader::parse_line(std::string_view line) const {
  if (cells_of(line) != columns_.size()) {
    return fail_here(errc::telemetry_columns, field::telemetry);
  }
  Values values;
  for (const std::size_t column : columns_) {
    const std::string_view cell = take_cell(line);
    if (!read_cell(cell, known.at(column), values.at(column))) {
      return fail_here(errc::telemetry_value, field::telemetry_cell);
    }
  }
  const auto& number = values[Number::gpu];
  const auto& seconds = values[Number::time];
  if (!number || *number != std::floor(*number)) {
    return fail_here(errc::telemetry_value, field::telemetry_gpu);
  }
  if (!seconds) return fail_here(errc::telemetry_value, field::telemetry_time);
  Sample out;
  out.gpu = static_cast<unsigned>(*number);
  out.at = {std::llround(*seconds * 1000)};
  out.watts = values[Number::power];
  out.busy = fraction_of(values[Number::busy]);
  out.tensor_active = values[Number::tensor];
  out.energy_joules = values[Number::energy];
  return out;
}

std::unexpected<Error> TelemetryReader::fail_here(Errc code, FieldId field) const {
  return fail(code, field, static_cast<std::uint32_t>(start_));
}

}  // namespace daymark::usage
