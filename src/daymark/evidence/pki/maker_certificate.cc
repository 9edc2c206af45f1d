#include "daymark/evidence/pki/maker_certificate.h"

#include <algorithm>
#include <array>

#include <openssl/asn1.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "daymark/base/hex.h"
#include "daymark/evidence/pki/openssl_internal.h"
#include "daymark/governor/errors.h"

namespace daymark::evidence {

namespace {

using ExtensionOwner = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using OctetsOwner = std::unique_ptr<ASN1_OCTET_STRING, Freed<ASN1_OCTET_STRING_free>>;

constexpr const char* tcb_info_identifier = "2.23.133.5.4.1";
/// DiceTcbInfo with one FWID of SHA-256 and nothing else, up to the digest.
constexpr std::array<Byte, 19> tcb_info_head{0x30, 0x31, 0xA6, 0x2F, 0x30, 0x2D, 0x06,
                                             0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
                                             0x04, 0x02, 0x01, 0x04, 0x20};
constexpr std::int64_t root_seconds = std::int64_t{30} * 365 * 24 * 3600;
constexpr std::size_t name_most = 64;

std::unexpected<Error> not_issued() {
  return fail(errc::gov_maker_certificate);
}

KeyOwner maker_key(const crypto::SecretKey& key) {
  return KeyOwner(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, key.seed.data(), key.seed.size()));
}

KeyOwner public_key(const crypto::PublicKey& key) {
  return KeyOwner(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.bytes.data(), key.bytes.size()));
}

bool add_extension(X509& certificate, X509& issuer, int kind, const char* words) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  const ExtensionOwner extension(X509V3_EXT_conf_nid(nullptr, &context, kind, words));
  return extension != nullptr && X509_add_ext(&certificate, extension.get(), -1) == 1;
}

bool add_tcb_info(X509& certificate, const Digest& first_stage) {
  std::array<Byte, tcb_info_head.size() + sizeof(Digest)> content{};
  copy_bytes(tcb_info_head, content);
  copy_bytes(first_stage, std::span(content).subspan<tcb_info_head.size()>());
  const ObjectOwner identifier(OBJ_txt2obj(tcb_info_identifier, 1));
  const OctetsOwner octets(ASN1_OCTET_STRING_new());
  if (!identifier || !octets ||
      ASN1_OCTET_STRING_set(octets.get(), content.data(), static_cast<int>(content.size())) != 1) {
    return false;
  }
  const ExtensionOwner extension(
      X509_EXTENSION_create_by_OBJ(nullptr, identifier.get(), 0, octets.get()));
  return extension != nullptr && X509_add_ext(&certificate, extension.get(), -1) == 1;
}

/// Positive, 127 bits.
bool set_serial(X509& certificate, Random& random) {
  auto bytes = random.draw<16>();
  bytes[0] = static_cast<Byte>((bytes[0] & 0x7FU) | 0x40U);
  const BigNumberOwner number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  return number != nullptr &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&certificate)) != nullptr;
}

bool set_name(X509_NAME* name, const char* field, const std::string& value) {
  return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(value.data()),
                                    static_cast<int>(value.size()), -1, 0) == 1;
}

bool is_maker_name(std::string_view name) {
  const auto plain = [](char c) { return c >= ' ' && c <= '~'; };
  return !name.empty() && name.size() <= name_most && std::ranges::all_of(name, plain);
}

/// Version 3, a serial number, valid from `now` on.
X509Owner begin_certificate(const crypto::PublicKey& key, UnixMillis now, Random& random) {
  X509Owner out(X509_new());
  const KeyOwner subject = public_key(key);
  const bool done = out && subject && X509_set_version(out.get(), 2) == 1 &&
                    set_serial(*out, random) && X509_set_pubkey(out.get(), subject.get()) == 1 &&
                    ASN1_TIME_set(X509_getm_notBefore(out.get()), now.value / 1000) != nullptr;
  return done ? std::move(out) : nullptr;
}

