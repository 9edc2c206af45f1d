#include <array>
#include <chrono>

#include <openssl/asn1.h>
#include <openssl/core_names.h>
#include <openssl/x509v3.h>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/pki/certificate_internal.h"

namespace daymark::evidence {

namespace {

constexpr std::uint32_t key_usage_absent = UINT32_MAX;

std::unexpected<Error> refused(Errc code) {
  return fail(code, field::certificate);
}

std::optional<UnixMillis> unix_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  namespace chrono = std::chrono;
  const chrono::sys_days day = chrono::year{parts.tm_year + 1900} /
                               chrono::month(static_cast<unsigned>(parts.tm_mon) + 1) /
                               chrono::day(static_cast<unsigned>(parts.tm_mday));
  const auto at = day + chrono::hours(parts.tm_hour) + chrono::minutes(parts.tm_min) +
                  chrono::seconds(parts.tm_sec);
  const auto since_epoch = chrono::duration_cast<chrono::milliseconds>(at.time_since_epoch());
  return UnixMillis{since_epoch.count()};
}

Result<Validity> validity_of(const X509* x509) {
  const auto not_before = unix_time(X509_get0_notBefore(x509));
  const auto not_after = unix_time(X509_get0_notAfter(x509));
  if (!not_before || !not_after) return refused(errc::chain_certificate);
  // RFC 5280 §4.1.2.5: notAfter names the last second of validity, the whole of it.
  return Validity{*not_before, *not_after + Millis{999}};
}

bool is_p384(const EVP_PKEY* key) {
  std::array<char, 32> group{};
  std::size_t length = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) == 1 &&
         std::string_view(group.data(), length) == "secp384r1";
}

bool may_be_critical(int kind, CertificateUse use) {
  return kind == NID_basic_constraints || kind == NID_key_usage ||
         (kind == NID_ext_key_usage && use == CertificateUse::responder);
}

Result<void> check_extensions(X509* x509, CertificateUse use) {
  const std::uint32_t flags = X509_get_extension_flags(x509);
  if ((flags & EXFLAG_INVALID) != 0) return refused(errc::chain_certificate);
  if ((flags & EXFLAG_CRITICAL) != 0) return refused(errc::chain_critical);
  // OpenSSL knows more extensions than are judged here, so it can't decide this alone.
  for (int i = 0; i < X509_get_ext_count(x509); ++i) {
    X509_EXTENSION* extension = X509_get_ext(x509, i);
    if (X509_EXTENSION_get_critical(extension) == 0) continue;
    const int kind = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
    if (!may_be_critical(kind, use)) return refused(errc::chain_critical);
  }
  return ok();
}

ByteView identifier_of(X509_EXTENSION* extension) {
  const ASN1_OBJECT* object = X509_EXTENSION_get_object(extension);
  return {OBJ_get0_data(object), OBJ_length(object)};
}

ByteView content_of(X509_EXTENSION* extension) {
  const ASN1_OCTET_STRING* data = X509_EXTENSION_get_data(extension);
  return {ASN1_STRING_get0_data(data), static_cast<std::size_t>(ASN1_STRING_length(data))};
}

}  // namespace

Certificate::Certificate(std::vector<Byte> der, X509Owner x509)
    : der_(std::move(der)), x509_(std::move(x509)), key_(X509_get_pubkey(x509_.get())) {}

