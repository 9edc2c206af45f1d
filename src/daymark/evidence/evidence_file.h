// Files of evidence: raw report, hexadecimal report, or NVIDIA's JSON array.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/evidence/nvidia/nvidia.h"

namespace daymark::evidence {

/// Largest file of evidence; give it to read_file.
inline constexpr std::size_t evidence_file_max = 4UL << 20;
/// Most devices in one file.
inline constexpr std::size_t evidence_items_max = 64;

/// One device's evidence, or why this item is none.
using EvidenceItem = Result<NvidiaEvidence>;

/// NVIDIA's form: [{"arch", "nonce" (hex), "evidence" (base64 report), "certificate" (base64 of the
/// PEM chain)}]. Unknown keys with plain values are ignored; repeated keys are refused. A bad value
/// spoils its item, a bad structure the whole.
/// Errors: errc::evidence_json, errc::evidence_items.
[[nodiscard]] Result<std::vector<EvidenceItem>> parse_evidence_json(std::string_view text);

/// Any of the forms, told apart by the first byte. Hexadecimal text may have white space around it.
/// Errors: errc::evidence_form, those of parse_evidence_json, errc::hex_malformed.
[[nodiscard]] Result<std::vector<EvidenceItem>> parse_evidence_file(ByteView content);

struct EvidenceFile {
  /// Printed in the verdict.
  std::string name;
  ByteView content;
  /// The chain for a raw or hexadecimal report, as PEM; items of JSON bring their own.
  std::string chain;
};

/// Whether a file holds reference values: its first character opens an XML element.
[[nodiscard]] bool is_reference_file(ByteView content);

/// Judges a file of reference values by itself: form, signature, validity of its signers at the
/// stated time, their revocation where answers are given. Kind "nvidia-rim"; no device, level L0,
/// because no device says anything here. Genuine means that NVIDIA signed it.
[[nodiscard]] EvidenceVerdict verify_reference(const ReferenceFile& file,
                                               const VerifyOptions& options);

/// One verdict for each item; one verdict "refused" for a file that is not well-formed evidence.
[[nodiscard]] std::vector<EvidenceVerdict> verify_file(const NvidiaVerifier& verifier,
                                                       const EvidenceFile& file,
                                                       const VerifyOptions& options);

}  // namespace daymark::evidence
