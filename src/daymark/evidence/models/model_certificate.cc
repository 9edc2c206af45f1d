#include <algorithm>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "daymark/crypto/ports.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/models/model_certificate_internal.h"
#include "daymark/evidence/pki/certificate_store_internal.h"

namespace daymark::evidence {

namespace {

constexpr std::size_t authorities_max = 64UL << 10;
constexpr std::size_t identity_max = 1024;
// Fulcio (sigstore/fulcio, docs/oid-info.md).
constexpr const char* oid_issuer = "1.3.6.1.4.1.57264.1.8";
constexpr const char* oid_issuer_raw = "1.3.6.1.4.1.57264.1.1";
constexpr const char* oid_other_name = "1.3.6.1.4.1.57264.1.7";

using NamesOwner = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;
using Utf8Owner = std::unique_ptr<ASN1_UTF8STRING, Freed<ASN1_UTF8STRING_free>>;

std::unexpected<Error> certificate_refused() {
  return fail(errc::model_certificate, field::certificate);
}

CertificateStore store_of_pem(const std::string& pem) {
  CertificateStore out;
  if (pem.size() > authorities_max) return out;
  const BioOwner memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  while (X509Owner one{PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)})
    out.add(std::move(one));
  return out;
}

bool may_sign_code(X509* leaf) {
  const std::uint32_t wanted = XKU_CODE_SIGN;
  const bool code = (X509_get_extended_key_usage(leaf) & wanted) != 0 &&
                    (X509_get_extension_flags(leaf) & EXFLAG_XKUSAGE) != 0;
  return code && (X509_get_key_usage(leaf) & KU_DIGITAL_SIGNATURE) != 0;
}

Result<Digest> key_hash_of(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  const BytesOwner owner(der);
  if (size <= 0) return certificate_refused();
  return crypto::sha256(ByteView(der, static_cast<std::size_t>(size)));
}

/// The hash of the issuer's key, where the way to a root is there at that time.
Result<Digest> issuer_at(X509* leaf, const CertificateStore& store, UnixMillis time) {
  const StoreContextOwner context(X509_STORE_CTX_new());
  const bool ready = context && X509_STORE_CTX_init(context.get(), store.roots.get(), leaf,
                                                    store.others.get()) == 1;
  if (!ready) return certificate_refused();
  X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(rules, time.value / 1000);
  X509_VERIFY_PARAM_set_auth_level(rules, 2);
  if (X509_verify_cert(context.get()) != 1) return certificate_refused();
  STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(context.get());
  return key_hash_of(sk_X509_value(chain, sk_X509_num(chain) > 1 ? 1 : 0));
}

/// Certificates that came with the bundle help to find the way, and are trusted with nothing.
bool add_others(CertificateStore& store, const std::vector<std::vector<Byte>>& certificates) {
  for (std::size_t i = 1; i < certificates.size(); ++i) {
    X509Owner one = certificate_of_der(certificates[i]);
    if (!one) return false;
    keep_certificate(store.others, std::move(one));
  }
  return true;
}

/// One that leads there at all of the times.
Result<Digest> issuer_of(const std::vector<std::vector<Byte>>& certificates, X509* leaf,
                         CertificateStore store, std::span<const UnixMillis> times) {
  if (store.trusted == 0 || times.empty() || !add_others(store, certificates)) {
    return certificate_refused();
  }
  Result<Digest> out = certificate_refused();
  for (const UnixMillis time : times) {
    DAYMARK_TRY(out, issuer_at(leaf, store, time));
  }
  return out;
}

Result<Digest> trusted_issuer(const std::vector<std::vector<Byte>>& certificates, X509* leaf,
                              const SignerTrust& trust, std::span<const UnixMillis> times) {
  if (!trust.pem.empty()) return issuer_of(certificates, leaf, store_of_pem(trust.pem), times);
  for (const TrustedAuthority& one : trust.authorities) {
    const bool in_use =
        std::ranges::all_of(times, [&](UnixMillis time) { return one.valid.covers(time); });
    if (!in_use) continue;
    auto issuer = issuer_of(certificates, leaf, store_of_ders(one.certificates), times);
    if (issuer) return issuer;
  }
  return certificate_refused();
}

std::string subject_of(X509* certificate) {
  const TextOwner text(X509_NAME_oneline(X509_get_subject_name(certificate), nullptr, 0));
  return text ? text.get() : "";
}

/// Printable, and not longer than anybody reads; empty otherwise.
std::string plain_text(const ASN1_STRING* value) {
  const std::string out(
      text_of({ASN1_STRING_get0_data(value), static_cast<std::size_t>(ASN1_STRING_length(value))}));
  const bool plain = out.size() <= identity_max &&
                     std::ranges::all_of(out, [](char c) { return c > ' ' && c <= '~'; });
  return plain ? out : "";
}

bool is_object(const ASN1_OBJECT* object, const char* oid) {
  const ObjectOwner wanted(OBJ_txt2obj(oid, 1));
  return wanted && OBJ_cmp(object, wanted.get()) == 0;
}

std::string identity_of(const X509* leaf) {
  const NamesOwner names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr)));
  if (!names || sk_GENERAL_NAME_num(names.get()) != 1) return {};
  const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), 0);
  if (name->type == GEN_EMAIL) return plain_text(name->d.rfc822Name);
  if (name->type == GEN_URI) return plain_text(name->d.uniformResourceIdentifier);
  const bool other = name->type == GEN_OTHERNAME &&
                     is_object(name->d.otherName->type_id, oid_other_name) &&
                     name->d.otherName->value->type == V_ASN1_UTF8STRING;
  return other ? plain_text(name->d.otherName->value->value.utf8string) : "";
}