Result<Certificate> Certificate::parse(std::vector<Byte> der, CertificateUse use) {
  const unsigned char* at = der.data();
  X509Owner x509(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (!x509 || at != der.data() + der.size() || X509_get_version(x509.get()) != X509_VERSION_3) {
    return refused(errc::chain_certificate);
  }
  Certificate out(std::move(der), std::move(x509));
  if (!out.key_) return refused(errc::chain_certificate);
  if (!is_p384(out.key()) || X509_get_signature_nid(out.x509_.get()) != NID_ecdsa_with_SHA384) {
    return refused(errc::chain_algorithm);
  }
  DAYMARK_CHECK(check_extensions(out.x509_.get(), use));
  DAYMARK_TRY(out.validity_, validity_of(out.x509_.get()));
  return out;
}

Result<void> Certificate::check_issued_by(const Certificate& issuer, std::size_t below) const {
  X509* authority = issuer.x509_.get();
  // RFC 5280 §6.1.3 (a)(4): issuer and subject names chain.
  if (X509_NAME_cmp(X509_get_subject_name(authority), X509_get_issuer_name(x509_.get())) != 0) {
    return refused(errc::chain_link);
  }
  // RFC 5280 §6.1.4 (k) to (n): CA flag, path length, certSign.
  const std::uint32_t usage = X509_get_key_usage(authority);
  const long length = X509_get_pathlen(authority);
  if ((X509_get_extension_flags(authority) & EXFLAG_CA) == 0 || usage == key_usage_absent ||
      (usage & KU_KEY_CERT_SIGN) == 0 ||
      (length >= 0 && static_cast<std::size_t>(length) < below)) {
    return refused(errc::chain_authority);
  }
  if (X509_check_issued(authority, x509_.get()) != X509_V_OK) return refused(errc::chain_link);
  return X509_verify(x509_.get(), issuer.key()) == 1 ? ok() : refused(errc::chain_signature);
}

Result<void> Certificate::check_signs_reports() const {
  const std::uint32_t usage = X509_get_key_usage(x509_.get());
  const bool authority = (X509_get_extension_flags(x509_.get()) & EXFLAG_CA) != 0;
  if (authority || usage == key_usage_absent || (usage & KU_DIGITAL_SIGNATURE) == 0) {
    return refused(errc::chain_leaf);
  }
  return ok();
}

bool Certificate::may_sign_answers() const {
  const std::uint32_t uses = X509_get_extended_key_usage(x509_.get());
  return check_signs_reports() && uses != key_usage_absent && (uses & XKU_OCSP_SIGN) != 0;
}

bool Certificate::verifies(ByteView message, ByteView signature) const {
  const ErrorQueueGuard queue;
  const DigestContextOwner context(EVP_MD_CTX_new());
  return context &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha384(), nullptr, key()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

Digest384 Certificate::name_hash() const {
  Digest384 out{};
  static_cast<void>(
      X509_NAME_digest(X509_get_subject_name(x509_.get()), EVP_sha384(), out.data(), nullptr));
  return out;
}

Digest384 Certificate::key_hash() const {
  Digest384 out{};
  static_cast<void>(X509_pubkey_digest(x509_.get(), EVP_sha384(), out.data(), nullptr));
  return out;
}

ByteArray<20> Certificate::key_name() const {
  ByteArray<20> out{};
  static_cast<void>(X509_pubkey_digest(x509_.get(), EVP_sha1(), out.data(), nullptr));
  return out;
}

std::vector<Byte> Certificate::subject() const {
  unsigned char* raw = nullptr;
  const int length = i2d_X509_NAME(X509_get_subject_name(x509_.get()), &raw);
  const BytesOwner owner(raw);
  return length < 0 ? std::vector<Byte>{} : std::vector<Byte>(raw, raw + length);
}

std::vector<Byte> Certificate::serial_bytes() const {
  const ASN1_INTEGER* number = X509_get0_serialNumber(x509_.get());
  if (ASN1_STRING_type(number) != V_ASN1_INTEGER) return {};
  const unsigned char* data = ASN1_STRING_get0_data(number);
  return {data, data + ASN1_STRING_length(number)};
}

std::string Certificate::common_name() const {
  const X509_NAME* name = X509_get_subject_name(x509_.get());
  const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (at < 0) return {};
  unsigned char* text = nullptr;
  const int length =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  const BytesOwner owner(text);
  return length < 0 ? std::string{}
                    : std::string(text_of({text, static_cast<std::size_t>(length)}));
}

std::string Certificate::serial() const {
  const BigNumberOwner number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(x509_.get()), nullptr));
  const TextOwner text(number ? BN_bn2dec(number.get()) : nullptr);
  return text ? std::string(text.get()) : std::string{};
}

std::vector<Byte> Certificate::public_key() const {
  unsigned char* raw = nullptr;
  const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509_.get()), &raw);
  const BytesOwner owner(raw);
  return length < 0 ? std::vector<Byte>{} : std::vector<Byte>(raw, raw + length);
}

Result<std::optional<ByteView>> Certificate::extension(ByteView identifier) const {
  std::optional<ByteView> found;
  for (int i = 0; i < X509_get_ext_count(x509_.get()); ++i) {
    X509_EXTENSION* extension = X509_get_ext(x509_.get(), i);
    if (!equal(identifier_of(extension), identifier)) continue;
    if (found) return refused(errc::chain_certificate);
    found = content_of(extension);
  }
  return found;
}

}  // namespace daymark::evidence
