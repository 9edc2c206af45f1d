// Certificates made on the spot, for tests of TLS. Tests only; link OpenSSL::SSL.
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace daymark::net {

/// A self-signed certificate for 127.0.0.1 and localhost, and its key, both as PEM.
struct MadeIdentity {
  std::string certificate;
  std::string key;
};

/// Seconds from now in which the certificate is good.
struct CertificateSpan {
  long from = -60;
  long to = 3600;
};

class IdentityMaker {
 public:
  static MadeIdentity make(CertificateSpan span = {}) {
    const Key key(::EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), ::EVP_PKEY_free);
    const Certificate certificate(::X509_new(), ::X509_free);
    ::X509_set_version(certificate.get(), X509_VERSION_3);
    ::ASN1_INTEGER_set(::X509_get_serialNumber(certificate.get()), 1);
    ::X509_gmtime_adj(::X509_getm_notBefore(certificate.get()), span.from);
    ::X509_gmtime_adj(::X509_getm_notAfter(certificate.get()), span.to);
    ::X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* const name = ::X509_get_subject_name(certificate.get());
    const std::string common = "daymark test";
    ::X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                 reinterpret_cast<const unsigned char*>(common.data()),
                                 static_cast<int>(common.size()), -1, 0);
    ::X509_set_issuer_name(certificate.get(), name);
    extend(certificate.get(), NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost");
    extend(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    EXPECT_GT(::X509_sign(certificate.get(), key.get(), ::EVP_sha256()), 0);
    return {print([&](BIO* out) { return ::PEM_write_bio_X509(out, certificate.get()); }),
            print([&](BIO* out) {
              return ::PEM_write_bio_PKCS8PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr,
                                                     nullptr);
            })};
  }

 private:
  using Key = std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)>;
  using Certificate = std::unique_ptr<X509, decltype(&::X509_free)>;

  static void extend(X509* certificate, int what, const char* value) {
    X509_EXTENSION* const extension = ::X509V3_EXT_conf_nid(nullptr, nullptr, what, value);
    EXPECT_EQ(::X509_add_ext(certificate, extension, -1), 1);
    ::X509_EXTENSION_free(extension);
  }

  template <class Write>
  static std::string print(Write write) {
    const std::unique_ptr<BIO, decltype(&::BIO_free)> out(::BIO_new(::BIO_s_mem()), ::BIO_free);
    EXPECT_EQ(write(out.get()), 1);
    std::string text(::BIO_ctrl_pending(out.get()), '\0');
    EXPECT_GT(::BIO_read(out.get(), text.data(), static_cast<int>(text.size())), 0);
    return text;
  }
};

}  // namespace daymark::net
