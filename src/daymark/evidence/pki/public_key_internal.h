// Public keys for OpenSSL out of their numbers.
#pragma once

#include "daymark/base/bytes.h"
#include "daymark/evidence/pki/openssl_internal.h"

namespace daymark::evidence {

/// With exponent 65537; null where the library refuses.
[[nodiscard]] KeyOwner rsa_public_key(ByteView modulus);

/// On "P-256" or "P-384", both numbers at most as long as the field; null where the point is not on
/// the curve.
[[nodiscard]] KeyOwner ec_public_key(std::string_view curve, ByteView x, ByteView y);

}  // namespace daymark::evidence
