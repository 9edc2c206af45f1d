// ECDSA P-384 signatures in the form that OpenSSL takes.
#pragma once

#include <vector>

#include "daymark/base/bytes.h"

namespace daymark::evidence {

/// DER of SEQUENCE { r, s } from r then s, 48 bytes each; empty for another length.
[[nodiscard]] std::vector<Byte> der_signature(ByteView signature);

}  // namespace daymark::evidence
