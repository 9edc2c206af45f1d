#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "daymark/base/errors.h"
#include "daymark/locate/csv_internal.h"

namespace daymark::locate {

std::optional<std::string_view> CsvReader::line() {
  if (text_.empty()) return std::nullopt;
  const std::size_t end = std::min(text_.find('\n'), text_.size());
  std::string_view out = text_.substr(0, end);
  text_.remove_prefix(std::min(end + 1, text_.size()));
  if (out.ends_with('\r')) out.remove_suffix(1);
  ++line_number_;
  line_offset_ = next_offset_;
  next_offset_ += end + 1;
  split_ = 0;
  return out;
}

Outcome<void> CsvReader::header(std::string_view header) {
  const auto first = line();
  if (!first || *first != header) return wrong(errc::csv_malformed, field::line, 0);
  return {};
}

Outcome<bool> CsvReader::next(std::span<std::string_view> cells) {
  const auto row = line();
  if (!row) return false;
  std::string_view rest = *row;
  for (; split_ < cells.size(); ++split_) {
    starts_[split_] = static_cast<std::uint32_t>(row->size() - rest.size());
    const bool last = split_ + 1 == cells.size();
    const std::size_t comma = rest.find(',');
    if (last != (comma == std::string_view::npos))
      return wrong(errc::csv_malformed, field::column, split_);
    cells[split_] = rest.substr(0, comma);
    rest.remove_prefix(last ? rest.size() : comma + 1);
  }
  return true;
}

std::unexpected<Failure> CsvReader::wrong(Errc code, FieldId field, std::size_t column) const {
  const std::size_t start = column < split_ ? starts_[column] : 0;
  const Error error{code, field, static_cast<std::uint32_t>(line_offset_ + start)};
  return std::unexpected(
      Failure(error, subject_, fmt::format("line {}, column {}", line_number_, column + 1)));
}

bool is_plain_text(std::string_view text, std::size_t most) {
  const auto plain = [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != '\x7f'; };
  return text.size() <= most && std::ranges::all_of(text, plain);
}

std::optional<double> decimal(std::string_view text) {
  double value = 0;
  const auto [stop, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || stop != text.data() + text.size() || text.size() > 40)
    return std::nullopt;
  return value;
}

}  // namespace daymark::locate
