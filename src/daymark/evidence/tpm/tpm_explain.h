// Statements, keys, signatures and event logs of TPMs in words, field by field. Nothing here is
// verified.
#pragma once

#include <optional>

#include "daymark/evidence/explain.h"

namespace daymark::evidence {

/// TPMS_ATTEST. Errors: those of parse_tpms_attest.
[[nodiscard]] Result<Explanation> explain_tpm_statement(ByteView attest);

/// TPMT_PUBLIC or TPM2B_PUBLIC. Errors: those of parse_tpmt_public.
[[nodiscard]] Result<Explanation> explain_tpm_public(ByteView area);

/// TPMT_SIGNATURE. Errors: those of parse_tpmt_signature.
[[nodiscard]] Result<Explanation> explain_tpm_signature(ByteView signature);

/// Every event, then what each bank adds up to. Errors: those of parse_event_log.
[[nodiscard]] Result<Explanation> explain_event_log(ByteView log);

/// JSON of parse_tpm_file's forms: the statement in it. Errors: those of both.
[[nodiscard]] Result<Explanation> explain_tpm_file(ByteView content);

/// Whichever of the above begins like this; nothing where none does.
[[nodiscard]] std::optional<Result<Explanation>> explain_tpm_any(ByteView content);

}  // namespace daymark::evidence
