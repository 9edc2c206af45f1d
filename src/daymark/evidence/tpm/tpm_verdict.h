// The verdict on an attestation that came with a TPM's statements: the level that it earns, and on
// what grounds. Host only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/evidence/tpm/tpm_binding.h"
#include "daymark/evidence/verdict.h"

namespace daymark::evidence {

struct TpmJudgeOptions {
  /// The signed enrolment and whose signature counts; without it no TPM is known for the chip.
  std::optional<std::vector<Byte>> enrolment;
  crypto::PublicKey maker;
  /// The chip asked about, where it is known beforehand.
  std::optional<crypto::PublicKey> chip;
  /// The nonce that the asker gave to the chip; without it freshness is not judged.
  std::optional<std::vector<Byte>> nonce;
  /// Authorities for endorsement certificates, PEM; without it the issuer is not judged.
  std::string authorities;
  UnixMillis as_of;
};

struct TpmVerdict {
  Verdict verdict = Verdict::refused;
  /// The rule that decided: an error, errc::tpm_bound or errc::tpm_not_enrolled.
  Error reason;
  /// L2 where the attestation is bound to the enrolled TPM; L1 where no TPM is enrolled and the
  /// chip's own signature holds; L0 before.
  Level level = Level::declared;
  UnixMillis as_of;
  /// In the order in which the questions were put; after the first that failed none is.
  std::vector<Ground> grounds;
  std::optional<EkCertificate> certificate;
  bool software = false;  ///< the certificate is one of a software TPM
  std::uint64_t counter = 0;
  std::uint32_t resets = 0;   ///< of the TPM
  bool boot_changed = false;  ///< PCRs are not those at enrolment
};

/// Judges one encoded TpmAttested. `undecided` where no enrolment is given.
[[nodiscard]] TpmVerdict judge_tpm_attested(ByteView encoded, const TpmJudgeOptions& options);

/// "TPM of id:53544D20 ST33" or "software TPM of id:00001014 swtpm".
[[nodiscard]] std::string name_of_tpm(const EkCertificate& certificate);

[[nodiscard]] std::string to_json(const TpmVerdict& verdict);
[[nodiscard]] std::string to_text(const TpmVerdict& verdict, Language language);

}  // namespace daymark::evidence
