// Options and files of `daymark evidence verify` for statements of TPMs and described hosts.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "daymark/base/failure.h"
#include "daymark/base/units.h"
#include "daymark/evidence/policy.h"
#include "daymark/evidence/tpm/tpm_quote.h"
#include "daymark/evidence/verdict.h"

namespace daymark::cli {

/// What stands in files of its own; empty where it is not given.
struct TpmFiles {
  std::string signature;
  std::string key;
  std::string pcrs;
  std::string event_log;
  std::string endorsement;
  std::string authorities;
  std::string enrolment;
  std::string maker;
  std::string activation;
  std::string challenger;
  std::string reference;
  std::string quote;
};

void add_tpm_options(CLI::App& command, TpmFiles& files);

/// A file of evidence with what was asked of it.
struct TpmQuestion {
  std::string file;
  ByteView content;
  std::string nonce;  ///< hexadecimal; empty where none is given
  UnixMillis as_of;
  const evidence::EvidencePolicy* policy = nullptr;
};

/// Errors: those of reading the files.
[[nodiscard]] Outcome<evidence::TpmQuoteOptions> tpm_quote_options(const TpmQuestion& question,
                                                                   const TpmFiles& files);

/// Whether the content is a TPM's statement, the transcript of an activation, or a description of a
/// host.
[[nodiscard]] bool is_tpm_evidence(ByteView content);

/// Errors: those of reading the files, errc::usage_wrong.
[[nodiscard]] Outcome<evidence::EvidenceVerdict> verify_tpm_file(const TpmQuestion& question,
                                                                 const TpmFiles& files);

}  // namespace daymark::cli
