// What a model's bundle proves besides its signature, by the asker's trust root: entries of
// transparency logs, timestamps, the certificate's own log; and what stays open, by name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daymark/evidence/models/log_entry.h"
#include "daymark/evidence/models/model_bundle.h"
#include "daymark/evidence/verdict.h"

namespace daymark::evidence {

/// What became of one part of the proof.
struct ProofGround {
  /// "log entry", "timestamp", "certificate log", "identity", "envelope hash", "one history".
  std::string_view question;
  Finding finding = Finding::not_judged;
  /// The rule, where it did not hold.
  Error reason;
  /// Which log, which time, or why it is not judged.
  std::string words;
};

struct ModelProof {
  std::vector<ProofGround> grounds;
  /// When the signature was made, by each of those that vouch for a time.
  std::vector<UnixMillis> times;
};

/// Judges entries and timestamps. Where the root names logs, at least one entry must be by one of
/// them; an entry by one that fails refuses the whole. Without logs or authorities in the root the
/// parts that came are listed as not judged.
/// Errors: those of verify_log_entry and verify_timestamp; errc::sigstore_log_missing.
[[nodiscard]] Result<ModelProof> judge_proof(const ModelBundle& bundle, const TrustedRoot& root,
                                             const LoggedSignature& about);

}  // namespace daymark::evidence
