#include "daymark/catalog/table.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "daymark/base/errors.h"
#include "daymark/catalog/errors.h"

namespace daymark::catalog {

namespace {

constexpr double greatest_figure = 1e12;

/// Takes the next line, without its end, from `text`.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// Takes a quoted cell from `rest`, up to the comma or the end; nothing if it is malformed.
std::optional<std::string> take_quoted(std::string_view& rest) {
  std::string out;
  rest.remove_prefix(1);
  while (true) {
    const std::size_t quote = rest.find('"');
    if (quote == std::string_view::npos) return std::nullopt;
    out += rest.substr(0, quote);
    rest.remove_prefix(quote + 1);
    if (!rest.starts_with('"')) break;
    out += '"';
    rest.remove_prefix(1);
  }
  if (!rest.empty() && rest.front() != ',') return std::nullopt;
  return out;
}

std::optional<std::string> take_plain(std::string_view& rest) {
  const std::string_view cell = rest.substr(0, rest.find(','));
  rest.remove_prefix(cell.size());
  if (cell.find('"') != std::string_view::npos) return std::nullopt;
  return std::string(cell);
}

bool is_plain_text(std::string_view cell) {
  const auto plain = [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != '\x7f'; };
  return cell.size() <= max_cell_bytes && std::ranges::all_of(cell, plain);
}

/// All cells of a line; nothing if one is malformed or there are more than `columns`.
std::optional<std::vector<std::string>> split(std::string_view line, std::size_t columns) {
  std::vector<std::string> out;
  while (true) {
    auto cell = line.starts_with('"') ? take_quoted(line) : take_plain(line);
    if (!cell || !is_plain_text(*cell) || out.size() == columns) return std::nullopt;
    out.push_back(std::move(*cell));
    if (line.empty()) break;
    line.remove_prefix(1);
  }
  if (out.size() != columns) return std::nullopt;
  return out;
}

}  // namespace

Outcome<std::vector<TableRow>> parse_table(std::string_view text, std::string_view header,
                                           const std::string& subject) {
  const auto wrong = [&subject](Errc code, std::size_t line) {
    return refuse(code, subject, fmt::format("line {}", line));
  };
  if (take_line(text) != header) return wrong(errc::csv_malformed, 1);
  const auto columns = static_cast<std::size_t>(std::ranges::count(header, ',')) + 1;
  std::vector<TableRow> out;
  for (std::size_t line = 2; !text.empty(); ++line) {
    auto cells = split(take_line(text), columns);
    if (!cells) return wrong(errc::csv_malformed, line);
    if (out.size() == max_table_rows) return wrong(errc::catalog_size, line);
    out.push_back({std::move(*cells), line});
  }
  return out;
}

Result<std::optional<double>> figure_in(std::string_view cell) {
  if (cell.empty()) return std::nullopt;
  double value = 0;
  const auto [stop, error] =
      std::from_chars(cell.data(), cell.data() + cell.size(), value, std::chars_format::fixed);
  const bool range = value >= 0 && value <= greatest_figure;
  if (error != std::errc{} || stop != cell.data() + cell.size() || !range || cell.front() == '-')
    return fail(errc::number_malformed, field::figure);
  return value;
}

}  // namespace daymark::catalog
