#include "daymark/evidence/models/log_entry.h"

#include <algorithm>

#include "daymark/base/encode.h"
#include "daymark/base/json_internal.h"
#include "daymark/crypto/ports.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/models/model_material_internal.h"
#include "daymark/evidence/pki/pem.h"
#include "daymark/tlog/checkpoint.h"
#include "daymark/tlog/errors.h"

namespace daymark::evidence {

namespace {

using nlohmann::json;
using sigstore::json_bytes;
using sigstore::json_text;
using sigstore::json_value;

std::unexpected<Error> entry_fails(Errc code) {
  return fail(code, field::logged_signature);
}

Result<const TrustedLog*> log_of(const LogEntry& entry, const TrustedRoot& root) {
  const auto found = std::ranges::find(root.logs, entry.log, &TrustedLog::id);
  if (found == root.logs.end()) return entry_fails(errc::sigstore_log_unknown);
  return &*found;
}

/// Whether the PEM text in the body is the signer's certificate or key.
bool names_signer(const std::vector<Byte>& pem, const LoggedSignature& about) {
  if (!about.certificate.empty()) {
    const auto certificates = parse_pem_certificates(text_of(pem));
    return certificates && equal(certificates->front(), about.certificate);
  }
  const auto key = VerifyingKey::from_pem(text_of(pem));
  return key && !about.key.empty() && equal(key->spki(), about.key);
}

/// The body of kind dsse 0.0.1 (sigstore/rekor, pkg/types/dsse/v0.0.1).
Result<void> check_body(const LogEntry& entry, const LoggedSignature& about) {
  if (entry.kind != "dsse" || entry.version != "0.0.1") {
    return entry_fails(errc::sigstore_entry_kind);
  }
  const auto document = internal::parse_json(text_of(entry.body));
  if (!document || json_text(*document, "kind") != "dsse" ||
      json_text(*document, "apiVersion") != "0.0.1") {
    return entry_fails(errc::sigstore_entry);
  }
  const json& spec = json_value(*document, "spec");
  const json& hash = json_value(spec, "payloadHash");
  const json& signatures = json_value(spec, "signatures");
  const std::string payload = to_hex(crypto::sha256(bytes_of(about.payload)));
  const bool content = json_text(hash, "algorithm") == "sha256" &&
                       json_text(hash, "value") == payload && signatures.is_array() &&
                       signatures.size() == 1;
  if (!content) return entry_fails(errc::sigstore_entry);
  const json& one = signatures.front();
  const bool same = equal(json_bytes(one, "signature"), about.signature) &&
                    names_signer(json_bytes(one, "verifier"), about);
  return same ? ok() : entry_fails(errc::sigstore_entry);
}

/// Whether one signature of the note is by the log's key, under the hint that its id gives.
bool is_signed_by(const tlog::Note& note, const TrustedLog& log) {
  constexpr std::size_t hint_size = 4;
  return std::ranges::any_of(note.list(), [&](const tlog::NoteSignature& one) {
    const auto decoded = from_base64(one.base64);
    return decoded && decoded->size() > hint_size &&
           equal(one.hash, ByteView(log.id).first(hint_size)) &&
           log.key.verifies_der(bytes_of(note.body), ByteView(*decoded).subspan(hint_size));
  });
}

Result<void> check_proof(const LogEntry& entry, const TrustedLog& log) {
  if (!entry.proof) return entry_fails(errc::sigstore_proof_missing);
  const LogProof& proof = *entry.proof;
  const Digest leaf = tlog::hash_leaf(entry.body);
  DAYMARK_CHECK(tlog::verify_inclusion(leaf, proof.index, proof.size, proof.path, proof.root));
  const auto checkpoint = tlog::parse_checkpoint(proof.checkpoint);
  const bool same = checkpoint && checkpoint->head == tlog::TreeHead{proof.size, proof.root} &&
                    is_signed_by(checkpoint->note, log);
  return same ? ok() : entry_fails(errc::sigstore_checkpoint);
}

/// The promise is over canonical JSON (RFC 8785) of what the log stored.
std::string promised_text(const LogEntry& entry) {
  const json out{{"body", to_base64(entry.body)},
                 {"integratedTime", entry.time->value / 1000},
                 {"logID", to_hex(entry.log)},
                 {"logIndex", entry.index}};
  return out.dump();
}

/// The time that the log vouches for; nothing without a promise.
Result<std::optional<UnixMillis>> promised_time(const LogEntry& entry, const TrustedLog& log) {
  if (entry.promise.empty()) return std::optional<UnixMillis>{};
  if (!entry.time || !log.key.verifies_der(bytes_of(promised_text(entry)), entry.promise)) {
    return entry_fails(errc::sigstore_promise);
  }
  if (!log.valid.covers(*entry.time)) return entry_fails(errc::sigstore_log_time);
  return entry.time;
}

}  // namespace

Result<VerifiedLogEntry> verify_log_entry(const LogEntry& entry, const TrustedRoot& root,
                                          const LoggedSignature& about) {
  DAYMARK_TRY(const TrustedLog* const log, log_of(entry, root));
  DAYMARK_CHECK(check_body(entry, about));
  DAYMARK_CHECK(check_proof(entry, *log));
  DAYMARK_TRY(const auto time, promised_time(entry, *log));
  return VerifiedLogEntry(log->name, time);
}

}  // namespace daymark::evidence
