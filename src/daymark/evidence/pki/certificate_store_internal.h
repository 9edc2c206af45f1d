// Certificates as OpenSSL's stores take them.
#pragma once

#include <span>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/evidence/pki/openssl_internal.h"

namespace daymark::evidence {

/// One certificate with nothing behind it; null otherwise.
[[nodiscard]] X509Owner certificate_of_der(ByteView der);

/// Hands the certificate to the list.
void keep_certificate(const CertificatesOwner& list, X509Owner certificate);

/// Trusted roots and what only leads to them.
struct CertificateStore {
  StoreOwner roots{X509_STORE_new()};
  CertificatesOwner others{sk_X509_new_null()};
  std::size_t trusted = 0;

  /// One that signed itself is trusted.
  void add(X509Owner certificate);
};

/// Errors of form make an empty store: `trusted` is 0.
[[nodiscard]] CertificateStore store_of_ders(std::span<const std::vector<Byte>> ders);

}  // namespace daymark::evidence
