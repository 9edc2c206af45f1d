// Files in which statements of TPMs travel. Host only.
//
//   raw      TPMS_ATTEST as the TPM gave it; signature, key and values in files of their own
//   trustee  {"signature", "message", "pcrs"} (hex), the same in "tpm_quote" beside "hcl_report",
//            or base64 beside "ak_public" (confidential-containers/trustee)
//   go       {"AK": {"Public"}, "Quote": {"Quote", "Signature"}, "Log": {"PCRs", "Raw"}}
//            (google/go-attestation)
#pragma once

#include <string_view>

#include "daymark/evidence/tpm/tpm_quote.h"

namespace daymark::evidence {

/// Largest file of PCR values.
inline constexpr std::size_t pcr_file_max = 256UL << 10;

/// Whether a file holds a TPM's statement: TPMS_ATTEST, or JSON of the forms above.
[[nodiscard]] bool is_tpm_file(ByteView content);

/// One of the forms above. PCRs that are given without their numbers belong to the quote's bank.
/// Errors: errc::quote_file_form, errc::json_malformed. A raw file is not looked into.
[[nodiscard]] Result<TpmQuoteEvidence> parse_tpm_file(ByteView content);

/// PCR values: all digests of one bank's selection one behind the other, as `tpm2_quote -F values`
/// writes them, or {"banks": {"SHA256": {"0": hex, …}}}. `attest` names the selection that bare
/// digests belong to. Errors: errc::pcr_values_form, those of parse_tpms_attest for bare digests.
[[nodiscard]] Result<PcrBanks> parse_pcr_values(ByteView content, ByteView attest);

}  // namespace daymark::evidence
