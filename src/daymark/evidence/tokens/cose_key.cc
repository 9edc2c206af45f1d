#include "daymark/evidence/tokens/cose_key.h"

#include <algorithm>
#include <array>

#include "daymark/base/encode.h"
#include "daymark/base/json_internal.h"
#include "daymark/crypto/ports.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/pki/base64url_internal.h"
#include "daymark/evidence/pki/openssl_internal.h"

namespace daymark::evidence {

namespace {

/// What stands before the key itself in SubjectPublicKeyInfo (RFC 5480 §2, RFC 8410 §4).
constexpr ByteArray<27> p256_head{0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48,
                                  0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
                                  0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
constexpr ByteArray<24> p384_head{0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86,
                                  0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B,
                                  0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00, 0x04};
constexpr ByteArray<26> p521_head{0x30, 0x81, 0x9B, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86,
                                  0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81,
                                  0x04, 0x00, 0x23, 0x03, 0x81, 0x86, 0x00, 0x04};
constexpr ByteArray<12> ed25519_head{0x30, 0x2A, 0x30, 0x05, 0x06, 0x03,
                                     0x2B, 0x65, 0x70, 0x03, 0x21, 0x00};

struct KindWords {
  KeyKind kind;
  std::string_view curve;
  SignatureAlgorithm algorithm;
  /// Bytes of one coordinate.
  std::size_t width;
  ByteView head;

  [[nodiscard]] std::size_t points() const { return kind == KeyKind::ed25519 ? 1 : 2; }
};

using enum SignatureAlgorithm;
constexpr std::array<KindWords, 4> kind_words{{
    {KeyKind::p256, "P-256", es256, 32, p256_head},
    {KeyKind::p384, "P-384", es384, 48, p384_head},
    {KeyKind::p521, "P-521", es512, 66, p521_head},
    {KeyKind::ed25519, "Ed25519", eddsa, 32, ed25519_head},
}};

const KindWords& words_of(KeyKind kind) {
  return kind_words.at(static_cast<std::size_t>(kind));
}

std::unexpected<Error> key_refused() {
  return fail(errc::verifying_key, field::key_to_verify);
}

constexpr std::string_view pem_begin = "-----BEGIN PUBLIC KEY-----";
constexpr std::string_view pem_end = "-----END PUBLIC KEY-----";
constexpr std::size_t pem_line = 64;

std::string without_line_ends(std::string_view text) {
  std::string out(text);
  std::erase_if(out, [](char c) { return c == '\n' || c == '\r'; });
  return out;
}

const EVP_MD* digest_of(KeyKind kind) {
  if (kind == KeyKind::p256) return EVP_sha256();
  return kind == KeyKind::p384 ? EVP_sha384() : EVP_sha512();
}

/// DER of r and s; empty where `signature` has another length.
std::vector<Byte> der_of(ByteView signature, std::size_t width) {
  if (signature.size() != 2 * width) return {};
  const int length = static_cast<int>(width);
  const EcdsaOwner pair(ECDSA_SIG_new());
  BigNumberOwner r(BN_bin2bn(signature.data(), length, nullptr));
  BigNumberOwner s(BN_bin2bn(signature.subspan(width).data(), length, nullptr));
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
  // They belong to the pair now.
  (void)r.release();
  (void)s.release();
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  const BytesOwner owner(der);
  if (size <= 0) return {};
  return {der, der + size};
}

Result<std::vector<Byte>> coordinate(const nlohmann::json& jwk, const char* name) {
  const auto text = internal::text_member(jwk, name);
  if (!text) return key_refused();
  auto bytes = from_base64url(*text);
  if (!bytes) return key_refused();
  return bytes;
}

}  // namespace

std::string_view name_of(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case es256: return "ES256";
    case es384: return "ES384";
    case es512: return "ES512";
    case eddsa: break;
  }
  return "EdDSA";
}

struct VerifyingKey::Parts {
  KeyKind kind = KeyKind::p256;
  std::vector<Byte> spki;
  KeyOwner key;
};

Result<VerifyingKey> VerifyingKey::from_spki(ByteView der) {
  const ErrorQueueGuard guard;
  const auto* const words = std::ranges::find_if(kind_words, [der](const KindWords& one) {
    return der.size() == one.head.size() + one.points() * one.width &&
           equal(der.first(one.head.size()), one.head);
  });
  if (words == kind_words.end()) return key_refused();
  const unsigned char* at = der.data();
  auto parts = std::make_shared<Parts>();
  parts->kind = words->kind;
  parts->spki.assign(der.begin(), der.end());
  parts->key.reset(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  // Points off the curve are refused while they are read.
  if (!parts->key || at != der.data() + der.size()) return key_refused();
  return VerifyingKey(std::move(parts));
}

Result<VerifyingKey> VerifyingKey::from_pem(std::string_view text) {
  const std::size_t begin = text.find(pem_begin);
  const std::size_t end = text.find(pem_end);
  const bool one = begin != std::string_view::npos && end != std::string_view::npos &&
                   begin < end && text.find(pem_begin, begin + 1) == std::string_view::npos &&
                   text.find(pem_end, end + 1) == std::string_view::npos;
  if (text.size() > key_text_max || !one) return key_refused();
  const std::size_t body = begin + pem_begin.size();
  const auto der = from_base64(without_line_ends(text.substr(body, end - body)));
  return der ? from_spki(*der) : key_refused();
}

Result<VerifyingKey> VerifyingKey::from_jwk(std::string_view json) {
  if (json.size() > key_text_max) return key_refused();
  const auto jwk = internal::parse_json(json);
  if (!jwk) return key_refused();
  const auto type = internal::text_member(*jwk, "kty");
  const auto curve = internal::text_member(*jwk, "crv");
  const auto* const words = std::ranges::find(kind_words, curve.value_or(""), &KindWords::curve);
  if (!type || words == kind_words.end()) return key_refused();
  const bool pair = words->kind != KeyKind::ed25519;
  if (*type != (pair ? "EC" : "OKP")) return key_refused();
  const auto stated = internal::text_member(*jwk, "alg");
  if (jwk->contains("alg") && (!stated || *stated != name_of(words->algorithm))) {
    return key_refused();
  }
  DAYMARK_TRY(const auto x, coordinate(*jwk, "x"));
  std::vector<Byte> y;
  if (pair) {
    DAYMARK_TRY(y, coordinate(*jwk, "y"));
  }
  return from_coordinates(words->kind, x, y);
}

Result<VerifyingKey> VerifyingKey::from_text(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool json = first != std::string_view::npos && text[first] == '{';
  return json ? from_jwk(text) : from_pem(text);
}

Result<VerifyingKey> VerifyingKey::from_coordinates(KeyKind kind, ByteView x, ByteView y) {
  const KindWords& words = words_of(kind);
  const std::size_t second = words.points() == 2 ? words.width : 0;
  if (x.size() != words.width || y.size() != second) return key_refused();
  std::vector<Byte> spki(words.head.begin(), words.head.end());
  spki.insert(spki.end(), x.begin(), x.end());
  spki.insert(spki.end(), y.begin(), y.end());
  return from_spki(spki);
}

KeyKind VerifyingKey::kind() const {
  return parts_->kind;
}

SignatureAlgorithm VerifyingKey::algorithm() const {
  return words_of(kind()).algorithm;
}

ByteView VerifyingKey::spki() const {
  return parts_->spki;
}

std::string VerifyingKey::pem() const {
  const std::string base64 = to_base64(parts_->spki);
  std::string out(pem_begin);
  out += '\n';
  for (std::size_t at = 0; at < base64.size(); at += pem_line)
    out += base64.substr(at, pem_line) + "\n";
  out += pem_end;
  return out + "\n";
}

Digest VerifyingKey::thumbprint() const {
  return crypto::sha256(parts_->spki);
}

bool VerifyingKey::verifies(ByteView message, ByteView signature) const {
  if (kind() == KeyKind::ed25519) return verifies_der(message, signature);
  const std::vector<Byte> der = der_of(signature, words_of(kind()).width);
  return !der.empty() && verifies_der(message, der);
}

bool VerifyingKey::verifies_der(ByteView message, ByteView signature) const {
  if (kind() == KeyKind::ed25519) {
    const ByteView point = spki().subspan(ed25519_head.size());
    return signature.size() == sizeof(crypto::Signature) &&
           crypto::ed25519_verify({array_of<32>(point)}, message, {array_of<64>(signature)});
  }
  const ErrorQueueGuard guard;
  const DigestContextOwner context(EVP_MD_CTX_new());
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, digest_of(kind()), nullptr,
                                       parts_->key.get()) != 1) {
    return false;
  }
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

}  // namespace daymark::evidence
