// Pieces of the line formats of tlog: lines, words, decimal numbers, base64 hashes. Core.
#pragma once

#include <optional>
#include <string_view>

#include "daymark/base/base64.h"
#include "daymark/base/bytes.h"
#include "daymark/tlog/errors.h"

namespace daymark::tlog {

/// `count` characters from `from` on; the caller has checked the range (substr could throw).
[[nodiscard]] constexpr std::string_view slice(std::string_view text, std::size_t from,
                                               std::size_t count) {
  return {text.data() + from, count};
}

/// The part of `text` from `from` on.
[[nodiscard]] constexpr std::string_view tail(std::string_view text, std::size_t from) {
  return {text.data() + from, text.size() - from};
}

/// Takes the next line off `rest`, without its newline; nothing where no newline is left.
[[nodiscard]] constexpr std::optional<std::string_view> cut_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = slice(rest, 0, end);
  rest.remove_prefix(end + 1);
  return line;
}

/// Takes `prefix` off `rest`, or leaves `rest` as it is and answers false.
[[nodiscard]] constexpr bool cut_prefix(std::string_view& rest, std::string_view prefix) {
  if (rest.size() < prefix.size() || slice(rest, 0, prefix.size()) != prefix) return false;
  rest.remove_prefix(prefix.size());
  return true;
}

/// ASCII decimal without sign or leading zeros, within 64 bits (C2SP tlog-checkpoint, tree size).
[[nodiscard]] constexpr std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  if (text.empty() || text.size() > 20 || (text.size() > 1 && text.front() == '0')) return {};
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return {};
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (~std::uint64_t{0} - digit) / 10) return {};
    value = value * 10 + digit;
  }
  return value;
}

/// Whether `text` is the lower-case hexadecimal of `bytes`.
[[nodiscard]] constexpr bool is_hex_of(std::string_view text, ByteView bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  if (text.size() != 2 * bytes.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t nibble = (i % 2 == 0 ? bytes[i / 2] >> 4U : bytes[i / 2] & 0x0FU);
    if (text[i] != digits[nibble]) return false;
  }
  return true;
}

/// Exactly one SHA-256 value in base64.
[[nodiscard]] inline std::optional<Digest> parse_digest(std::string_view text) {
  Digest out{};
  const auto decoded = base64_decode(text, out);
  if (!decoded || decoded->size() != out.size()) return {};
  return out;
}

}  // namespace daymark::tlog
