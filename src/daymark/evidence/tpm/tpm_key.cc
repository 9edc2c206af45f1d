#include "daymark/evidence/tpm/tpm_key.h"

#include <algorithm>

#include <fmt/format.h>
#include <openssl/core_names.h>

#include "daymark/base/encode.h"
#include "daymark/base/json_internal.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/pki/der_internal.h"
#include "daymark/evidence/pki/public_key_internal.h"
#include "daymark/evidence/tpm/tpm_fields_internal.h"
#include "daymark/evidence/tpm/tpm_hash_internal.h"

namespace daymark::evidence {

struct TpmKey::Parts {
  std::vector<Byte> area;
  std::vector<Byte> name;
  TpmtPublic parsed;  ///< views into `area`; empty without one
  KeyOwner key;
  bool rsa = false;
  std::size_t size = 0;  ///< bytes of the modulus or of a coordinate
};

namespace {

// Azure's attestation report of a virtual TPM: 32 bytes of head, 1184 of hardware report, then a
// head of 20 bytes whose last word counts the JSON behind it.
constexpr std::string_view azure_mark = "HCLA";
constexpr std::size_t azure_count_at = 0x4D0;
constexpr std::size_t azure_json_at = 0x4D4;

Result<std::vector<Byte>> from_base64url(std::string text) {
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return from_base64(text);
}

/// The modulus of HCLAkPub, a JWK (RFC 7517).
Result<std::vector<Byte>> azure_modulus(ByteView report) {
  if (report.size() < azure_json_at) return fail(errc::ak_form, field::tpm_key);
  std::size_t count = 0;
  for (std::size_t i = 4; i-- > 0;)
    count = count << 8U | report[azure_count_at + i];
  if (count > report.size() - azure_json_at) return fail(errc::ak_form, field::tpm_key);
  const auto json = internal::parse_json(text_of(report.subspan(azure_json_at, count)));
  if (!json || !json->is_object()) return fail(errc::ak_form, field::tpm_key);
  const auto keys = json->find("keys");
  if (keys == json->end() || !keys->is_array()) return fail(errc::ak_form, field::tpm_key);
  for (const nlohmann::json& key : *keys) {
    const auto id = internal::text_member(key, "kid");
    const auto kind = internal::text_member(key, "kty");
    const auto power = internal::text_member(key, "e");
    const auto modulus = internal::text_member(key, "n");
    if (id != "HCLAkPub") continue;
    if (kind != "RSA" || power != "AQAB" || !modulus) break;
    const auto bytes = from_base64url(*modulus);
    if (bytes) return *bytes;
  }
  return fail(errc::ak_form, field::tpm_key);
}

/// The DER between the lines of one PEM text "PUBLIC KEY"; empty where there is none.
std::vector<Byte> pem_public_key(std::string_view text) {
  constexpr std::string_view first = "-----BEGIN PUBLIC KEY-----";
  constexpr std::string_view last = "-----END PUBLIC KEY-----";
  const std::size_t end = text.find(last, first.size());
  if (!text.starts_with(first) || end == std::string_view::npos) return {};
  std::string body(text.begin() + static_cast<std::ptrdiff_t>(first.size()),
                   text.begin() + static_cast<std::ptrdiff_t>(end));
  std::erase_if(body, [](char c) { return c == '\n' || c == '\r'; });
  std::string rest(text.begin() + static_cast<std::ptrdiff_t>(end + last.size()), text.end());
  std::erase_if(rest, [](char c) { return c == '\n' || c == '\r'; });
  if (!rest.empty()) return {};
  return from_base64(body).value_or(std::vector<Byte>());
}

/// Null unless `der` is one SubjectPublicKeyInfo in the one way in which it is written.
KeyOwner key_of_spki(ByteView der) {
  const unsigned char* at = der.data();
  KeyOwner key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  if (!key || at != der.data() + der.size()) return nullptr;
  unsigned char* raw = nullptr;
  const int size = i2d_PUBKEY(key.get(), &raw);
  const BytesOwner owner(raw);
  const bool same = size > 0 && equal({raw, static_cast<std::size_t>(size)}, der);
  return same ? std::move(key) : nullptr;
}

bool rsa_fits(EVP_PKEY* key) {
  BIGNUM* e = nullptr;
  (void)EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e);
  const BigNumberOwner power(e);
  const int bits = EVP_PKEY_get_bits(key);
  return power && BN_is_word(e, 65537) == 1 && bits >= 2048 && bits <= 4096 && bits % 8 == 0;
}

/// Bytes of a coordinate on one of the two curves; 0 for others.
std::size_t coordinate_bytes(EVP_PKEY* key) {
  std::array<char, 32> group{};
  std::size_t size = 0;
  if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(),
                                     &size) != 1) {
    return 0;
  }
  const std::string_view name(group.data(), size);
  if (name == "prime256v1" || name == "P-256") return 32;
  return name == "secp384r1" || name == "P-384" ? 48 : 0;
}

