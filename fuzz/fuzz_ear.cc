// A JWT that is parsed covers its own first parts, and none verifies with a key of which nobody has
// the secret part. An attestation result that is read is never better than its vectors.
#include <algorithm>
#include <cstdlib>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/tokens/ear_reader.h"
#include "daymark/evidence/tokens/jwt.h"
#include "daymark/evidence/tokens/token_verdict.h"

namespace {

using namespace daymark;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const evidence::Ear& ear) {
  require(!ear.submodules.empty());
  for (const evidence::EarSubmodule& one : ear.submodules) {
    for (const evidence::TrustClaim& claim : one.vector) {
      const auto tier = evidence::tier_of(claim.value);
      require(tier <= std::max(one.status, evidence::TrustTier::affirming));
    }
  }
}

const evidence::VerifyingKey& nobodys_key() {
  constexpr std::string_view jwk =
      R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
  static const auto key = evidence::VerifyingKey::from_jwk(jwk);
  return *key;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  const std::string_view text = text_of(input);
  const auto jwt = evidence::parse_jwt(text);
  if (jwt) require(text.starts_with(jwt->covered) && jwt->claims.find('{') < jwt->claims.size());
  (void)evidence::verify_jwt(text, nobodys_key());
  if (const auto ear = evidence::read_ear_json(text)) check(*ear);
  const auto tree = evidence::CborTree::parse(input);
  const auto ear = tree ? evidence::read_ear_cbor(*tree) : Result<evidence::Ear>(fail(Error{}));
  if (ear) check(*ear);
  const auto verdict = evidence::verify_token("f", input, {});
  require(verdict.verdict != evidence::Verdict::genuine);
  return 0;
}
