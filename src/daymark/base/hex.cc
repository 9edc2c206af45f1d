#include "daymark/base/hex.h"

#include "daymark/base/errors.h"

namespace daymark {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string to_hex(ByteView bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const Byte byte : bytes) {
    out.push_back(digits[byte >> 4]);
    out.push_back(digits[byte & 15]);
  }
  return out;
}

Result<void> from_hex_into(std::string_view text, MutableBytes out) {
  if (text.size() != out.size() * 2) return fail(errc::hex_malformed, field::length);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = nibble(text[2 * i]);
    const int low = nibble(text[2 * i + 1]);
    if (high < 0 || low < 0)
      return fail(errc::hex_malformed, field::text, static_cast<std::uint32_t>(2 * i));
    out[i] = static_cast<Byte>(high * 16 + low);
  }
  return ok();
}

Result<std::vector<Byte>> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return fail(errc::hex_malformed, field::length);
  std::vector<Byte> out(text.size() / 2);
  DAYMARK_CHECK(from_hex_into(text, out));
  return out;
}

}  // namespace daymark
