#include "daymark/evidence/tokens/ear_reader.h"

#include <algorithm>
#include <array>

#include "daymark/base/hex.h"
#include "daymark/base/json_internal.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/pki/base64url_internal.h"
#include "daymark/evidence/tokens/cose_key.h"
#include "daymark/evidence/tokens/cose_message.h"

namespace daymark::evidence {

namespace {

using nlohmann::json;

constexpr std::size_t submodules_max = 256;
constexpr std::int64_t ear_seconds_most = 253402300799;

/// In the order of their CBOR labels, 0 to 7.
constexpr std::array<std::string_view, 8> claim_names{
    "instance-identity", "configuration",  "executables",    "file-system",
    "hardware",          "runtime-opaque", "storage-opaque", "sourced-data"};

constexpr std::array tiers{TrustTier::none, TrustTier::affirming, TrustTier::warning,
                           TrustTier::contraindicated};

std::unexpected<Error> ear_refused(std::uint32_t offset = 0) {
  return fail(errc::ear_claims, field::claim, offset);
}

std::optional<TrustTier> tier_of_number(std::int64_t number) {
  for (const TrustTier tier : tiers) {
    if (static_cast<std::int64_t>(tier) == number) return tier;
  }
  return std::nullopt;
}

bool is_claim_value(std::int64_t value) {
  return value >= INT8_MIN && value <= INT8_MAX;
}

Result<UnixMillis> seconds_of(std::int64_t seconds) {
  if (seconds < 0 || seconds > ear_seconds_most) return ear_refused();
  return UnixMillis{seconds * 1000};
}

/// A status may not be better than the worst claim. No status at all is no praise.
Result<void> check_status(const EarSubmodule& submodule) {
  TrustTier worst = TrustTier::none;
  for (const TrustClaim& claim : submodule.vector)
    worst = std::max(worst, tier_of(claim.value));
  const bool better = worst > std::max(submodule.status, TrustTier::affirming);
  return better ? fail(errc::ear_status, field::submodule) : ok();
}

Result<std::string> ear_text(const json& object, const char* name) {
  auto text = internal::text_member(object, name);
  if (!text) return ear_refused();
  return text;
}

Result<std::int64_t> ear_number(const json& value) {
  if (!value.is_number_integer()) return ear_refused();
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return ear_refused();
  return value.get<std::int64_t>();
}

Result<TrustTier> json_status(const json& value) {
  if (value.is_string()) {
    const auto* const named = std::ranges::find(tiers, value.get<std::string>(),
                                                [](TrustTier tier) { return name_of(tier); });
    if (named == tiers.end()) return ear_refused();
    return *named;
  }
  DAYMARK_TRY(const std::int64_t number, ear_number(value));
  const auto tier = tier_of_number(number);
  if (!tier) return ear_refused();
  return *tier;
}

Result<void> json_vector(const json& object, EarSubmodule& out) {
  if (!object.is_object()) return ear_refused();
  for (const auto& [name, value] : object.items()) {
    const auto* const known = std::ranges::find(claim_names, std::string_view(name));
    if (known == claim_names.end()) return ear_refused();
    DAYMARK_TRY(const std::int64_t number, ear_number(value));
    if (!is_claim_value(number)) return ear_refused();
    out.vector.push_back({*known, number});
  }
  return ok();
}

/// The attested key of Veraison's extension: DER of a public key, base64url.
Result<void> check_key_attestation(const json& value) {
  const auto text = internal::text_member(value, "akpub");
  const auto der = text ? from_base64url(*text) : Result<std::vector<Byte>>(fail(Error{}));
  return der && VerifyingKey::from_spki(*der) ? ok() : ear_refused();
}

Result<EarSubmodule> json_submodule(const std::string& name, const json& value) {
  EarSubmodule out;
  out.name = name;
  const auto status = internal::member(value, "ear.status");
  if (!status) return ear_refused();
  DAYMARK_TRY(out.status, json_status(**status));
  if (value.contains("ear.trustworthiness-vector")) {
    DAYMARK_CHECK(json_vector(value["ear.trustworthiness-vector"], out));
  }
  if (value.contains("ear.appraisal-policy-id")) {
    DAYMARK_TRY(out.policy, ear_text(value, "ear.appraisal-policy-id"));
  }
  if (value.contains("ear.veraison.key-attestation")) {
    DAYMARK_CHECK(check_key_attestation(value["ear.veraison.key-attestation"]));
  }
  DAYMARK_CHECK(check_status(out));
  return out;
}

Result<void> json_head(const json& document, Ear& out) {
  DAYMARK_TRY(const std::string profile, ear_text(document, "eat_profile"));
  if (profile != ear_profile) return fail(errc::token_profile, field::claim);
  const auto issued = internal::member(document, "iat");
  const auto verifier = internal::member(document, "ear.verifier-id");
  if (!issued || !verifier) return ear_refused();
  DAYMARK_TRY(const std::int64_t seconds, ear_number(**issued));
  DAYMARK_TRY(out.issued_at, seconds_of(seconds));
  DAYMARK_TRY(out.developer, ear_text(**verifier, "developer"));
  DAYMARK_TRY(out.build, ear_text(**verifier, "build"));
  if (document.contains("exp")) {
    DAYMARK_TRY(const std::int64_t end, ear_number(document["exp"]));
    DAYMARK_TRY(out.expires, seconds_of(end));
  }
  if (document.contains("eat_nonce")) {
    DAYMARK_TRY(out.nonce, ear_text(document, "eat_nonce"));
  }
  const bool raw = document.contains("ear.raw-evidence");
  return !raw || document["ear.raw-evidence"].is_string() ? ok() : ear_refused();
}

// draft-ietf-rats-ear §4: labels of the claims in CBOR.
constexpr std::int64_t status_label = 1000;
constexpr std::int64_t vector_label = 1001;
constexpr std::int64_t policy_label = 1003;
constexpr std::int64_t verifier_label = 1004;

Result<std::string> cbor_text(const CborItem& map, std::int64_t label) {
  const auto value = map.find(label);
  const auto text = value ? value->text(token_size_max) : Result<std::string_view>(fail(Error{}));
  if (!text) return ear_refused(map.offset());
  return std::string(*text);
}

Result<UnixMillis> cbor_time(const CborItem& map, std::int64_t label) {
  const auto value = map.find(label);
  const auto number = value ? value->integer() : Result<std::int64_t>(-1);
  return seconds_of(number.value_or(-1));
}

Result<EarSubmodule> cbor_submodule(const CborPair& pair) {
  EarSubmodule out;
  const auto name = pair.key.text(token_size_max);
  const auto status = pair.value.find(status_label);
  const auto number = status ? status->integer() : Result<std::int64_t>(-1);
  const auto tier = tier_of_number(number.value_or(-1));
  if (!name || !tier) return ear_refused(pair.value.offset());
  out.name = *name;
  out.status = *tier;
  if (pair.value.find(policy_label)) {
    DAYMARK_TRY(out.policy, cbor_text(pair.value, policy_label));
  }
  const auto vector = pair.value.find(vector_label);
  const auto claims = vector ? vector->pairs() : std::vector<CborPair>{};
  if (!claims) return ear_refused(vector->offset());
  for (const CborPair& claim : *claims) {
    const auto label = claim.key.integer().value_or(-1);
    const auto value = claim.value.integer();
    const bool known = label >= 0 && label < static_cast<std::int64_t>(claim_names.size());
    if (!known || !value || !is_claim_value(*value)) return ear_refused(claim.key.offset());
    out.vector.push_back({claim_names.at(static_cast<std::size_t>(label)), *value});
  }
  DAYMARK_CHECK(check_status(out));
  return out;
}

}  // namespace

std::string_view name_of(TrustTier tier) {
  switch (tier) {
    case TrustTier::none: return "none";
    case TrustTier::affirming: return "affirming";
    case TrustTier::warning: return "warning";
    case TrustTier::contraindicated: break;
  }
  return "contraindicated";
}

TrustTier tier_of(std::int64_t value) {
  if (value >= -1 && value <= 1) return TrustTier::none;
  if (value >= -32 && value < 32) return TrustTier::affirming;
  return value >= -96 && value < 96 ? TrustTier::warning : TrustTier::contraindicated;
}

Result<Ear> read_ear_json(std::string_view claims) {
  const auto document = internal::parse_json(claims);
  if (!document || !document->is_object()) return fail(errc::jwt_json, field::token);
  Ear out;
  DAYMARK_CHECK(json_head(*document, out));
  const auto submodules = internal::member(*document, "submods");
  if (!submodules || !(*submodules)->is_object() || (*submodules)->empty() ||
      (*submodules)->size() > submodules_max) {
    return ear_refused();
  }
  for (const auto& [name, value] : (*submodules)->items()) {
    DAYMARK_TRY(out.submodules.emplace_back(), json_submodule(name, value));
  }
  return out;
}

Result<Ear> read_ear_cbor(const CborTree& claims) {
  const CborItem root = claims.root();
  constexpr std::int64_t expires_label = 4;
  constexpr std::int64_t issued_label = 6;
  constexpr std::int64_t nonce_label = 10;
  constexpr std::int64_t profile_label = 265;
  constexpr std::int64_t submodules_label = 266;
  Ear out;
  DAYMARK_TRY(const std::string profile, cbor_text(root, profile_label));
  if (profile != ear_profile) return fail(errc::token_profile, field::claim);
  DAYMARK_TRY(out.issued_at, cbor_time(root, issued_label));
  if (root.find(expires_label)) {
    DAYMARK_TRY(out.expires, cbor_time(root, expires_label));
  }
  if (const auto nonce = root.find(nonce_label)) {
    const auto bytes = nonce->bytes(0, token_size_max);
    if (!bytes) return ear_refused(nonce->offset());
    out.nonce = to_hex(*bytes);
  }
  const auto verifier = root.find(verifier_label);
  if (!verifier) return ear_refused(root.offset());
  DAYMARK_TRY(out.developer, cbor_text(*verifier, 0));
  DAYMARK_TRY(out.build, cbor_text(*verifier, 1));
  const auto list = root.find(submodules_label);
  const auto pairs = list ? list->pairs() : Result<std::vector<CborPair>>(fail(Error{}));
  if (!pairs || pairs->empty() || pairs->size() > submodules_max) return ear_refused(root.offset());
  for (const CborPair& pair : *pairs) {
    DAYMARK_TRY(out.submodules.emplace_back(), cbor_submodule(pair));
  }
  return out;
}

TrustTier worst_status(const Ear& ear) {
  TrustTier worst = TrustTier::none;
  bool silent = false;
  for (const EarSubmodule& one : ear.submodules) {
    worst = std::max(worst, one.status);
    silent = silent || one.status == TrustTier::none;
  }
  // A part that nothing is said about is not affirmed.
  return silent && worst == TrustTier::affirming ? TrustTier::none : worst;
}

}  // namespace daymark::evidence
