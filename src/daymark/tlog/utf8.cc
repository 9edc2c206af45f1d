#include <cstddef>
#include <cstdint>

#include "daymark/tlog/utf8_internal.h"

namespace daymark::tlog {

namespace {

/// What a first byte announces: how many bytes follow, and the least code point of that length.
struct Lead {
  std::size_t following;
  char32_t bits;
  char32_t least;
};

std::optional<Lead> lead_of(std::uint8_t byte) {
  if (byte < 0x80) return Lead{0, byte, 0};
  if (byte >= 0xC2 && byte <= 0xDF) return Lead{1, byte & 0x1FU, 0x80};
  if (byte >= 0xE0 && byte <= 0xEF) return Lead{2, byte & 0x0FU, 0x800};
  if (byte >= 0xF0 && byte <= 0xF4) return Lead{3, byte & 0x07U, 0x10000};
  return std::nullopt;
}

}  // namespace

std::optional<char32_t> cut_code_point(std::string_view& rest) {
  const std::optional<Lead> lead = lead_of(static_cast<std::uint8_t>(rest.front()));
  if (!lead || rest.size() <= lead->following) return std::nullopt;
  char32_t point = lead->bits;
  for (std::size_t i = 1; i <= lead->following; ++i) {
    const auto byte = static_cast<std::uint8_t>(rest[i]);
    if ((byte & 0xC0U) != 0x80) return std::nullopt;
    point = point << 6 | (byte & 0x3FU);
  }
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (point < lead->least || surrogate || point > 0x10FFFF) return std::nullopt;
  rest.remove_prefix(lead->following + 1);
  return point;
}

bool is_note_text(std::string_view text) {
  while (!text.empty()) {
    const std::optional<char32_t> point = cut_code_point(text);
    if (!point || (*point < 0x20 && *point != '\n')) return false;
  }
  return true;
}

}  // namespace daymark::tlog
