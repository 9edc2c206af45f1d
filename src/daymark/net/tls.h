// TLS 1.3 for servers and clients, as plain values; OpenSSL stays behind them. Host only.
#pragma once

#include <string>

#include "daymark/base/bytes.h"
#include "daymark/base/failure.h"

namespace daymark::net {

/// Who a server is. Empty: it speaks plain HTTP.
struct TlsIdentity {
  std::string certificate_file;  ///< PEM: the server's certificate, then those above it
  std::string key_file;          ///< PEM, mode 0600

  [[nodiscard]] bool empty() const { return certificate_file.empty() && key_file.empty(); }
};

/// By what a client knows a server. Both may be given: then both must hold. With neither, the
/// system's certificate authorities decide. A certificate outside its time is never taken.
struct TlsTrust {
  std::string ca_file;  ///< PEM: certificate authorities; the name or address must be certified
  std::string pin;      ///< SHA-256 of the server's public key, 64 hexadecimal digits; without a
                        ///< CA file the key alone counts, whoever certified it
};

/// The pin of a certificate in PEM: SHA-256 of its SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
/// Errors: errc::net_tls_identity where it is no certificate.
[[nodiscard]] Outcome<Digest> certificate_pin(const std::string& pem);

}  // namespace daymark::net
