#include "daymark/evidence/tpm/ek_certificate.h"

#include <algorithm>
#include <array>

#include <openssl/core_names.h>
#include <openssl/x509v3.h>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/pki/openssl_internal.h"
#include "daymark/evidence/pki/pem.h"

namespace daymark::evidence {

namespace {

using AltNamesOwner = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;
using PurposesOwner = std::unique_ptr<EXTENDED_KEY_USAGE, Freed<EXTENDED_KEY_USAGE_free>>;

constexpr const char* oid_manufacturer = "2.23.133.2.1";
constexpr const char* oid_model = "2.23.133.2.2";
constexpr const char* oid_version = "2.23.133.2.3";
constexpr const char* oid_ek_purpose = "2.23.133.8.1";
constexpr std::size_t attribute_size_max = 64;

/// Null unless `der` is one certificate and nothing else.
X509Owner whole_certificate(ByteView der) {
  if (der.empty() || der.size() > ek_certificate_max) return nullptr;
  const unsigned char* at = der.data();
  X509Owner out(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (out && at != der.data() + der.size()) out.reset();
  return out;
}

/// The directory name among the alternative names (RFC 5280 §4.2.1.6), exactly one.
const X509_NAME* directory_name(const GENERAL_NAMES* names) {
  const X509_NAME* found = nullptr;
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_DIRNAME) continue;
    if (found != nullptr) return nullptr;
    found = name->d.directoryName;
  }
  return found;
}

/// A printable value that stands there once; empty otherwise.
std::string attribute_of(const X509_NAME* name, const char* oid) {
  const ObjectOwner object(OBJ_txt2obj(oid, 1));
  const int at = object ? X509_NAME_get_index_by_OBJ(name, object.get(), -1) : -1;
  if (at < 0 || X509_NAME_get_index_by_OBJ(name, object.get(), at) >= 0) return {};
  unsigned char* raw = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&raw, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  const BytesOwner owner(raw);
  if (size <= 0 || static_cast<std::size_t>(size) > attribute_size_max) return {};
  std::string out(raw, raw + size);
  const bool printable = std::ranges::all_of(out, [](char c) { return c >= ' ' && c <= '~'; });
  return printable ? out : std::string();
}

bool serves_endorsement(const X509* certificate) {
  const PurposesOwner purposes(static_cast<EXTENDED_KEY_USAGE*>(
      X509_get_ext_d2i(certificate, NID_ext_key_usage, nullptr, nullptr)));
  const ObjectOwner wanted(OBJ_txt2obj(oid_ek_purpose, 1));
  for (int i = 0; purposes && i < sk_ASN1_OBJECT_num(purposes.get()); ++i) {
    if (OBJ_cmp(sk_ASN1_OBJECT_value(purposes.get(), i), wanted.get()) == 0) return true;
  }
  return false;
}

/// The modulus of an RSA 2048 key with the exponent that TPMs use; empty for any other key.
std::vector<Byte> modulus_of(const X509* certificate) {
  constexpr std::size_t modulus_size = 256;
  constexpr BN_ULONG exponent = 65537;
  EVP_PKEY* const key = X509_get0_pubkey(certificate);
  if (key == nullptr || EVP_PKEY_is_a(key, "RSA") != 1) return {};
  BIGNUM* n = nullptr;
  BIGNUM* e = nullptr;
  (void)EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n);
  (void)EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e);
  const BigNumberOwner modulus(n);
  const BigNumberOwner power(e);
  if (!modulus || !power || BN_is_word(e, exponent) != 1 || BN_num_bits(n) != 2048) return {};
  std::vector<Byte> out(modulus_size);
  BN_bn2binpad(n, out.data(), static_cast<int>(out.size()));
  return out;
}

/// In RFC 2253's form; empty where the library refuses.
std::string issuer_text(const X509* certificate) {
  const BioOwner out(BIO_new(BIO_s_mem()));
  const bool written = out && X509_NAME_print_ex(out.get(), X509_get_issuer_name(certificate), 0,
                                                 XN_FLAG_RFC2253) >= 0;
  char* text = nullptr;
  const long size = written ? BIO_get_mem_data(out.get(), &text) : 0;
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
}

X509Owner parsed_authority(ByteView der) {
  const unsigned char* at = der.data();
  return X509Owner(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

Result<StoreOwner> store_of(std::string_view pem) {
  DAYMARK_TRY(const auto authorities, parse_pem_certificates(pem));
  StoreOwner store(X509_STORE_new());
  for (const std::vector<Byte>& der : authorities) {
    const X509Owner authority = parsed_authority(der);
    const bool added = store && authority && X509_STORE_add_cert(store.get(), authority.get()) == 1;
    if (!added) return fail(errc::ek_chain);
  }
  return store;
}

}  // namespace

Result<EkCertificate> parse_ek_certificate(ByteView der) {
  const ErrorQueueGuard queue;
  const X509Owner certificate = whole_certificate(der);
  if (!certificate || !serves_endorsement(certificate.get())) return fail(errc::ek_certificate);
  const bool authority = (X509_get_extension_flags(certificate.get()) & EXFLAG_CA) != 0;
  const AltNamesOwner names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  const X509_NAME* const name = names ? directory_name(names.get()) : nullptr;
  if (authority || name == nullptr) return fail(errc::ek_certificate);
  EkCertificate out{attribute_of(name, oid_manufacturer), attribute_of(name, oid_model),
                    attribute_of(name, oid_version), modulus_of(certificate.get()),
                    issuer_text(certificate.get())};
  const bool complete = out.manufacturer.size() == 11 && out.manufacturer.starts_with("id:") &&
                        !out.model.empty() && !out.modulus.empty();
  return complete ? Result<EkCertificate>(std::move(out)) : fail(errc::ek_certificate);
}

Result<void> check_ek_issuer(ByteView der, std::string_view pem, UnixMillis time) {
  const ErrorQueueGuard queue;
  const X509Owner certificate = whole_certificate(der);
  if (!certificate) return fail(errc::ek_certificate);
  DAYMARK_TRY(const StoreOwner store, store_of(pem));
  const StoreContextOwner context(X509_STORE_CTX_new());
  const bool ready =
      context && X509_STORE_CTX_init(context.get(), store.get(), certificate.get(), nullptr) == 1;
  if (!ready) return fail(errc::ek_chain);
  // What was given is trusted, whether it signed itself or not.
  X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(rules, static_cast<time_t>(time.value / 1000));
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
  return X509_verify_cert(context.get()) == 1 ? ok() : fail(errc::ek_chain);
}

bool is_software_tpm(const EkCertificate& certificate) {
  // TCG vendor ids: "IBM" as libtpms states it, GOOG, MSFT, VMW, AMZN.
  constexpr std::array<std::string_view, 4> clouds{"id:474F4F47", "id:4D534654", "id:564D5700",
                                                   "id:414D5A4E"};
  std::string model = certificate.model;
  std::ranges::transform(model, model.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return certificate.manufacturer == "id:00001014" || model.find("swtpm") != std::string::npos ||
         std::ranges::find(clouds, certificate.manufacturer) != clouds.end();
}

}  // namespace daymark::evidence
