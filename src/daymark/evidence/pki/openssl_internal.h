// Owners for what OpenSSL hands out.
#pragma once

#include <memory>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

namespace daymark::evidence {

/// Calls one of OpenSSL's free functions.
template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

struct OpenSslFree {
  void operator()(void* memory) const { OPENSSL_free(memory); }
};

/// Leaves the thread's error queue as it found it: hostile input must not fill it for others.
class ErrorQueueGuard {
 public:
  ErrorQueueGuard() { ERR_set_mark(); }

  ErrorQueueGuard(const ErrorQueueGuard&) = delete;
  ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;
  ErrorQueueGuard(ErrorQueueGuard&&) = delete;
  ErrorQueueGuard& operator=(ErrorQueueGuard&&) = delete;

  ~ErrorQueueGuard() { ERR_pop_to_mark(); }
};

struct CertificatesFree {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};

using BioOwner = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using ObjectOwner = std::unique_ptr<ASN1_OBJECT, Freed<ASN1_OBJECT_free>>;
using StoreOwner = std::unique_ptr<X509_STORE, Freed<X509_STORE_free>>;
using StoreContextOwner = std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>>;
/// Certificates and the list that owns them.
using CertificatesOwner = std::unique_ptr<STACK_OF(X509), CertificatesFree>;
using KeyContextOwner = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using CipherContextOwner = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX_free>>;
using X509Owner = std::unique_ptr<X509, Freed<X509_free>>;
using KeyOwner = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using DigestOwner = std::unique_ptr<EVP_MD, Freed<EVP_MD_free>>;
using DigestContextOwner = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using EcdsaOwner = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;
using BigNumberOwner = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using BytesOwner = std::unique_ptr<unsigned char, OpenSslFree>;
using TextOwner = std::unique_ptr<char, OpenSslFree>;

}  // namespace daymark::evidence
