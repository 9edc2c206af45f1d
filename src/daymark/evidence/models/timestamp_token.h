// Timestamps by an authority (RFC 3161): that a signature existed at a time. The structures and
// their signatures are OpenSSL's business.
#pragma once

#include <span>

#include "daymark/evidence/models/trusted_root.h"

namespace daymark::evidence {

/// Largest response that is looked at.
inline constexpr std::size_t timestamp_size_max = 64UL << 10;

/// The time that a TimeStampResp (DER, nothing behind it) states for `signature`. Whoever signed it
/// must lead to one of the authorities at that time, be for timestamps alone (RFC 3161 §2.3), and
/// the authority must have been in use then.
/// Errors: errc::sigstore_timestamp_form; errc::sigstore_timestamp_other where it is over something
/// else; errc::sigstore_timestamp where no authority stands behind it.
[[nodiscard]] Result<UnixMillis> verify_timestamp(ByteView response, ByteView signature,
                                                  std::span<const TrustedAuthority> authorities);

}  // namespace daymark::evidence
