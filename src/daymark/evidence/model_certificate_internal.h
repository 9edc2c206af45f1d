// The signer of a model by certificates.
#pragma once

#include <string>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/evidence/cose_key.h"

namespace daymark::evidence {

struct ModelSigner {
  VerifyingKey key;
  /// Subject of the certificate; empty for a bare key.
  std::string subject;
};

/// The key of the first certificate, which must lead to a self-signed one of `authorities` (PEM),
/// be valid at `time` with all above it, and be for signing code (RFC 5280 §4.2.1.12:
/// id-kp-codeSigning). Errors: errc::model_certificate; errc::verifying_key for another kind of
/// key.
[[nodiscard]] Result<ModelSigner> certified_signer(
    const std::vector<std::vector<Byte>>& certificates, const std::string& authorities,
    UnixMillis time);

}  // namespace daymark::evidence
