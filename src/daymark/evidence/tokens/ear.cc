#include "daymark/evidence/tokens/ear.h"

#include <nlohmann/json.hpp>

#include "daymark/base/hex.h"
#include "daymark/base/time.h"
#include "daymark/evidence/errors.h"

namespace daymark::evidence {

namespace {

using EarJson = nlohmann::ordered_json;

// Values of AR4SI §2.3; each claim has its own meaning of them.
constexpr int claim_none = 0;
constexpr int recognized_instance = 2;
constexpr int unrecognized_instance = 97;
constexpr int crypto_failed = 99;
constexpr int approved_configuration = 2;
constexpr int unsupportable_configuration = 96;
constexpr int approved_at_boot = 3;
constexpr int unrecognized_executables = 33;
constexpr int genuine_hardware = 2;
constexpr int unrecognized_hardware = 97;

struct ClaimValues {
  int held;
  int failed;
};

int claim_of(const Answer& answer, ClaimValues values) {
  if (answer.finding == Finding::held) return values.held;
  return answer.finding == Finding::failed ? values.failed : claim_none;
}

std::string_view status_name(const EvidenceVerdict& verdict) {
  if (verdict.verdict == Verdict::refused) return "contraindicated";
  const bool known = verdict.known.finding == Finding::held;
  return verdict.verdict == Verdict::genuine && known ? "affirming" : "none";
}

EarJson vector_of(const EvidenceVerdict& verdict) {
  const Errc reason = verdict.genuine.reason.code;
  const bool forged = reason == errc::evidence_signature || reason == errc::tpm_signature;
  // Only the device's own maker says what hardware it is; a TPM may be software.
  const Answer hardware = verdict.kind.starts_with("nvidia") ? verdict.genuine : Answer{};
  const int instance = forged ? crypto_failed : unrecognized_instance;
  return {{"instance-identity", claim_of(verdict.genuine, {recognized_instance, instance})},
          {"configuration",
           claim_of(verdict.allowed, {approved_configuration, unsupportable_configuration})},
          {"executables", claim_of(verdict.known, {approved_at_boot, unrecognized_executables})},
          {"hardware", claim_of(hardware, {genuine_hardware, unrecognized_hardware})}};
}

EarJson submodule_of(const EvidenceVerdict& verdict) {
  EarJson out{{"ear.status", status_name(verdict)},
              {"ear.trustworthiness-vector", vector_of(verdict)},
              {"daymark.reason", entry_of(verdict.reason.code).name},
              {"daymark.level", static_cast<unsigned>(verdict.level)},
              {"daymark.as-of", to_rfc3339(verdict.as_of)}};
  if (verdict.device) {
    out["ueid"] = verdict.device->certified.ueid;
    out["eat_nonce"] = to_hex(verdict.device->nonce);
  }
  for (const Fact& fact : verdict.facts) {
    if (fact.name == "nonce") out["eat_nonce"] = fact.value;
    if (fact.name == "TPM") out["daymark.tpm"] = fact.value;
    if (fact.name == "worth") out["daymark.worth"] = fact.value;
  }
  return out;
}

}  // namespace

std::string to_ear(std::span<const EvidenceVerdict> verdicts, UnixMillis issued_at) {
  EarJson submodules = EarJson::object();
  for (const EvidenceVerdict& verdict : verdicts) {
    submodules[verdict.file.empty() ? "device" : verdict.file] = submodule_of(verdict);
    // A governor's own, flat beside it: the name of the file, '#', the name of the submodule.
    for (const EvidenceVerdict& one : verdict.submodules)
      submodules[one.file] = submodule_of(one);
  }
  const EarJson out{{"eat_profile", "tag:github.com,2023:veraison/ear"},
                    {"iat", issued_at.value / 1000},
                    {"ear.verifier-id", {{"developer", "Daymark"}, {"build", "daymark"}}},
                    {"submods", std::move(submodules)}};
  return out.dump(2, ' ', false, EarJson::error_handler_t::replace);
}

}  // namespace daymark::evidence
