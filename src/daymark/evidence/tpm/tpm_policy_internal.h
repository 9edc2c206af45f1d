// What a policy says of TPMs.
#pragma once

#include "daymark/evidence/policy.h"
#include "daymark/evidence/tpm/tpm_quote.h"

namespace daymark::evidence {

/// Whether the policy says anything about TPMs.
[[nodiscard]] bool concerns_tpms(const EvidencePolicy& policy);

/// A statement that was verified, as far as a policy asks.
struct TpmPolicySubject {
  const TpmsAttest& attest;
  const PcrBanks& pcrs;
  /// Nothing where the issuer was not shown.
  const EkCertificate* issued;
  std::span<const Ground> grounds;
};

/// Errors: errc::policy_pcr with the number of the PCR, errc::policy_tpm_firmware,
/// errc::policy_ek_issuer, errc::policy_demand.
[[nodiscard]] Result<void> check_tpm_policy(const EvidencePolicy& policy,
                                            const TpmPolicySubject& subject);

}  // namespace daymark::evidence