Result<std::string> sign_and_print(X509& certificate, const crypto::SecretKey& key) {
  const KeyOwner signer = maker_key(key);
  if (!signer || X509_sign(&certificate, signer.get(), nullptr) == 0) return not_issued();
  const BioOwner out(BIO_new(BIO_s_mem()));
  if (!out || PEM_write_bio_X509(out.get(), &certificate) != 1) return not_issued();
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

/// One certificate and nothing behind it.
X509Owner read_one(std::string_view pem) {
  const BioOwner in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!in) return nullptr;
  X509Owner out(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
  const X509Owner more(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
  return more ? nullptr : std::move(out);
}

Result<crypto::PublicKey> key_of(X509& certificate) {
  crypto::PublicKey out;
  std::size_t size = out.bytes.size();
  EVP_PKEY* key = X509_get0_pubkey(&certificate);
  if (key == nullptr || EVP_PKEY_get_id(key) != EVP_PKEY_ED25519 ||
      EVP_PKEY_get_raw_public_key(key, out.bytes.data(), &size) != 1 || size != 32) {
    return not_issued();
  }
  return out;
}

Result<Digest> first_stage_of(X509& certificate) {
  const ObjectOwner identifier(OBJ_txt2obj(tcb_info_identifier, 1));
  const int at = X509_get_ext_by_OBJ(&certificate, identifier.get(), -1);
  if (at < 0 || X509_get_ext_by_OBJ(&certificate, identifier.get(), at) >= 0) return not_issued();
  const ASN1_OCTET_STRING* octets = X509_EXTENSION_get_data(X509_get_ext(&certificate, at));
  const ByteView content(ASN1_STRING_get0_data(octets),
                         static_cast<std::size_t>(ASN1_STRING_length(octets)));
  if (content.size() != tcb_info_head.size() + sizeof(Digest) ||
      !equal(content.first(tcb_info_head.size()), tcb_info_head)) {
    return not_issued();
  }
  return array_of<32>(content.subspan(tcb_info_head.size()));
}

/// One step from the root, strictly, at `time`.
bool is_issued(X509& certificate, X509& root, UnixMillis time) {
  const StoreOwner store(X509_STORE_new());
  const StoreContextOwner context(X509_STORE_CTX_new());
  if (!store || !context || X509_STORE_add_cert(store.get(), &root) != 1 ||
      X509_STORE_CTX_init(context.get(), store.get(), &certificate, nullptr) != 1) {
    return false;
  }
  X509_VERIFY_PARAM* rule = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(rule, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
  X509_VERIFY_PARAM_set_time(rule, time.value / 1000);
  X509_VERIFY_PARAM_set_depth(rule, 0);
  return X509_verify_cert(context.get()) == 1 && X509_check_ca(&root) == 1 &&
         X509_check_ca(&certificate) == 0;
}

}  // namespace

Result<std::string> make_maker_root(const Maker& maker, UnixMillis now, Random& random) {
  const ErrorQueueGuard guard;
  X509Owner root = begin_certificate(crypto::ed25519_public(maker.key), now, random);
  if (!root || !is_maker_name(maker.name)) return not_issued();
  X509_NAME* name = X509_get_subject_name(root.get());
  const bool done =
      set_name(name, "CN", maker.name) && X509_set_issuer_name(root.get(), name) == 1 &&
      ASN1_TIME_set(X509_getm_notAfter(root.get()), now.value / 1000 + root_seconds) != nullptr &&
      add_extension(*root, *root, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
      add_extension(*root, *root, NID_key_usage, "critical,keyCertSign") &&
      add_extension(*root, *root, NID_subject_key_identifier, "hash");
  if (!done) return not_issued();
  return sign_and_print(*root, maker.key);
}

Result<std::string> certify_identity(const Maker& maker, std::string_view root,
                                     const DeviceIdentity& device, UnixMillis now, Random& random) {
  const ErrorQueueGuard guard;
  const X509Owner issuer = read_one(root);
  if (!issuer) return not_issued();
  DAYMARK_TRY(const crypto::PublicKey issuing, key_of(*issuer));
  X509Owner out = begin_certificate(device.key, now, random);
  if (!out || issuing != crypto::ed25519_public(maker.key)) return not_issued();
  const bool done =
      set_name(X509_get_subject_name(out.get()), "CN", to_hex(crypto::key_id(device.key).bytes)) &&
      X509_set_issuer_name(out.get(), X509_get_subject_name(issuer.get())) == 1 &&
      ASN1_TIME_set_string_X509(X509_getm_notAfter(out.get()), "99991231235959Z") == 1 &&
      add_extension(*out, *issuer, NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(*out, *issuer, NID_key_usage, "critical,digitalSignature") &&
      add_extension(*out, *issuer, NID_subject_key_identifier, "hash") &&
      add_extension(*out, *issuer, NID_authority_key_identifier, "keyid:always") &&
      add_tcb_info(*out, device.first_stage);
  if (!done) return not_issued();
  return sign_and_print(*out, maker.key);
}

Result<DeviceIdentity> check_identity_certificate(std::string_view certificate,
                                                  std::string_view root, UnixMillis time) {
  const ErrorQueueGuard guard;
  const X509Owner issuer = read_one(root);
  const X509Owner chip = read_one(certificate);
  if (!issuer || !chip || !is_issued(*chip, *issuer, time)) return not_issued();
  DeviceIdentity out;
  DAYMARK_TRY(out.key, key_of(*chip));
  DAYMARK_TRY(out.first_stage, first_stage_of(*chip));
  return out;
}

}  // namespace daymark::evidence
