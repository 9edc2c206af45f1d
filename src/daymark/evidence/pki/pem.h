// PEM text of certificates (RFC 7468), strictly: nothing but certificates.
#pragma once

#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::evidence {

/// Largest chain text that is looked at.
inline constexpr std::size_t chain_text_max = 16384;
/// Most certificates that are taken from one text.
inline constexpr std::size_t pem_certificates_max = 16;

/// The DER of each certificate in order. Lines end with LF or CRLF; blank lines may stand between
/// certificates; text around them is refused.
/// Errors: errc::chain_too_large; errc::chain_pem, with the offset of the line.
[[nodiscard]] Result<std::vector<std::vector<Byte>>> parse_pem_certificates(std::string_view text);

}  // namespace daymark::evidence
