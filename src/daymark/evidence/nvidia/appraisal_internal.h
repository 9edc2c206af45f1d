// The questions that come after "genuine": revoked, known, allowed.
#pragma once

#include <span>
#include <vector>

#include "daymark/evidence/nvidia/nvidia.h"
#include "daymark/evidence/pki/revocation_internal.h"

namespace daymark::evidence {

/// Asks for every subject; what was found goes into the verdict. Held where all are good, failed
/// where one is revoked, unknown in between; not judged without answers.
[[nodiscard]] Answer appraise_revocation(std::span<const RevocationSubject> subjects,
                                         const VerifyOptions& options, EvidenceVerdict& verdict);

/// Compares the report of the verdict's device with the reference values given. Failed where they
/// differ or a file given is no good; unknown where none was given for a part of the device or
/// nobody knows whether its signer was revoked.
[[nodiscard]] Answer appraise_known(const SpdmReport& report, const VerifyOptions& options,
                                    EvidenceVerdict& verdict);

/// Holds the verdict so far against the policy.
[[nodiscard]] Answer appraise_allowed(const VerifyOptions& options, const EvidenceVerdict& verdict);

}  // namespace daymark::evidence
