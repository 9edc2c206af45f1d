// Verdicts as an EAT attestation result (EAR, draft-ietf-rats-ear) with an AR4SI trustworthiness
// vector (draft-ietf-rats-ar4si). Unsigned JSON claims: whoever hands them on signs them.
#pragma once

#include <span>
#include <string>

#include "daymark/evidence/verdict.h"

namespace daymark::evidence {

/// One submodule for each verdict, by its file's name. `ear.status` is affirming only where the
/// device is genuine and its measurements are known; what was not judged stays 0 in the vector.
[[nodiscard]] std::string to_ear(std::span<const EvidenceVerdict> verdicts, UnixMillis issued_at);

}  // namespace daymark::evidence
