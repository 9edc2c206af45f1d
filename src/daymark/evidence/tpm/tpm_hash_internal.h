// Digests by TPM_ALG_ID.
#pragma once

#include <span>
#include <vector>

#include <openssl/evp.h>

#include "daymark/base/bytes.h"

namespace daymark::evidence {

/// OpenSSL's hash; null for one that is not known here. Owned by the library.
[[nodiscard]] const EVP_MD* tpm_hash(std::uint16_t algorithm);

/// The digest of the parts, one behind the other; empty for an algorithm that is not known here.
[[nodiscard]] std::vector<Byte> tpm_digest(std::uint16_t algorithm,
                                           std::span<const ByteView> parts);

}  // namespace daymark::evidence
