// Options of `daymark evidence verify` for a governor's attestation with its submodules, and
// `daymark evidence nonce`.
#pragma once

#include <string>
#include <vector>

#include "commands.h"
#include "evidence_tpm.h"

#include "daymark/evidence/governor/governor_verdict.h"

namespace daymark::cli {

struct GovernorFiles {
  std::string chip;                           ///< id, hexadecimal
  std::string submodule_key;                  ///< who signed tokens among the submodules
  std::string age;                            ///< "10m"
  std::vector<std::string> submodule_nonces;  ///< NAME=HEX
};

void add_governor_options(CLI::App& command, GovernorFiles& files);

/// What the other options of the command give; nonces in it do not count.
struct GovernorBasis {
  std::optional<evidence::VerifyingKey> key;  ///< the chip's
  std::optional<std::vector<Byte>> nonce;
  evidence::VerifyOptions report;
  std::string chain;
  std::span<const evidence::CorimReference> corims;
};

/// Errors: those of reading the files, errc::usage_wrong; errc::verifying_key for a key that is no
/// chip's.
[[nodiscard]] Outcome<evidence::EvidenceVerdict> verify_governor_file(const TpmQuestion& question,
                                                                      const GovernorBasis& basis,
                                                                      const GovernorFiles& files,
                                                                      const TpmFiles& tpm);

/// What the evidence of a submodule has to answer.
void add_evidence_nonce(CLI::App& family, Session& session);

}  // namespace daymark::cli
