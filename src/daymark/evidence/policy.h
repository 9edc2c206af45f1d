// What a verifier's owner allows, beside what is genuine and known: a small JSON file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::evidence {

/// Largest policy file.
inline constexpr std::size_t policy_size_max = 64UL << 10;

/// A value that a PCR may have.
struct AllowedPcr {
  std::uint16_t hash = 0;  ///< TPM_ALG_ID
  unsigned pcr = 0;
  std::vector<Byte> value;
};

/// A list that is empty allows everything. Texts are compared as they are, versions without regard
/// to case.
struct EvidencePolicy {
  /// First word of the device certificate's common name: "GH100", "GB100", "LS_10".
  std::vector<std::string> models;
  std::vector<std::string> drivers;
  std::vector<std::string> vbios;
  /// "single GPU", "multi GPU", "protected PCIe".
  std::vector<std::string> modes;
  /// Questions that must be held: "freshness", "firmware identity", "revocation", "known",
  /// "issuer", "event log".
  std::vector<std::string> demand;
  /// For TPMs: values that a PCR may have; each PCR that is listed must be quoted.
  std::vector<AllowedPcr> pcrs;
  /// For TPMs: firmware versions, 16 hex digits as a TPM states them.
  std::vector<std::string> tpm_firmware;
  /// For TPMs: names of issuers of endorsement certificates as RFC 2253 writes them. An issuer
  /// counts where it leads to an authority that was given.
  std::vector<std::string> ek_issuers;
  /// SHA-256 of each certificate (DER) that may be on hold.
  std::vector<Digest> hold_accepted;
};

/// One JSON object with these members and no other, each optional:
/// {"models": […], "drivers": […], "vbios": […], "modes": […], "demand": […],
///  "hold_accepted": [64 hex digits, …], "pcrs": ["SHA256:7:<hex>", …], "tpm_firmware": […],
///  "ek_issuers": […]}.
/// Errors: errc::policy_form, errc::json_malformed.
[[nodiscard]] Result<EvidencePolicy> parse_policy(std::string_view text);

}  // namespace daymark::evidence
