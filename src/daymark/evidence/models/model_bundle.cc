#include "daymark/evidence/models/model_bundle.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "daymark/base/encode.h"
#include "daymark/base/json_internal.h"
#include "daymark/crypto/ports.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/models/model_files.h"
#include "daymark/evidence/models/model_material_internal.h"

namespace daymark::evidence {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using sigstore::json_text;
using sigstore::json_value;

constexpr std::string_view bundle_type = "application/vnd.dev.sigstore.bundle.v0.3+json";
constexpr std::string_view payload_type = "application/vnd.in-toto+json";
constexpr std::string_view statement_type = "https://in-toto.io/Statement/v1";
constexpr std::string_view predicate_type = "https://model_signing/signature/v1.0";
constexpr std::string_view old_predicate = "https://model_signing/Digests/";
constexpr std::size_t certificates_max = 16;

std::unexpected<Error> bundle_refused() {
  return fail(errc::model_bundle, field::bundle_member);
}

std::unexpected<Error> statement_refused() {
  return fail(errc::model_statement, field::bundle_member);
}

Result<std::vector<Byte>> bytes_at(const json& object, const char* name) {
  auto bytes = sigstore::json_bytes(object, name);
  return bytes.empty() ? Result<std::vector<Byte>>(bundle_refused()) : bytes;
}

Result<void> read_material(const json& material, ModelBundle& out) {
  const json& entries = json_value(material, "tlogEntries");
  const bool listed = entries.is_array() && entries.size() <= model_proofs_max;
  if (!listed && !entries.is_null()) return bundle_refused();
  for (const json& one : entries) {
    DAYMARK_TRY(out.log_entries.emplace_back(), sigstore::read_log_entry(one));
  }
  DAYMARK_TRY(out.timestamps,
              sigstore::read_timestamps(json_value(material, "timestampVerificationData")));
  const json& key = json_value(material, "publicKey");
  const json& chain = json_value(json_value(material, "x509CertificateChain"), "certificates");
  const json& certificate = json_value(material, "certificate");
  // Exactly one of the three.
  if (int{key.is_object()} + int{chain.is_array()} + int{certificate.is_object()} != 1) {
    return bundle_refused();
  }
  if (key.is_object()) {
    out.key_hint = json_text(key, "hint");
    return out.key_hint.empty() ? bundle_refused() : ok();
  }
  const json list = chain.is_array() ? chain : json::array({certificate});
  if (list.empty() || list.size() > certificates_max) return bundle_refused();
  for (const json& one : list) {
    DAYMARK_TRY(out.certificates.emplace_back(), bytes_at(one, "rawBytes"));
  }
  return ok();
}

Result<ModelResource> read_model_resource(const json& value) {
  ModelResource out;
  out.name = json_text(value, "name");
  if (!is_plain_path(out.name)) return fail(errc::model_path, field::model_file);
  const auto digest = from_hex_fixed<sizeof(Digest)>(json_text(value, "digest"));
  if (json_text(value, "algorithm") != "sha256" || !digest) return statement_refused();
  out.digest = *digest;
  return out;
}

Result<void> read_serialization(const json& value, ModelStatement& out) {
  const bool whole =
      json_text(value, "method") == "files" && json_text(value, "hash_type") == "sha256";
  // Links would let the same statement mean files elsewhere.
  const bool plain = json_value(value, "allow_symlinks") == false;
  const json& ignored = json_value(value, "ignore_paths");
  if (!whole || !plain || !(ignored.is_null() || ignored.is_array())) return statement_refused();
  for (const json& one : ignored) {
    if (!one.is_string()) return statement_refused();
    const auto path = one.get<std::string>();
    if (!is_plain_path(path) || path == ".") return fail(errc::model_path, field::model_file);
    out.ignored.push_back(path);
  }
  return ok();
}

Digest resources_digest(const std::vector<ModelResource>& resources) {
  std::vector<ByteView> parts;
  parts.reserve(resources.size());
  for (const ModelResource& one : resources)
    parts.emplace_back(one.digest);
  return crypto::sha256(parts);
}

Result<void> read_resources(const json& list, ModelStatement& out) {
  if (!list.is_array() || list.empty() || list.size() > model_files_max) {
    return statement_refused();
  }
  std::set<std::string, std::less<>> names;
  out.resources.reserve(list.size());
  for (const json& one : list) {
    DAYMARK_TRY(auto resource, read_model_resource(one));
    const bool alone = resource.name != "." || list.size() == 1;
    if (!alone || !names.insert(resource.name).second) return statement_refused();
    out.resources.push_back(std::move(resource));
  }
  return ok();
}

}  // namespace

