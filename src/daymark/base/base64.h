// Canonical base64 (RFC 4648 §4, padded): exactly one text for each byte string. Core.
#pragma once

#include <string_view>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark {

/// Most bytes that `characters` of base64 can hold.
[[nodiscard]] constexpr std::size_t base64_decoded_max(std::size_t characters) {
  return characters / 4 * 3;
}

/// Characters needed for `bytes` bytes.
[[nodiscard]] constexpr std::size_t base64_encoded_size(std::size_t bytes) {
  return (bytes + 2) / 3 * 4;
}

/// Decodes into the front of `out` and returns that part. Refuses white space, missing padding and
/// padding bits that are not zero. Errors: errc::base64_malformed, errc::buffer_too_small.
[[nodiscard]] Result<ByteView> base64_decode(std::string_view text, MutableBytes out);

/// Encodes into the front of `out`. Errors: errc::buffer_too_small.
[[nodiscard]] Result<std::string_view> base64_encode(ByteView bytes, std::span<char> out);

}  // namespace daymark
