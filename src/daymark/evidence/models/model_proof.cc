#include "daymark/evidence/models/model_proof.h"

#include <algorithm>

#include <fmt/format.h>

#include "daymark/base/time.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/models/timestamp_token.h"

namespace daymark::evidence {

namespace {

void list_unjudged(const ModelBundle& bundle, const TrustedRoot& root, ModelProof& out) {
  const auto list = [&out](std::string_view question, std::string words) {
    out.grounds.push_back({question, Finding::not_judged, {}, std::move(words)});
  };
  if (root.logs.empty() && !bundle.log_entries.empty()) {
    list("log entry", fmt::format("{} entries, and no log was given", bundle.log_entries.size()));
  }
  if (root.timestamp_authorities.empty() && !bundle.timestamps.empty()) {
    list("timestamp",
         fmt::format("{} timestamps, and no authority was given", bundle.timestamps.size()));
  }
  for (const std::string& name : root.unread)
    list("log key", fmt::format("{}: a kind of key that is not read here", name));
}

Result<void> judge_entries(const ModelBundle& bundle, const TrustedRoot& root,
                           const LoggedSignature& about, ModelProof& out) {
  if (root.logs.empty()) return ok();
  if (bundle.log_entries.empty()) return fail(errc::sigstore_log_missing, field::logged_signature);
  std::size_t held = 0;
  for (const LogEntry& entry : bundle.log_entries) {
    const auto verified = verify_log_entry(entry, root, about);
    if (!verified && verified.error().code != errc::sigstore_log_unknown) {
      return fail(verified.error());
    }
    if (!verified) {
      out.grounds.push_back({"log entry", Finding::unknown, verified.error(),
                             "by a log that the root does not name"});
      continue;
    }
    ++held;
    const auto time = verified->time();
    if (time) out.times.push_back(*time);
    out.grounds.push_back(
        {"log entry",
         Finding::held,
         {},
         fmt::format("{}, entry {}, taken in {}", verified->log(), entry.index,
                     time ? "at " + to_rfc3339(*time) : "at a time that nothing vouches for")});
  }
  if (held == 0) return fail(errc::sigstore_log_unknown, field::logged_signature);
  // Who logs sees one history; who verifies offline sees one checkpoint.
  out.grounds.push_back({"one history",
                         Finding::not_judged,
                         {},
                         "whether the log shows others the same history can't be seen offline"});
  out.grounds.push_back({"envelope hash",
                         Finding::not_judged,
                         {},
                         "the entry's hash of the envelope as it was sent to the log"});
  return ok();
}

Result<void> judge_timestamps(const ModelBundle& bundle, const TrustedRoot& root,
                              const LoggedSignature& about, ModelProof& out) {
  if (root.timestamp_authorities.empty()) return ok();
  for (const std::vector<Byte>& one : bundle.timestamps) {
    DAYMARK_TRY(const UnixMillis time,
                verify_timestamp(one, about.signature, root.timestamp_authorities));
    out.times.push_back(time);
    out.grounds.push_back({"timestamp", Finding::held, {}, to_rfc3339(time)});
  }
  return ok();
}

}  // namespace

Result<ModelProof> judge_proof(const ModelBundle& bundle, const TrustedRoot& root,
                               const LoggedSignature& about) {
  ModelProof out;
  DAYMARK_CHECK(judge_entries(bundle, root, about, out));
  DAYMARK_CHECK(judge_timestamps(bundle, root, about, out));
  list_unjudged(bundle, root, out);
  return out;
}

}  // namespace daymark::evidence