Result<ModelBundle> parse_model_bundle(std::string_view text) {
  if (text.size() > model_bundle_max) return bundle_refused();
  const auto document = internal::parse_json(text);
  if (!document || json_text(*document, "mediaType") != bundle_type) return bundle_refused();
  ModelBundle out;
  DAYMARK_CHECK(read_material(json_value(*document, "verificationMaterial"), out));
  const json& envelope = json_value(*document, "dsseEnvelope");
  const json& signatures = json_value(envelope, "signatures");
  const bool form = json_text(envelope, "payloadType") == payload_type && signatures.is_array() &&
                    signatures.size() == 1;
  if (!form) return bundle_refused();
  DAYMARK_TRY(const auto payload, bytes_at(envelope, "payload"));
  out.payload = text_of(payload);
  DAYMARK_TRY(out.signature, bytes_at(signatures.front(), "sig"));
  return out;
}

std::string model_signed_text(std::string_view payload) {
  return fmt::format("DSSEv1 {} {} {} {}", payload_type.size(), payload_type, payload.size(),
                     payload);
}

Result<ModelStatement> parse_model_statement(std::string_view text) {
  const auto document = internal::parse_json(text);
  if (!document || !document->is_object()) return statement_refused();
  const std::string predicate = json_text(*document, "predicateType");
  if (predicate.starts_with(old_predicate)) return fail(errc::model_version, field::bundle_member);
  const json& subjects = json_value(*document, "subject");
  const bool form = json_text(*document, "_type") == statement_type &&
                    predicate == predicate_type && subjects.is_array() && subjects.size() == 1;
  if (!form) return statement_refused();
  const json& content = json_value(*document, "predicate");
  ModelStatement out;
  out.name = json_text(subjects.front(), "name");
  const auto digest =
      from_hex_fixed<sizeof(Digest)>(json_text(json_value(subjects.front(), "digest"), "sha256"));
  if (!digest) return statement_refused();
  out.digest = *digest;
  DAYMARK_CHECK(read_serialization(json_value(content, "serialization"), out));
  DAYMARK_CHECK(read_resources(json_value(content, "resources"), out));
  if (resources_digest(out.resources) != out.digest)
    return fail(errc::model_digest, field::bundle_member);
  return out;
}

std::string write_model_statement(const ModelStatement& statement) {
  ordered_json resources = ordered_json::array();
  for (const ModelResource& one : statement.resources) {
    resources.push_back(
        {{"name", one.name}, {"algorithm", "sha256"}, {"digest", to_hex(one.digest)}});
  }
  const ordered_json serialization{{"method", "files"},
                                   {"hash_type", "sha256"},
                                   {"allow_symlinks", false},
                                   {"ignore_paths", statement.ignored}};
  const std::string digest = to_hex(resources_digest(statement.resources));
  const ordered_json subject{{"name", statement.name}, {"digest", {{"sha256", digest}}}};
  const ordered_json out{
      {"_type", statement_type},
      {"subject", ordered_json::array({subject})},
      {"predicateType", predicate_type},
      {"predicate", {{"serialization", serialization}, {"resources", std::move(resources)}}}};
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

std::string write_model_bundle(const ModelBundle& bundle) {
  const ordered_json signature{{"sig", to_base64(bundle.signature)}, {"keyid", ""}};
  const ordered_json out{
      {"mediaType", bundle_type},
      {"verificationMaterial",
       {{"publicKey", {{"hint", bundle.key_hint}}}, {"tlogEntries", ordered_json::array()}}},
      {"dsseEnvelope",
       {{"payload", to_base64(bytes_of(bundle.payload))},
        {"payloadType", payload_type},
        {"signatures", ordered_json::array({signature})}}}};
  return out.dump();
}

}  // namespace daymark::evidence
