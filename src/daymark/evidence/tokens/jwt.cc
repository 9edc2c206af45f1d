#include "daymark/evidence/tokens/jwt.h"

#include <array>

#include "daymark/base/json_internal.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/pki/base64url_internal.h"
#include "daymark/evidence/tokens/cose_message.h"

namespace daymark::evidence {

namespace {

using nlohmann::json;

Result<std::vector<Byte>> decoded(std::string_view part) {
  auto bytes = from_base64url(part);
  if (!bytes) return fail(errc::jwt_base64, field::token);
  return bytes;
}

Result<std::string> json_part(std::string_view part) {
  DAYMARK_TRY(const auto bytes, decoded(part));
  std::string text(text_of(bytes));
  const auto value = internal::parse_json(text);
  if (!value || !value->is_object()) return fail(errc::jwt_json, field::token);
  return text;
}

Result<void> check_algorithm(const json& header, const VerifyingKey& key) {
  const auto named = internal::text_member(header, "alg");
  if (!named) return fail(errc::jwt_algorithm, field::token_header);
  // RFC 8725 §3.1, §3.2. "none" comes in any case in attacks.
  std::string lower;
  for (const char c : *named)
    lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (lower == "none") return fail(errc::jwt_none, field::token_header);
  if (lower.starts_with("hs")) return fail(errc::jwt_shared_secret, field::token_header);
  const bool right = *named == name_of(key.algorithm());
  return right ? ok() : fail(errc::jwt_algorithm, field::token_header);
}

/// A key that comes with the token proves nothing (RFC 8725 §3.5): only the given one counts.
Result<void> check_no_other_key(const json& header, const VerifyingKey& key) {
  for (const char* const pointer : {"jku", "x5u", "x5c", "x5t", "x5t#S256"}) {
    if (header.contains(pointer)) return fail(errc::jwt_embedded_key, field::token_header);
  }
  if (!header.contains("jwk")) return ok();
  const auto embedded = VerifyingKey::from_jwk(header["jwk"].dump());
  const bool same = embedded && embedded->thumbprint() == key.thumbprint();
  return same ? ok() : fail(errc::jwt_embedded_key, field::token_header);
}

Result<void> check_header(std::string_view text, const VerifyingKey& key) {
  DAYMARK_TRY(const json header, internal::parse_json(text));
  DAYMARK_CHECK(check_algorithm(header, key));
  // RFC 7515 §4.1.11; b64 (RFC 7797) would change what is signed.
  if (header.contains("crit") || header.contains("b64")) {
    return fail(errc::jwt_critical, field::token_header);
  }
  return check_no_other_key(header, key);
}

}  // namespace

Result<Jwt> parse_jwt(std::string_view token) {
  if (token.size() > token_size_max) return fail(errc::jwt_form, field::token);
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
    return fail(errc::jwt_form, field::token);
  }
  Jwt out;
  DAYMARK_TRY(out.header, json_part(token.substr(0, first)));
  DAYMARK_TRY(out.claims, json_part(token.substr(first + 1, second - first - 1)));
  DAYMARK_TRY(out.signature, decoded(token.substr(second + 1)));
  out.covered = token.substr(0, second);
  return out;
}

Result<VerifiedJwt> verify_jwt(std::string_view token, const VerifyingKey& key) {
  DAYMARK_TRY(Jwt jwt, parse_jwt(token));
  DAYMARK_CHECK(check_header(jwt.header, key));
  if (!key.verifies(bytes_of(jwt.covered), jwt.signature)) {
    return fail(errc::jwt_signature, field::token);
  }
  return VerifiedJwt(std::move(jwt.claims));
}

}  // namespace daymark::evidence
