// A governor's attestation in words, claim by claim, and what its members are. Nothing here is
// verified.
#pragma once

#include "daymark/evidence/explain.h"
#include "daymark/evidence/governor/governor_eat.h"

namespace daymark::evidence {

/// The attestation alone or a bundle; evidence of members is explained as explain_any does, each
/// field under the member's name. Errors: those of parse_governor_eat and
/// governor::parse_attestation.
[[nodiscard]] Result<Explanation> explain_governor(ByteView content);

}  // namespace daymark::evidence
