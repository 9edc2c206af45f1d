// The signer of a model by certificates.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/evidence/models/trusted_root.h"
#include "daymark/evidence/tokens/cose_key.h"

namespace daymark::evidence {

struct ModelSigner {
  VerifyingKey key;
  /// Subject of the certificate; empty for a bare key.
  std::string subject;
  /// Who a Sigstore certificate names (RFC 5280 §4.2.1.6: address or URI, exactly one) and who
  /// vouches for that name (1.3.6.1.4.1.57264.1.8, or .1.1); empty where it names nobody.
  std::string identity;
  std::string issuer;
  /// SHA-256 of the key that signed the certificate; nothing for a bare key.
  std::optional<Digest> issuer_key;
};

/// Whom certificates must lead to: PEM as the asker gave it, or authorities of a trust root, each
/// for the times when it was in use.
struct SignerTrust {
  const std::string& pem;
  std::span<const TrustedAuthority> authorities;
};

/// The key of the first certificate, which must lead to a self-signed one of the trusted, be valid
/// at every one of `times` with all above it, and be for signing code (RFC 5280 §4.2.1.12:
/// id-kp-codeSigning). Errors: errc::model_certificate; errc::verifying_key for another kind of
/// key.
[[nodiscard]] Result<ModelSigner> certified_signer(
    const std::vector<std::vector<Byte>>& certificates, const SignerTrust& trust,
    std::span<const UnixMillis> times);

/// That the certificate stands in one of the certificate logs (RFC 6962 §3.2): at least one of the
/// promises in it verifies. Errors: errc::sigstore_certificate_log.
[[nodiscard]] Result<void> check_certificate_logged(ByteView certificate, const Digest& issuer_key,
                                                    std::span<const TrustedLog> logs);

}  // namespace daymark::evidence
