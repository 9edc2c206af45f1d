// Hexadecimal text, lower case when written, either case when read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark {

[[nodiscard]] std::string to_hex(ByteView bytes);

/// Errors: errc::hex_malformed for an odd length or a foreign character, with its offset.
[[nodiscard]] Result<std::vector<Byte>> from_hex(std::string_view text);

/// Exactly N bytes. Errors: errc::hex_malformed.
template <std::size_t N>
[[nodiscard]] Result<ByteArray<N>> from_hex_fixed(std::string_view text);

[[nodiscard]] Result<void> from_hex_into(std::string_view text, MutableBytes out);

template <std::size_t N>
Result<ByteArray<N>> from_hex_fixed(std::string_view text) {
  ByteArray<N> out{};
  DAYMARK_CHECK(from_hex_into(text, out));
  return out;
}

}  // namespace daymark
