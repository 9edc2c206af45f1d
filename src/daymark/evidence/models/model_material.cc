#include "daymark/evidence/models/model_material.h"

#include <charconv>

#include "daymark/base/encode.h"
#include "daymark/base/json_internal.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/models/model_material_internal.h"
#include "daymark/tlog/merkle.h"

namespace daymark::evidence::sigstore {

namespace {

using nlohmann::json;

std::unexpected<Error> entry_refused() {
  return fail(errc::model_bundle, field::logged_signature);
}

/// int64 in the JSON of protocol buffers: a decimal text.
std::optional<std::uint64_t> number_at(const json& object, const char* name) {
  const std::string text = json_text(object, name);
  std::uint64_t out = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  constexpr std::uint64_t most = std::uint64_t{1} << 62U;
  const bool whole = code == std::errc() && end == text.data() + text.size() && out < most;
  return whole ? std::optional(out) : std::nullopt;
}

Result<Digest> digest_of(const std::string& base64) {
  const auto bytes = from_base64(base64);
  if (!bytes || bytes->size() != sizeof(Digest)) return entry_refused();
  return array_of<sizeof(Digest)>(*bytes);
}

Result<LogProof> read_proof(const json& value) {
  LogProof out;
  const auto index = number_at(value, "logIndex");
  const auto size = number_at(value, "treeSize");
  const json& path = json_value(value, "hashes");
  // A tree of one leaf has an empty path, which protocol buffers leave out.
  const bool listed = path.is_array() && path.size() <= tlog::path_max;
  if (!size || !(listed || path.is_null())) return entry_refused();
  // Zero is left out, too.
  if (!index && value.contains("logIndex")) return entry_refused();
  out.index = LeafIndex{index.value_or(0)};
  out.size = TreeSize{*size};
  DAYMARK_TRY(out.root, digest_of(json_text(value, "rootHash")));
  for (const json& one : path) {
    if (!one.is_string()) return entry_refused();
    DAYMARK_TRY(out.path.emplace_back(), digest_of(one.get<std::string>()));
  }
  out.checkpoint = json_text(json_value(value, "checkpoint"), "envelope");
  return out;
}

}  // namespace

std::string json_text(const json& object, const char* name) {
  return internal::text_member(object, name).value_or("");
}

const json& json_value(const json& object, const char* name) {
  static const json nothing;
  const auto found = internal::member(object, name);
  return found ? **found : nothing;
}

std::vector<Byte> json_bytes(const json& object, const char* name) {
  return from_base64(json_text(object, name)).value_or(std::vector<Byte>{});
}

Result<LogEntry> read_log_entry(const json& value) {
  LogEntry out;
  DAYMARK_TRY(out.log, digest_of(json_text(json_value(value, "logId"), "keyId")));
  const json& kind = json_value(value, "kindVersion");
  out.kind = json_text(kind, "kind");
  out.version = json_text(kind, "version");
  const auto index = number_at(value, "logIndex");
  if (!index && value.contains("logIndex")) return entry_refused();
  out.index = index.value_or(0);
  const auto seconds = number_at(value, "integratedTime");
  constexpr std::uint64_t seconds_most = 253402300799;
  if ((!seconds && value.contains("integratedTime")) || seconds.value_or(0) > seconds_most) {
    return entry_refused();
  }
  if (seconds.value_or(0) != 0) out.time = UnixMillis{static_cast<std::int64_t>(*seconds) * 1000};
  const json& promise = json_value(value, "inclusionPromise");
  out.promise = json_bytes(promise, "signedEntryTimestamp");
  if (!promise.is_null() && out.promise.empty()) return entry_refused();
  const json& proof = json_value(value, "inclusionProof");
  if (!proof.is_null()) {
    DAYMARK_TRY(out.proof, read_proof(proof));
  }
  out.body = json_bytes(value, "canonicalizedBody");
  return out.body.empty() ? Result<LogEntry>(entry_refused()) : out;
}

Result<std::vector<std::vector<Byte>>> read_timestamps(const json& value) {
  std::vector<std::vector<Byte>> out;
  const json& list = json_value(value, "rfc3161Timestamps");
  if (list.is_null()) return out;
  if (!list.is_array() || list.size() > model_proofs_max) {
    return fail(errc::model_bundle, field::model_timestamp);
  }
  for (const json& one : list) {
    out.push_back(json_bytes(one, "signedTimestamp"));
    if (out.back().empty()) return fail(errc::model_bundle, field::model_timestamp);
  }
  return out;
}

}  // namespace daymark::evidence::sigstore
