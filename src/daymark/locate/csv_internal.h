// Rows of comma-separated values without quoting.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daymark/base/failure.h"

namespace daymark::locate {

/// Reads a table line by line and knows where it stands.
class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& subject) : text_(text), subject_(subject) {}

  /// The first line must be exactly `header`. Errors: errc::csv_malformed.
  [[nodiscard]] Outcome<void> header(std::string_view header);

  /// Splits the next line into exactly `cells.size()` cells; false behind the last line. The last
  /// line may lack its end; empty lines are refused. Errors: errc::csv_malformed.
  [[nodiscard]] Outcome<bool> next(std::span<std::string_view> cells);

  /// An error about cell `column` (from 0) of the line read last.
  [[nodiscard]] std::unexpected<Failure> wrong(Errc code, FieldId field, std::size_t column) const;

 private:
  std::optional<std::string_view> line();

  std::string_view text_;
  const std::string& subject_;
  std::size_t line_number_ = 0;
  std::size_t line_offset_ = 0;
  std::size_t next_offset_ = 0;
  std::size_t split_ = 0;
  std::array<std::uint32_t, 8> starts_{};
};

/// Printable UTF-8 candidates: no control characters, at most `most` bytes.
[[nodiscard]] bool is_plain_text(std::string_view text, std::size_t most);

/// A decimal number without exponent that fills `text`.
[[nodiscard]] std::optional<double> decimal(std::string_view text);

}  // namespace daymark::locate
