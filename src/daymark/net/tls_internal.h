// OpenSSL's contexts for our clients and servers: TLS 1.3 alone (RFC 8446). Not installed.
#pragma once

#include <boost/asio/ssl.hpp>

#include "daymark/net/tls.h"

namespace daymark::net::internal {

/// A server's context. Errors: errc::secret_exposed where others may read the key, those of
/// read_file, errc::net_tls_identity where certificate and key don't make one identity.
[[nodiscard]] Outcome<boost::asio::ssl::context> server_context(const TlsIdentity& identity);

/// A client's context for this trust. Errors: those of read_file, errc::net_tls_trust.
[[nodiscard]] Outcome<boost::asio::ssl::context> client_context(const TlsTrust& trust);

/// Sets what is checked while hands are shaken: the certificates of the trust, the time, and the
/// host's name where certificate authorities decide.
[[nodiscard]] boost::system::error_code expect_peer(SSL* ssl, const TlsTrust& trust,
                                                    const std::string& host);

/// After the handshake, before anything is sent. Errors: errc::net_tls_pin where the peer has
/// another key than the pinned one.
[[nodiscard]] Result<void> check_pin(SSL* ssl, const TlsTrust& trust);

/// Why the handshake failed: errc::net_tls_certificate where the peer's certificate is not
/// accepted, else errc::net_tls_handshake.
[[nodiscard]] Errc handshake_error(SSL* ssl);

}  // namespace daymark::net::internal
