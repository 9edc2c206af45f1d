#include "daymark/base/base64.h"

#include "daymark/base/errors.h"

namespace daymark {

namespace {

constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

std::size_t padding_of(std::string_view text) {
  if (text.empty() || text.back() != '=') return 0;
  return text[text.size() - 2] == '=' ? 2 : 1;
}

/// Writes the three bytes of one group, of which those beyond the end must be zero: no other text
/// decodes to the same bytes.
bool put_group(std::uint32_t bits, MutableBytes out, std::size_t& written) {
  for (std::size_t k = 0; k < 3; ++k) {
    const auto byte = static_cast<Byte>(bits >> (16 - 8 * k) & 0xFF);
    if (written == out.size() && byte != 0) return false;
    if (written < out.size()) out[written++] = byte;
  }
  return true;
}

}  // namespace

Result<ByteView> base64_decode(std::string_view text, MutableBytes out) {
  if (text.size() % 4 != 0) return fail(errc::base64_malformed, field::length);
  const std::size_t padding = padding_of(text);
  const std::size_t size = text.size() / 4 * 3 - padding;
  if (out.size() < size) return fail(errc::buffer_too_small, field::length);
  std::uint32_t bits = 0;
  std::size_t written = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int value = i >= text.size() - padding ? 0 : sextet(text[i]);
    if (value < 0) return fail(errc::base64_malformed, field::text, static_cast<std::uint32_t>(i));
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    if (i % 4 != 3) continue;
    if (!put_group(bits, out.first(size), written)) {
      return fail(errc::base64_malformed, field::text, static_cast<std::uint32_t>(i));
    }
    bits = 0;
  }
  return ByteView(out.first(size));
}

Result<std::string_view> base64_encode(ByteView bytes, std::span<char> out) {
  const std::size_t size = base64_encoded_size(bytes.size());
  if (out.size() < size) return fail(errc::buffer_too_small, field::length);
  std::size_t at = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (i + k < bytes.size() ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k) {
      out[at++] = i + k > bytes.size() ? '=' : alphabet[bits >> (18 - 6 * k) & 63];
    }
  }
  return std::string_view(out.data(), size);
}

}  // namespace daymark
