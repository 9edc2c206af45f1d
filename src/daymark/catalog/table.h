// Tables of comma-separated values with quoted cells (RFC 4180).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/failure.h"

namespace daymark::catalog {

/// One line of a table, as many cells as the header has columns.
struct TableRow {
  std::vector<std::string> cells;
  std::size_t line = 0;  // where it starts, from 1
};

inline constexpr std::size_t max_table_rows = 10'000;
inline constexpr std::size_t max_cell_bytes = 1000;

/// Reads a table whose first line is exactly `header`. A cell in double quotes may hold commas and
/// doubled quotes, but no line end. Lines end in LF or CR LF. Errors, with the line in the detail:
/// errc::csv_malformed, errc::catalog_size.
[[nodiscard]] Outcome<std::vector<TableRow>> parse_table(std::string_view text,
                                                         std::string_view header,
                                                         const std::string& subject);

/// The number in a cell; nothing if the cell is empty, for unknown is not zero. Only decimal
/// numbers from 0 to 1e12. Errors: errc::number_malformed.
[[nodiscard]] Result<std::optional<double>> figure_in(std::string_view cell);

}  // namespace daymark::catalog
