// Keys under which no signature counts (PROTOCOL §1.3). Core.
#pragma once

#include "daymark/crypto/ports.h"

namespace daymark::crypto {

/// Whether `key` encodes a point of low order, canonically or not: libsodium's own list (its
/// ge25519_has_small_order). A verifier that let one pass would take signatures by anybody, so
/// whoever keeps keys refuses it before anything is signed. Pure.
[[nodiscard]] bool is_low_order(const PublicKey& key);

}  // namespace daymark::crypto
