// Evidence in words: every field of a report, of reference values or of a revocation answer, with
// the place where it stands. Nothing here is verified.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::evidence {

struct ExplainedField {
  /// Byte offset in the report; the line in reference values; 0 in a revocation answer.
  std::uint32_t place = 0;
  /// Bytes, where the place is an offset.
  std::uint32_t size = 0;
  std::string name;
  std::string value;
};

struct Explanation {
  /// "NVIDIA attestation report", "NVIDIA reference values", "OCSP answer".
  std::string_view kind;
  /// What `place` counts: "offset", "line" or "".
  std::string_view place;
  std::vector<ExplainedField> fields;
};

/// Errors: those of parse_report.
[[nodiscard]] Result<Explanation> explain_report(ByteView report);

/// Errors: those of read_rim.
[[nodiscard]] Result<Explanation> explain_rim(ByteView text);

/// DER. Errors: those of parse_ocsp.
[[nodiscard]] Result<Explanation> explain_ocsp(ByteView der);

/// Whatever it is: a governor's attestation (governor_explain.h), a TPM's statement, key, signature
/// or event log (tpm_explain.h), XML, DER, base64
/// of DER, hexadecimal or raw report. Errors: those of each, errc::evidence_form.
[[nodiscard]] Result<Explanation> explain_any(ByteView content);

[[nodiscard]] std::string explanation_text(const Explanation& explanation);
[[nodiscard]] std::string explanation_json(const Explanation& explanation);

}  // namespace daymark::evidence