KeyOwner key_of_area(const TpmtPublic& parsed) {
  if (parsed.type == tpm_alg::rsa) {
    const bool fits = (parsed.exponent == 0 || parsed.exponent == 65537) &&
                      parsed.modulus.size() * 8 == parsed.bits && parsed.modulus[0] >= 0x80;
    return fits ? rsa_public_key(parsed.modulus) : nullptr;
  }
  if (parsed.curve == tpm_curve::p256) return ec_public_key("P-256", parsed.x, parsed.y);
  if (parsed.curve == tpm_curve::p384) return ec_public_key("P-384", parsed.x, parsed.y);
  return nullptr;
}

/// Whether a scheme in a public area leaves room for our signatures.
bool scheme_fits(const TpmtPublic& parsed) {
  const std::uint16_t wanted = parsed.type == tpm_alg::rsa ? tpm_alg::rsassa : tpm_alg::ecdsa;
  return parsed.scheme == wanted || parsed.scheme == tpm_alg::null;
}

std::vector<Byte> ecdsa_sequence(ByteView r, ByteView s) {
  const EcdsaOwner pair(ECDSA_SIG_new());
  BigNumberOwner first(BN_bin2bn(r.data(), static_cast<int>(r.size()), nullptr));
  BigNumberOwner second(BN_bin2bn(s.data(), static_cast<int>(s.size()), nullptr));
  if (!pair || !first || !second || ECDSA_SIG_set0(pair.get(), first.get(), second.get()) != 1) {
    return {};
  }
  (void)first.release();
  (void)second.release();
  unsigned char* raw = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &raw);
  const BytesOwner owner(raw);
  return size <= 0 ? std::vector<Byte>() : std::vector<Byte>(raw, raw + size);
}

/// ECDSA without a frame: DER, else r and s of full length.
Result<EcdsaNumbers> plain_ecdsa(ByteView signature, std::size_t coordinate) {
  if (signature.size() == 2 * coordinate && signature[0] != der::sequence) {
    return EcdsaNumbers{signature.first(coordinate), signature.subspan(coordinate)};
  }
  const auto der = parse_ecdsa_der(signature);
  if (der) return der;
  if (signature.size() != 2 * coordinate) return der;
  return EcdsaNumbers{signature.first(coordinate), signature.subspan(coordinate)};
}

bool message_verifies(EVP_PKEY* key, std::uint16_t hash, ByteView message, ByteView signature) {
  const EVP_MD* const digest = tpm_hash(hash);
  const DigestContextOwner context(EVP_MD_CTX_new());
  return digest != nullptr && !signature.empty() && context &&
         EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

}  // namespace

Result<TpmKey> TpmKey::of_area(ByteView area) {
  auto parts = std::make_shared<Parts>();
  parts->area.assign(area.begin(), area.end());
  DAYMARK_TRY(parts->parsed, parse_tpmt_public(parts->area));
  if (parts->parsed.name_hash == tpm_alg::sha1) {
    return fail(errc::quote_sha1_signature, field::tpm_key);
  }
  parts->name = name_of_public(parts->parsed.name_hash, parts->area);
  parts->key = key_of_area(parts->parsed);
  parts->rsa = parts->parsed.type == tpm_alg::rsa;
  parts->size = parts->rsa ? parts->parsed.modulus.size()
                           : (parts->parsed.curve == tpm_curve::p384 ? 48 : 32);
  const bool good = !parts->name.empty() && parts->key && scheme_fits(parts->parsed) &&
                    (!parts->rsa || rsa_fits(parts->key.get()));
  if (!good) return fail(errc::ak_algorithm, field::tpm_key);
  return TpmKey(std::move(parts));
}

