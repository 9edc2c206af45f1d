#include "daymark/evidence/models/trusted_root.h"

#include "daymark/base/encode.h"
#include "daymark/base/json_internal.h"
#include "daymark/base/time.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/models/model_material_internal.h"
#include "daymark/evidence/pki/pem.h"

namespace daymark::evidence {

namespace {

using nlohmann::json;
using sigstore::json_bytes;
using sigstore::json_text;
using sigstore::json_value;

constexpr std::string_view root_type = "application/vnd.dev.sigstore.trustedroot";
constexpr std::size_t root_parts_max = 64;
constexpr std::string_view only_hash = "SHA2_256";

std::unexpected<Error> root_refused() {
  return fail(errc::sigstore_root, field::bundle_member);
}

Result<TrustedSpan> read_span(const json& value) {
  TrustedSpan out;
  if (value.is_null()) return out;
  const std::string start = json_text(value, "start");
  const std::string end = json_text(value, "end");
  // A bound that can't be read is no bound that may be left out.
  if ((start.empty() && value.contains("start")) || (end.empty() && value.contains("end"))) {
    return root_refused();
  }
  if (!start.empty()) {
    const auto from = from_rfc3339(start);
    if (!from) return root_refused();
    out.from = *from;
  }
  if (!end.empty()) {
    const auto until = from_rfc3339(end);
    if (!until) return root_refused();
    out.until = *until;
  }
  return out;
}

/// Adds the log, or its name to `unread` where its key is of another kind.
Result<void> read_log(const json& value, std::vector<TrustedLog>& logs, TrustedRoot& out) {
  const json& key = json_value(value, "publicKey");
  const auto spki = json_bytes(key, "rawBytes");
  const auto id = json_bytes(json_value(value, "logId"), "keyId");
  if (spki.empty() || id.size() != sizeof(Digest)) return root_refused();
  const auto parsed = VerifyingKey::from_spki(spki);
  const std::string name = json_text(value, "baseUrl");
  if (!parsed || json_text(value, "hashAlgorithm") != only_hash) {
    out.unread.push_back(name);
    return ok();
  }
  DAYMARK_TRY(const TrustedSpan span, read_span(json_value(key, "validFor")));
  logs.push_back({name, array_of<sizeof(Digest)>(id), *parsed, span});
  return ok();
}

Result<TrustedAuthority> read_authority(const json& value) {
  TrustedAuthority out;
  const json& list = json_value(json_value(value, "certChain"), "certificates");
  if (!list.is_array() || list.empty() || list.size() > pem_certificates_max) {
    return root_refused();
  }
  for (const json& one : list) {
    out.certificates.push_back(json_bytes(one, "rawBytes"));
    if (out.certificates.back().empty()) return root_refused();
  }
  out.name = json_text(value, "uri");
  DAYMARK_TRY(out.valid, read_span(json_value(value, "validFor")));
  return out;
}

/// The members of a list that may be absent.
Result<std::vector<json>> parts_of(const json& document, const char* name) {
  const json& list = json_value(document, name);
  if (list.is_null()) return std::vector<json>{};
  if (!list.is_array() || list.size() > root_parts_max) return root_refused();
  return std::vector<json>(list.begin(), list.end());
}

Result<void> read_logs(const json& document, const char* name, std::vector<TrustedLog>& logs,
                       TrustedRoot& out) {
  DAYMARK_TRY(const auto parts, parts_of(document, name));
  for (const json& one : parts)
    DAYMARK_CHECK(read_log(one, logs, out));
  return ok();
}

Result<void> read_authorities(const json& document, const char* name,
                              std::vector<TrustedAuthority>& out) {
  DAYMARK_TRY(const auto parts, parts_of(document, name));
  for (const json& one : parts) {
    DAYMARK_TRY(out.emplace_back(), read_authority(one));
  }
  return ok();
}

}  // namespace

Result<TrustedRoot> parse_trusted_root(std::string_view text) {
  if (text.size() > trusted_root_max) return root_refused();
  DAYMARK_TRY(const json document, internal::parse_json(text));
  const bool form = document.is_object() && json_text(document, "mediaType").starts_with(root_type);
  if (!form) return root_refused();
  TrustedRoot out;
  DAYMARK_CHECK(read_logs(document, "tlogs", out.logs, out));
  DAYMARK_CHECK(read_logs(document, "ctlogs", out.certificate_logs, out));
  DAYMARK_CHECK(read_authorities(document, "certificateAuthorities", out.authorities));
  DAYMARK_CHECK(read_authorities(document, "timestampAuthorities", out.timestamp_authorities));
  return out;
}

void add_log_key(TrustedRoot& root, const VerifyingKey& key) {
  root.logs.push_back({"the log whose key was given", key.thumbprint(), key, {}});
}

Result<void> add_timestamp_authority(TrustedRoot& root, std::string_view pem) {
  DAYMARK_TRY(auto certificates, parse_pem_certificates(pem));
  root.timestamp_authorities.push_back(
      {"the timestamp authority that was given", std::move(certificates), {}});
  return ok();
}

}  // namespace daymark::evidence
