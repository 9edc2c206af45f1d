// Judges statements of TPMs of other hosts: quotes over PCRs, certified NV contents, certified
// objects. Host only, no state.
//
// "Genuine" means: the key that the asker named signed this, and it signs nothing but what its TPM
// made. "Known" compares the quoted PCRs with the asker's reference values. What the TPM is comes
// from its endorsement certificate; without one nobody says whether it is hardware.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daymark/crypto/signer.h"
#include "daymark/evidence/policy.h"
#include "daymark/evidence/tpm/tpm_attest.h"
#include "daymark/evidence/tpm/tpm_event_log.h"
#include "daymark/evidence/tpm/tpm_key.h"
#include "daymark/evidence/verdict.h"

namespace daymark::evidence {

/// PCR values by TPM_ALG_ID of their bank.
using PcrBanks = std::map<std::uint16_t, PcrValues>;

/// A statement with what came along with it. Empty where something did not.
struct TpmQuoteEvidence {
  std::vector<Byte> attest;     ///< TPMS_ATTEST
  std::vector<Byte> signature;  ///< any form of TpmKey::verify
  std::vector<Byte> key;        ///< any form of TpmKey::parse
  PcrBanks pcrs;
  std::vector<Byte> event_log;
};

/// What is never taken in a verdict, allowed to compare foreign vectors.
struct TpmQuoteExceptions {
  bool sha1 = false;
  bool empty_nonce = false;
};

struct TpmQuoteOptions {
  /// The challenge that the asker drew; without it freshness is not judged.
  std::optional<std::vector<Byte>> nonce;
  /// The attestation key that the asker trusts, any form of TpmKey::parse.
  std::optional<std::vector<Byte>> key;
  /// In its place a maker's signed enrolment (tpm_binding.h), which also shows the TPM.
  std::optional<std::vector<Byte>> enrolment;
  crypto::PublicKey maker;
  /// Or the transcript of an activation by a challenger whom the asker trusts (tpm_activation.h).
  std::optional<std::vector<Byte>> activation;
  crypto::PublicKey challenger;
  /// The endorsement certificate of the TPM, DER, where no enrolment names it. Nothing but the
  /// asker's own activation of a credential links it to the key.
  std::optional<std::vector<Byte>> endorsement;
  /// Authorities for endorsement certificates, PEM; without it the issuer is not judged.
  std::string authorities;
  /// Reference values of PCRs; without it nothing is known.
  std::optional<PcrBanks> reference;
  /// What the asker allows; without it, or where it says nothing of TPMs, that is not judged.
  const EvidencePolicy* policy = nullptr;
  UnixMillis as_of;
  TpmQuoteExceptions exceptions;
};

/// Kind "tpm-quote". L2 where the asker's key held and its attributes are known; L1 where a key
/// signed of which they are not, or that nobody named (then `undecided`); L0 before.
[[nodiscard]] EvidenceVerdict verify_tpm_quote(const TpmQuoteEvidence& evidence,
                                               const TpmQuoteOptions& options);

/// The digest over the values of all PCRs of a selection, by the hash of the signature.
/// Errors: errc::quote_values_missing with the number of the PCR.
[[nodiscard]] Result<std::vector<Byte>> digest_of_selection(const TpmsQuote& quote,
                                                            const PcrBanks& values,
                                                            std::uint16_t hash);

}  // namespace daymark::evidence
