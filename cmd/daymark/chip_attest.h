// daymark chip attest, daymark verify tpm: an attestation bound to a TPM, asked for and judged.
#pragma once

#include "commands.h"

#include "daymark/evidence/tpm/tpm_verdict.h"

namespace daymark::cli {

/// What somebody who judges a TPM's statements has to bring.
struct TpmTrust {
  std::string enrolment;    ///< file of the maker's record
  std::string maker;        ///< file of the maker's public key
  std::string authorities;  ///< PEM file of authorities for endorsement certificates
};

/// Adds the options; returns the one of the enrolment.
CLI::Option* add_tpm_trust(CLI::App& command, TpmTrust& trust);

/// Reads the files. Errors: those of read_file and read_public_keys.
[[nodiscard]] Outcome<evidence::TpmJudgeOptions> tpm_judge_options(const TpmTrust& trust);

/// Asks the governor at `socket` with a nonce of its own and judges the answer.
[[nodiscard]] Outcome<evidence::TpmVerdict> ask_tpm_verdict(const std::string& socket,
                                                            const TpmTrust& trust,
                                                            UnixMillis as_of);

void add_chip_attest(CLI::App& family, Session& session);
void add_verify_tpm(CLI::App& family, Session& session);

}  // namespace daymark::cli
