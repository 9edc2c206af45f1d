// Evidence of a submodule, judged by the verifier of its kind.
#pragma once

#include <vector>

#include "daymark/evidence/governor/governor_verdict.h"

namespace daymark::evidence {

/// What a submodule's evidence has to answer.
struct SubmoduleQuestion {
  std::string file;  ///< printed in the verdict
  crypto::PublicKey chip;
  std::vector<Byte> nonce;
  /// Whether another nonce refuses it; else that is only said.
  bool demanded = false;
  /// Whether `nonce` is the asker's own for this submodule; else it follows from the attestation's.
  bool own = false;
};

/// One verdict for each item of evidence. A fact "question" says what the item answers.
[[nodiscard]] std::vector<EvidenceVerdict> judge_governor_submodule(
    const DetachedSubmodule& member, const SubmoduleQuestion& question,
    const SubmoduleOptions& options);

}  // namespace daymark::evidence
