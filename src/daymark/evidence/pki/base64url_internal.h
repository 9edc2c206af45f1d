// Canonical base64url without padding (RFC 7515 §2), as JOSE writes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::evidence {

/// Refuses padding, white space, the other alphabet and bits that are not zero.
/// Errors: errc::base64_malformed.
[[nodiscard]] Result<std::vector<Byte>> from_base64url(std::string_view text);

[[nodiscard]] std::string to_base64url(ByteView bytes);

}  // namespace daymark::evidence
