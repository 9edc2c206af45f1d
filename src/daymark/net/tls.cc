#include "daymark/net/tls.h"

#include <memory>

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/crypto/ports.h"
#include "daymark/net/errors.h"
#include "daymark/net/tls_internal.h"

namespace daymark::net {

namespace ssl = boost::asio::ssl;
using TlsErrorCode = boost::system::error_code;

namespace {

constexpr std::size_t pem_size_max = 1UL << 20;

struct FreeTls {
  void operator()(BIO* bio) const { ::BIO_free(bio); }

  void operator()(X509* certificate) const { ::X509_free(certificate); }

  void operator()(unsigned char* bytes) const { ::OPENSSL_free(bytes); }
};

template <class T>
using TlsOwned = std::unique_ptr<T, FreeTls>;

TlsOwned<X509> read_certificate(const std::string& pem) {
  const TlsOwned<BIO> in(::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return TlsOwned<X509>(in ? ::PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr);
}

std::optional<Digest> key_pin(const X509* certificate) {
  if (certificate == nullptr) return std::nullopt;
  unsigned char* encoded = nullptr;
  const int size = ::i2d_X509_PUBKEY(::X509_get_X509_PUBKEY(certificate), &encoded);
  const TlsOwned<unsigned char> owned(encoded);
  if (size <= 0) return std::nullopt;
  return crypto::sha256(ByteView(encoded, static_cast<std::size_t>(size)));
}

/// TLS 1.3 has forward secrecy and authenticated ciphers alone, and no renegotiation.
void demand_tls13(ssl::context& context) {
  ::SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_3_VERSION);
  // One connection for one exchange: nothing is resumed.
  ::SSL_CTX_set_num_tickets(context.native_handle(), 0);
}

boost::asio::const_buffer buffer_of(ByteView bytes) {
  return boost::asio::buffer(bytes.data(), bytes.size());
}

/// With a pin alone nobody need have certified the key. All else that is wrong with a certificate,
/// its time above all, stays wrong.
int accept_uncertified(int good, X509_STORE_CTX* state) {
  if (good == 1) return 1;
  switch (::X509_STORE_CTX_get_error(state)) {
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED: return 1;
    default: return 0;
  }
}

/// SSL_set_tlsext_host_name without its cast.
bool name_host(SSL* ssl, std::string host) {
  return ::SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data()) == 1;
}

bool is_address(const std::string& host) {
  TlsErrorCode error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

}  // namespace

Outcome<Digest> certificate_pin(const std::string& pem) {
  const TlsOwned<X509> certificate = read_certificate(pem);
  const std::optional<Digest> pin = key_pin(certificate.get());
  if (!pin) return refuse(errc::net_tls_identity, "certificate");
  return *pin;
}

namespace internal {

Outcome<ssl::context> server_context(const TlsIdentity& identity) {
  DAYMARK_TRY(const std::vector<Byte> chain, read_file(identity.certificate_file, pem_size_max));
  DAYMARK_TRY(std::vector<Byte> key, read_secret(identity.key_file, pem_size_max));
  ssl::context context(ssl::context::tls_server);
  demand_tls13(context);
  TlsErrorCode error;
  error = context.use_certificate_chain(buffer_of(chain), error);
  if (error) return refuse(errc::net_tls_identity, identity.certificate_file, error.message());
  error = context.use_private_key(buffer_of(key), ssl::context::pem, error);
  crypto::erase(key);
  // use_private_key compares the key with the certificate's.
  if (error) return refuse(errc::net_tls_identity, identity.key_file, error.message());
  return context;
}

Outcome<ssl::context> client_context(const TlsTrust& trust) {
  ssl::context context(ssl::context::tls_client);
  demand_tls13(context);
  const bool pin_wrong = !trust.pin.empty() && !from_hex_fixed<32>(trust.pin);
  if (pin_wrong) return refuse(errc::net_tls_trust, trust.pin);
  TlsErrorCode error;
  if (!trust.ca_file.empty()) {
    DAYMARK_TRY(const std::vector<Byte> authorities, read_file(trust.ca_file, pem_size_max));
    error = context.add_certificate_authority(buffer_of(authorities), error);
  } else if (trust.pin.empty()) {
    error = context.set_default_verify_paths(error);
  }
  if (error) return refuse(errc::net_tls_trust, trust.ca_file, error.message());
  return context;
}

boost::system::error_code expect_peer(SSL* ssl, const TlsTrust& trust, const std::string& host) {
  const auto failed = boost::asio::error::make_error_code(boost::asio::error::invalid_argument);
  const bool named = !is_address(host);
  if (named && !name_host(ssl, host)) return failed;
  const bool key_alone = trust.ca_file.empty() && !trust.pin.empty();
  ::SSL_set_verify(ssl, SSL_VERIFY_PEER, key_alone ? accept_uncertified : nullptr);
  if (key_alone) return {};
  X509_VERIFY_PARAM* const wanted = ::SSL_get0_param(ssl);
  const int set = named ? ::X509_VERIFY_PARAM_set1_host(wanted, host.data(), host.size())
                        : ::X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str());
  return set == 1 ? boost::system::error_code{} : failed;
}

Result<void> check_pin(SSL* ssl, const TlsTrust& trust) {
  if (trust.pin.empty()) return {};
  const TlsOwned<X509> certificate(::SSL_get1_peer_certificate(ssl));
  const std::optional<Digest> pin = key_pin(certificate.get());
  const Result<Digest> wanted = from_hex_fixed<32>(trust.pin);
  const bool same = pin && wanted && *pin == *wanted;
  return same ? Result<void>{} : fail(errc::net_tls_pin);
}

Errc handshake_error(SSL* ssl) {
  return ::SSL_get_verify_result(ssl) == X509_V_OK ? errc::net_tls_handshake
                                                   : errc::net_tls_certificate;
}

}  // namespace internal

}  // namespace daymark::net
