// What tokens say of an Ed25519 key: its curve and its point.
#pragma once

#include <optional>

#include "daymark/crypto/ports.h"

namespace daymark::token::internal {

/// Whether CKA_EC_PARAMS names edwards25519: as the object identifier of RFC 8410, as the curve's
/// name (PKCS#11 3.0 §2.3.5), or as the older identifier of GnuPG.
[[nodiscard]] bool is_ed25519(ByteView ec_params);

/// CKA_EC_POINT: 32 bytes, or the same as a DER OCTET STRING; tokens write both.
[[nodiscard]] std::optional<crypto::PublicKey> read_ec_point(ByteView point);

}  // namespace daymark::token::internal
