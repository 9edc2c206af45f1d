// Signed JSON tokens (JWS compact form, RFC 7515, RFC 7519) by a key that the asker gave. The token
// itself decides nothing: not the key, not the algorithm.
#pragma once

#include <string>
#include <string_view>

#include "daymark/evidence/tokens/cose_key.h"

namespace daymark::evidence {

/// Parts of a token, decoded, not verified.
struct Jwt {
  std::string header;
  std::string claims;
  std::vector<Byte> signature;
  /// What the signature covers: a view into the token.
  std::string_view covered;
};

/// Errors: errc::jwt_form for anything but three parts; errc::jwt_base64; errc::jwt_json where
/// header or claims are no JSON object without repeated names.
[[nodiscard]] Result<Jwt> parse_jwt(std::string_view token);

/// Claims whose signature held. Only verify_jwt makes one.
class VerifiedJwt {
 public:
  /// One JSON object.
  [[nodiscard]] const std::string& claims() const { return claims_; }

 private:
  friend Result<VerifiedJwt> verify_jwt(std::string_view token, const VerifyingKey& key);

  explicit VerifiedJwt(std::string claims) : claims_(std::move(claims)) {}

  std::string claims_;
};

/// Errors: those of parse_jwt; errc::jwt_none; errc::jwt_shared_secret for HS…; errc::jwt_algorithm
/// for any but the key's own; errc::jwt_critical; errc::jwt_embedded_key for jku, x5u, x5c, x5t and
/// for a jwk that is not the given key; errc::jwt_signature.
[[nodiscard]] Result<VerifiedJwt> verify_jwt(std::string_view token, const VerifyingKey& key);

}  // namespace daymark::evidence
