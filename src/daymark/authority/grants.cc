#include "daymark/authority/grants.h"

#include <nlohmann/json.hpp>

#include "daymark/authority/errors.h"
#include "daymark/base/errors.h"
#include "daymark/base/hex.h"
#include "daymark/base/json_internal.h"
#include "daymark/base/time.h"

namespace daymark::authority {

namespace {

using GrantJson = nlohmann::ordered_json;

constexpr std::string_view credential_prefix = "daymark-credential-";
constexpr std::string_view any_chip = "any";

constexpr std::array<std::string_view, all_roles.size()> role_names{"operator", "signer", "agent",
                                                                    "auditor", "monitor"};

std::string id_of(const Digest& hash) {
  return to_hex(ByteView(hash).first(8));
}

GrantJson json_of(const Grant& grant) {
  GrantJson chip = nullptr;
  if (grant.scope.role == Role::agent) {
    chip = grant.scope.chip ? to_hex(grant.scope.chip->view()) : std::string(any_chip);
  }
  return {{"role", name_of(grant.scope.role)},
          {"chip", chip},
          {"granted", to_rfc3339(grant.granted)},
          {"sha256", to_hex(grant.hash)}};
}

/// "any", an id, or null for who is no agent.
Result<std::optional<ChipId>> chip_scope(Role role, const nlohmann::json& item) {
  DAYMARK_TRY(const nlohmann::json* const chip, internal::member(item, "chip"));
  if (chip->is_null() != (role != Role::agent)) return fail(errc::authority_grants_malformed);
  if (chip->is_null() || *chip == any_chip) return std::optional<ChipId>{};
  if (!chip->is_string()) return fail(errc::authority_grants_malformed);
  DAYMARK_TRY(const ByteArray<16> bytes, from_hex_fixed<16>(chip->get<std::string>()));
  return std::optional(ChipId{bytes});
}

Result<Grant> grant_of(const nlohmann::json& item) {
  Grant out;
  DAYMARK_TRY(const std::string role, internal::text_member(item, "role"));
  const std::optional<Role> known = role_named(role);
  if (!known) return fail(errc::authority_grants_malformed);
  out.scope.role = *known;
  DAYMARK_TRY(out.scope.chip, chip_scope(*known, item));
  DAYMARK_TRY(const std::string granted, internal::text_member(item, "granted"));
  DAYMARK_TRY(out.granted, from_rfc3339(granted));
  DAYMARK_TRY(const std::string hash, internal::text_member(item, "sha256"));
  DAYMARK_TRY(out.hash, from_hex_fixed<32>(hash));
  return out;
}

}  // namespace

std::string_view name_of(Role role) {
  return role_names[static_cast<std::size_t>(role)];
}

std::optional<Role> role_named(std::string_view name) {
  for (const Role role : all_roles) {
    if (name_of(role) == name) return role;
  }
  return std::nullopt;
}

std::string Grant::id() const {
  return id_of(hash);
}

std::string make_credential(Random& random) {
  auto bytes = random.draw<32>();
  std::string out = std::string(credential_prefix) + to_hex(bytes);
  crypto::erase(bytes);
  return out;
}

Result<Digest> credential_hash(std::string_view credential) {
  if (!credential.starts_with(credential_prefix)) {
    return fail(errc::authority_credential_malformed);
  }
  credential.remove_prefix(credential_prefix.size());
  auto bytes = from_hex_fixed<32>(credential);
  if (!bytes) return fail(errc::authority_credential_malformed);
  const Digest hash = crypto::sha256(*bytes);
  crypto::erase(*bytes);
  return hash;
}

Result<Grants> Grants::parse(std::string_view json) {
  DAYMARK_TRY(const nlohmann::json document, internal::parse_json(json));
  DAYMARK_TRY(const nlohmann::json* const items, internal::member(document, "grants"));
  if (!items->is_array()) return fail(errc::json_malformed);
  Grants out;
  for (const nlohmann::json& item : *items) {
    DAYMARK_TRY(const Grant grant, grant_of(item));
    DAYMARK_CHECK(out.add(grant));
  }
  return out;
}

std::string Grants::print() const {
  GrantJson items = GrantJson::array();
  for (const auto& [id, grant] : by_id_)
    items.push_back(json_of(grant));
  return GrantJson{{"grants", items}}.dump(1) + "\n";
}

std::vector<Grant> Grants::list() const {
  std::vector<Grant> out;
  out.reserve(by_id_.size());
  for (const auto& [id, grant] : by_id_)
    out.push_back(grant);
  return out;
}

std::optional<Grant> Grants::of(std::string_view credential) const {
  const Result<Digest> hash = credential_hash(credential);
  if (!hash) return std::nullopt;
  const auto found = by_id_.find(id_of(*hash));
  if (found == by_id_.end()) return std::nullopt;
  // The id is public; the rest of the hash is compared in one time for all.
  if (!crypto::equal_secret(found->second.hash, *hash)) return std::nullopt;
  return found->second;
}

Result<void> Grants::add(const Grant& grant) {
  const bool fresh = by_id_.emplace(grant.id(), grant).second;
  return fresh ? Result<void>{} : fail(errc::authority_grants_malformed);
}

Result<void> Grants::remove(const std::string& id) {
  return by_id_.erase(id) == 1 ? Result<void>{} : fail(errc::authority_grant_unknown);
}

}  // namespace daymark::authority
