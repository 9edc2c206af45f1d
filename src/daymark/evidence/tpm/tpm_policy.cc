#include <algorithm>

#include <fmt/format.h>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/tpm/ek_certificate.h"
#include "daymark/evidence/tpm/tpm_policy_internal.h"

namespace daymark::evidence {

namespace {

/// The quoted value; null where this PCR of this bank was not quoted or not given.
const std::vector<Byte>* quoted_value(const TpmPolicySubject& subject, const AllowedPcr& one) {
  const auto* const quote = std::get_if<TpmsQuote>(&subject.attest.info);
  if (quote == nullptr) return nullptr;
  const auto bank = std::ranges::find(quote->banks, one.hash, &PcrSelection::hash);
  const auto values = subject.pcrs.find(one.hash);
  const bool selected = bank != quote->banks.end() && (bank->mask >> one.pcr & 1U) != 0;
  if (!selected || values == subject.pcrs.end()) return nullptr;
  const auto found = values->second.find(one.pcr);
  return found == values->second.end() ? nullptr : &found->second;
}

Result<void> check_allowed_pcrs(const EvidencePolicy& policy, const TpmPolicySubject& subject) {
  for (const AllowedPcr& one : policy.pcrs) {
    const std::vector<Byte>* const value = quoted_value(subject, one);
    const bool allowed =
        value != nullptr && std::ranges::any_of(policy.pcrs, [&](const AllowedPcr& other) {
          return other.hash == one.hash && other.pcr == one.pcr && other.value == *value;
        });
    if (!allowed) return fail(errc::policy_pcr, field::tpm_pcr, one.pcr);
  }
  return ok();
}

bool lists_text(const std::vector<std::string>& list, std::string_view value) {
  return list.empty() || std::ranges::find(list, value) != list.end();
}

}  // namespace

bool concerns_tpms(const EvidencePolicy& policy) {
  return !policy.pcrs.empty() || !policy.tpm_firmware.empty() || !policy.ek_issuers.empty();
}

Result<void> check_tpm_policy(const EvidencePolicy& policy, const TpmPolicySubject& subject) {
  DAYMARK_CHECK(check_allowed_pcrs(policy, subject));
  if (!lists_text(policy.tpm_firmware, fmt::format("{:016x}", subject.attest.firmware))) {
    return fail(errc::policy_tpm_firmware, field::policy_member);
  }
  const bool shown =
      subject.issued != nullptr && lists_text(policy.ek_issuers, subject.issued->issuer);
  if (!policy.ek_issuers.empty() && !shown) {
    return fail(errc::policy_ek_issuer, field::policy_member);
  }
  for (std::size_t i = 0; i < policy.demand.size(); ++i) {
    const bool held = std::ranges::any_of(subject.grounds, [&](const Ground& ground) {
      return ground.question == policy.demand[i] && ground.finding == Finding::held;
    });
    if (!held) {
      return fail(errc::policy_demand, field::policy_member, static_cast<std::uint32_t>(i));
    }
  }
  return ok();
}

}  // namespace daymark::evidence
