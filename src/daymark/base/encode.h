// Base64 and hexadecimal as strings and vectors, for the host.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/base64.h"
#include "daymark/base/hex.h"

namespace daymark {

[[nodiscard]] std::string to_base64(ByteView bytes);

/// Errors: errc::base64_malformed.
[[nodiscard]] Result<std::vector<Byte>> from_base64(std::string_view text);

}  // namespace daymark