Result<TpmKey> TpmKey::of_spki(ByteView der) {
  auto parts = std::make_shared<Parts>();
  parts->key = key_of_spki(der);
  if (!parts->key) return fail(errc::ak_form, field::tpm_key);
  parts->rsa = EVP_PKEY_is_a(parts->key.get(), "RSA") == 1;
  if (parts->rsa) {
    parts->size = rsa_fits(parts->key.get())
                      ? static_cast<std::size_t>(EVP_PKEY_get_bits(parts->key.get())) / 8
                      : 0;
  } else {
    parts->size = coordinate_bytes(parts->key.get());
  }
  if (parts->size == 0) return fail(errc::ak_algorithm, field::tpm_key);
  return TpmKey(std::move(parts));
}

Result<TpmKey> TpmKey::of_modulus(ByteView modulus) {
  auto parts = std::make_shared<Parts>();
  parts->key = rsa_public_key(modulus);
  parts->rsa = true;
  parts->size = modulus.size();
  const bool good = parts->key && modulus[0] >= 0x80 && rsa_fits(parts->key.get());
  if (!good) return fail(errc::ak_algorithm, field::tpm_key);
  return TpmKey(std::move(parts));
}

Result<TpmKey> TpmKey::parse(ByteView encoded) {
  const ErrorQueueGuard queue;
  if (encoded.size() < 4 || encoded.size() > tpm_key_file_max) {
    return fail(errc::ak_form, field::tpm_key);
  }
  const std::string_view text = text_of(encoded);
  if (text.starts_with("-----")) return of_spki(pem_public_key(text));
  if (text.starts_with(azure_mark)) {
    DAYMARK_TRY(const auto modulus, azure_modulus(encoded));
    return modulus.empty() ? fail(errc::ak_form, field::tpm_key) : of_modulus(modulus);
  }
  if (encoded[0] == der::sequence) return of_spki(encoded);
  const auto size = get_big_endian<std::uint16_t>(encoded.first<2>());
  if (size == encoded.size() - 2) return of_area(encoded.subspan(2));
  return encoded[0] == 0 ? of_area(encoded) : fail(errc::ak_form, field::tpm_key);
}

const std::vector<Byte>& TpmKey::area() const {
  return parts_->area;
}

const std::vector<Byte>& TpmKey::name() const {
  return parts_->name;
}

Result<void> TpmKey::check_attributes() const {
  if (parts_->area.empty()) return fail(errc::ak_form, field::tpm_key);
  return check_attestation_attributes(parts_->parsed);
}

std::string TpmKey::kind() const {
  if (parts_->rsa) return fmt::format("RSA {}", parts_->size * 8);
  return parts_->size == 48 ? "ECDSA P-384" : "ECDSA P-256";
}

bool TpmKey::same_key(const TpmKey& other) const {
  const ErrorQueueGuard queue;
  return EVP_PKEY_eq(parts_->key.get(), other.parts_->key.get()) == 1;
}

Result<std::uint16_t> TpmKey::verify(ByteView message, ByteView signature) const {
  const ErrorQueueGuard queue;
  const std::uint16_t scheme = parts_->rsa ? tpm_alg::rsassa : tpm_alg::ecdsa;
  std::uint16_t hash = parts_->parsed.scheme_hash;
  if (hash == 0) hash = !parts_->rsa && parts_->size == 48 ? tpm_alg::sha384 : tpm_alg::sha256;
  ByteView rsa = signature;
  EcdsaNumbers pair;
  const auto framed = parse_tpmt_signature(signature);
  if (framed) {
    const bool fits = framed->scheme == scheme && tpm_hash(framed->hash) != nullptr &&
                      (parts_->parsed.scheme_hash == 0 || framed->hash == hash);
    if (!fits) return fail(errc::quote_signature_scheme, field::tpm_signed_part);
    hash = framed->hash;
    rsa = framed->rsa;
    pair = {framed->r, framed->s};
  } else if (!parts_->rsa) {
    DAYMARK_TRY(pair, plain_ecdsa(signature, parts_->size));
  }
  if (parts_->rsa && rsa.size() != parts_->size) {
    return fail(errc::quote_signature_form, field::tpm_signed_part);
  }
  const std::vector<Byte> der = parts_->rsa ? std::vector<Byte>() : ecdsa_sequence(pair.r, pair.s);
  const bool good = message_verifies(parts_->key.get(), hash, message, parts_->rsa ? rsa : der);
  return good ? Result<std::uint16_t>(hash) : fail(errc::tpm_signature, field::tpm_signed_part);
}

}  // namespace daymark::evidence
