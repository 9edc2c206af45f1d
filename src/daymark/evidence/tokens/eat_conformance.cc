// PSA tokens of psatoken, CoRIM of Veraison, EAR of Veraison.
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "daymark/base/encode.h"
#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/base/json_internal.h"
#include "daymark/cbor/encode.h"
#include "daymark/cbor/errors.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tokens/ear_reader.h"
#include "daymark/evidence/tokens/eat_claims.h"
#include "daymark/evidence/tokens/eat_psa.h"
#include "daymark/evidence/tokens/token_conformance_internal.h"
#include "daymark/evidence/tokens/token_verdict.h"

namespace daymark::evidence {

namespace {

using nlohmann::json;
using Path = std::filesystem::path;

/// Upstream's names of the claims and where they stand, in the oldest and in the later profile.
struct PsaName {
  const char* name;
  std::int64_t old_label;
  std::int64_t label;
  bool bytes;
};

constexpr std::array<PsaName, 13> psa_names{{
    {"psa-profile", -75000, 0, false},
    {"eat-profile", 0, 265, false},
    {"psa-client-id", -75001, 2394, false},
    {"psa-security-lifecycle", -75002, 2395, false},
    {"psa-implementation-id", -75003, 2396, true},
    {"psa-boot-seed", -75004, 2397, true},
    {"psa-hwver", -75005, 0, false},
    {"psa-certification-reference", 0, 2398, false},
    {"psa-software-components", -75006, 2399, false},
    {"psa-no-software-measurements", -75007, 0, false},
    {"psa-nonce", -75008, 10, true},
    {"psa-instance-id", -75009, 256, true},
    {"psa-verification-service-indicator", -75010, 2400, false},
}};

constexpr std::array<PsaName, 5> component_names{{
    {"measurement-type", 1, 1, false},
    {"measurement-value", 2, 2, true},
    {"version", 4, 4, false},
    {"signer-id", 5, 5, true},
    {"measurement-description", 6, 6, false},
}};

using Names = std::span<const PsaName>;

void put_value(const json& value, bool bytes, cbor::Writer& out);

/// The members of an object that stand in `names`, under their labels.
void put_object(const json& object, Names names, bool old, cbor::Writer& out) {
  std::vector<std::pair<std::int64_t, const PsaName*>> present;
  for (const PsaName& one : names) {
    const std::int64_t label = old ? one.old_label : one.label;
    if (label != 0 && object.contains(one.name)) present.emplace_back(label, &one);
  }
  out.open_map(present.size());
  for (const auto& [label, one] : present) {
    out.put_integer(label);
    put_value(object[one->name], one->bytes, out);
  }
}

void put_value(const json& value, bool bytes, cbor::Writer& out) {
  if (value.is_array()) {
    out.open_array(value.size());
    for (const json& one : value)
      put_object(one, component_names, false, out);
  } else if (value.is_number_integer()) {
    out.put_integer(value.get<std::int64_t>());
  } else if (value.is_string() && bytes) {
    out.put_bytes(from_base64(value.get<std::string>()).value_or(std::vector<Byte>{}));
  } else if (value.is_string()) {
    out.put_text(value.get<std::string>());
  } else {
    out.put_null();
  }
}

/// The profile by which upstream's tests read a file: what it names, but for three that are about
/// the profile itself or say the contrary under two.
PsaProfile profile_of(const json& claims, std::string_view name) {
  if (name.ends_with("boot-seed-invalid-missing.json")) return PsaProfile::iot_1;
  if (name.ends_with("profile-invalid-missing.json")) return PsaProfile::psa_2_0;
  return claims.contains("eat-profile") ? PsaProfile::psa_2_0 : PsaProfile::iot_1;
}

Outcome<void> run_psa_json(const std::string& file, ConformanceCount& count) {
  DAYMARK_TRY(const json claims, read_json_vector(file));
  if (!claims.is_object()) return refuse(errc::json_malformed, file);
  const PsaProfile profile = profile_of(claims, file);
  const auto item = cbor::encode(
      [&](cbor::Writer& out) { put_object(claims, psa_names, profile == PsaProfile::iot_1, out); });
  const auto tree = CborTree::parse(item);
  const auto token = tree ? read_psa(*tree, profile) : Result<PsaToken>(fail(tree.error()));
  const Result<void> verdict = token ? ok() : Result<void>(fail(token.error()));
  // Upstream's names say it: "…-valid-…" or not.
  const std::string name = Path(file).filename().string();
  const bool valid = name.find("-valid") != std::string::npos;
  count.add(verdict.has_value() == valid, fmt::format("{}: {}", name, verdict_name(verdict)));
  return {};
}

/// The one public key that lies beside the files.
Outcome<VerifyingKey> key_beside(const std::string& file) {
  const Path folder = Path(file).parent_path();
  for (const char* const name : {"psa-public.pem", "ec-p256.pub.jwk", "pkey.json"}) {
    const std::string path = (folder / name).string();
    if (!std::filesystem::exists(path)) continue;
    DAYMARK_TRY(const std::string text, read_text(path, key_text_max));
    return about(VerifyingKey::from_text(text), path);
  }
  return refuse(errc::file_not_opened, folder.string(), "no key beside the vectors");
}

Outcome<void> run_signed(const std::string& file, Errc expected, ConformanceCount& count) {
  DAYMARK_TRY(const auto content, read_file(file, token_size_max));
  TokenOptions options;
  DAYMARK_TRY(options.key, key_beside(file));
  // A time within the validity of all.
  options.as_of = UnixMillis{1648771200000};
  const EvidenceVerdict verdict = verify_token(file, content, options);
  const std::string_view name = entry_of(verdict.reason.code).name;
  count.add(verdict.reason.code == expected,
            fmt::format("{}: {}", Path(file).filename().string(), name));
  // The key of somebody else must not do.
  if (expected != errc::cose_mac) {
    options.key = *VerifyingKey::from_jwk(
        R"({"kty":"EC","crv":"P-256","x":"KSexBRK64-3c_kZ4KBKLrSkDJpkZ9whgacjE32xzKDg",)"
        R"("y":"x3h5ZOqsAOWSH7FJimD0YGdms9loUAFVjRqXTnNBUT4"})");
    const Errc other = verify_token(file, content, options).reason.code;
    count.add(other == errc::cose_signature, fmt::format("{}: another key", file));
  }
  return {};
}

template <class T>
Result<void> plain(const Result<T>& result) {
  return result ? ok() : Result<void>(fail(result.error()));
}

Outcome<void> run_jwts(const std::string& file, ConformanceCount& count) {
  DAYMARK_TRY(const json tokens, read_json_vector(file));
  DAYMARK_TRY(const VerifyingKey key, key_beside(file));
  for (const auto& [name, value] : tokens.items()) {
    if (!value.is_string()) return refuse(errc::json_malformed, file);
    const auto text = value.get<std::string>();
    const auto reason = verify_token(name, bytes_of(text), {key, {}, {}, {}}).reason.code;
    // Its own key is in its header.
    const Errc expected = name == "testRealmJWT" ? errc::jwt_embedded_key : errc::token_genuine;
    count.add(reason == expected, fmt::format("{}: {}", name, entry_of(reason).name));
  }
  return {};
}

}  // namespace

Outcome<ConformanceCount> run_eat_conformance(const std::string& path) {
  ConformanceCount count;
  for (const std::string& file : vector_files(path, ".json"))
    if (file.ends_with(".json")) DAYMARK_CHECK(run_psa_json(file, count));
  for (const std::string& file : vector_files(path, ".bin")) {
    const bool mac = file.find("_mac0") != std::string::npos;
    if (!file.ends_with(".bin")) continue;
    DAYMARK_CHECK(run_signed(file, mac ? errc::cose_mac : errc::token_genuine, count));
  }
  return count;
}

Outcome<ConformanceCount> run_corim_conformance(const std::string& path) {
  ConformanceCount count;
  for (const std::string& file : vector_files(path, ".cbor")) {
    const std::string name = Path(file).filename().string();
    if (name.starts_with("signed-")) {
      DAYMARK_CHECK(run_signed(file, errc::corim_good, count));
      continue;
    }
    DAYMARK_TRY(const auto content, read_file(file, token_size_max));
    const Result<void> verdict =
        is_corim(content) ? plain(read_corim(content)) : plain(read_comid(content));
    count.add(verdict.has_value(), fmt::format("{}: {}", name, verdict_name(verdict)));
    // Every proper beginning is no CoRIM, and neither is one with a byte behind it.
    auto longer = content;
    longer.push_back(0);
    const bool strict = !read_corim(longer) && !read_comid(longer) && explain_token(content);
    count.add(strict, fmt::format("{}: trailing byte", name));
  }
  return count;
}

Outcome<ConformanceCount> run_ear_conformance(const std::string& path) {
  ConformanceCount count;
  for (const std::string& file : vector_files(path, ".json")) {
    const std::string name = Path(file).filename().string();
    if (name.starts_with("jwts")) {
      DAYMARK_CHECK(run_jwts(file, count));
      continue;
    }
    if (!name.starts_with("ear-")) continue;
    DAYMARK_TRY(const std::string text, read_text(file, token_size_max));
    const Result<void> verdict = plain(read_ear_json(text));
    const bool valid = name.find("-ko") == std::string::npos;
    count.add(verdict.has_value() == valid, fmt::format("{}: {}", name, verdict_name(verdict)));
  }
  return count;
}

}  // namespace daymark::evidence