/// Content of an extension that stands there once; null otherwise.
const ASN1_OCTET_STRING* extension_of(const X509* leaf, const char* oid) {
  const ObjectOwner object(OBJ_txt2obj(oid, 1));
  const int at = X509_get_ext_by_OBJ(leaf, object.get(), -1);
  if (at < 0 || X509_get_ext_by_OBJ(leaf, object.get(), at) >= 0) return nullptr;
  return X509_EXTENSION_get_data(X509_get_ext(leaf, at));
}

std::string issuer_name_of(const X509* leaf) {
  if (const ASN1_OCTET_STRING* const wrapped = extension_of(leaf, oid_issuer)) {
    const unsigned char* at = ASN1_STRING_get0_data(wrapped);
    const long size = ASN1_STRING_length(wrapped);
    const unsigned char* const end = at + size;
    const Utf8Owner text(d2i_ASN1_UTF8STRING(nullptr, &at, size));
    return text && at == end ? plain_text(text.get()) : "";
  }
  const ASN1_OCTET_STRING* const raw = extension_of(leaf, oid_issuer_raw);
  return raw == nullptr ? "" : plain_text(raw);
}

}  // namespace

Result<ModelSigner> certified_signer(const std::vector<std::vector<Byte>>& certificates,
                                     const SignerTrust& trust, std::span<const UnixMillis> times) {
  const ErrorQueueGuard guard;
  const X509Owner leaf = certificates.empty() ? nullptr : certificate_of_der(certificates.front());
  if (!leaf || !may_sign_code(leaf.get())) return certificate_refused();
  DAYMARK_TRY(const Digest issuer_key, trusted_issuer(certificates, leaf.get(), trust, times));
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf.get()), &der);
  const BytesOwner owner(der);
  if (size <= 0) return certificate_refused();
  DAYMARK_TRY(auto key, VerifyingKey::from_spki({der, static_cast<std::size_t>(size)}));
  return ModelSigner{std::move(key), subject_of(leaf.get()), identity_of(leaf.get()),
                     issuer_name_of(leaf.get()), issuer_key};
}

}  // namespace daymark::evidence
