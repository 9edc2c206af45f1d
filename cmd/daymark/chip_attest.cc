#include "chip_attest.h"

#include "arguments.h"
#include "transport.h"
#include <fmt/format.h>

#include "daymark/base/encode.h"
#include "daymark/base/file.h"
#include "daymark/crypto/key_file.h"
#include "daymark/crypto/random.h"
#include "daymark/evidence/governor/governor_eat.h"
#include "daymark/tpm/exchange.h"

namespace daymark::cli {

namespace {

struct AttestOptions {
  std::string socket;
  std::string nonce;
  std::string out;
  bool eat = false;
  std::vector<std::string> submodules;  ///< NAME=FILE
  std::string tpm;                      ///< name of the submodule for the host's TPM
};

using Transport = governor::Transport;

Outcome<void> add_file(const std::string& text, evidence::SubmoduleSet& out) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) {
    return refuse(errc::usage_wrong, "--submodule", "not NAME=FILE: " + text);
  }
  const std::string file = text.substr(equals + 1);
  DAYMARK_TRY(const auto content, read_file(file, evidence::submodule_evidence_max));
  return about(out.add(text.substr(0, equals), content), text);
}

/// The TPM's statements about an attestation of their own, for the nonce of this submodule: what
/// the chip then names must be there before.
Outcome<void> add_tpm(const Transport& transport, const Digest& nonce, const std::string& name,
                      evidence::SubmoduleSet& out) {
  DAYMARK_TRY(const evidence::TpmAttested attested,
              tpm::ask_attested(transport, evidence::submodule_nonce(nonce, name)));
  return about(out.add(name, evidence::print_tpm_attested(attested)), name);
}

/// The chip's own EAT, with the evidence that it names.
Outcome<std::vector<Byte>> attest_named(const Transport& transport, const Digest& nonce,
                                        const AttestOptions& options) {
  evidence::SubmoduleSet members;
  for (const std::string& text : options.submodules)
    DAYMARK_CHECK(add_file(text, members));
  if (!options.tpm.empty()) DAYMARK_CHECK(add_tpm(transport, nonce, options.tpm, members));
  DAYMARK_TRY(const auto attested, governor::Client(transport).attest(nonce, members.claim()));
  return members.bundle(attested.bytes);
}

Outcome<std::vector<Byte>> attest_bound(const Transport& transport, const Digest& nonce) {
  DAYMARK_TRY(const evidence::TpmAttested attested, tpm::ask_attested(transport, nonce));
  return evidence::print_tpm_attested(attested);
}

Outcome<Exit> attest(const AttestOptions& options, const Session& session) {
  crypto::SystemRandom random;
  Digest nonce = random.draw<sizeof(Digest)>();
  if (!options.nonce.empty()) {
    DAYMARK_TRY(nonce, hex_argument<sizeof(Digest)>("--nonce", options.nonce));
  }
  const bool named = options.eat || !options.submodules.empty() || !options.tpm.empty();
  const Transport transport = socket_transport(options.socket);
  DAYMARK_TRY(const std::vector<Byte> bytes,
              named ? attest_named(transport, nonce, options) : attest_bound(transport, nonce));
  DAYMARK_CHECK(write_file(options.out, bytes));
  session.print({{"file", options.out}, {"bytes", bytes.size()}, {"nonce", to_hex(nonce)}},
                fmt::format("{}: {} bytes, nonce {}", options.out, bytes.size(), to_hex(nonce)));
  return Exit::success;
}

struct VerifyTpmOptions {
  std::string file;
  TpmTrust trust;
  std::string nonce;
  std::string as_of;
};

Exit exit_of_verdict(evidence::Verdict verdict) {
  switch (verdict) {
    case evidence::Verdict::genuine: return Exit::success;
    case evidence::Verdict::undecided: return Exit::not_done;
    case evidence::Verdict::refused: break;
  }
  return Exit::negative;
}

Outcome<Exit> verify_tpm(const VerifyTpmOptions& options, const Session& session) {
  DAYMARK_TRY(evidence::TpmJudgeOptions how, tpm_judge_options(options.trust));
  how.as_of = session.clock()->now();
  if (!options.as_of.empty()) {
    DAYMARK_TRY(how.as_of, time_argument("--as-of", options.as_of));
  }
  if (!options.nonce.empty()) {
    DAYMARK_TRY(const Digest nonce, hex_argument<sizeof(Digest)>("--nonce", options.nonce));
    how.nonce.emplace(nonce.begin(), nonce.end());
  }
  DAYMARK_TRY(const std::vector<Byte> bytes, read_file(options.file, evidence::tpm_attested_max));
  const evidence::TpmVerdict verdict = evidence::judge_tpm_attested(bytes, how);
  session.print_text(evidence::to_json(verdict),
                     options.file + ": " + evidence::to_text(verdict, session.language()));
  return exit_of_verdict(verdict.verdict);
}

}  // namespace

CLI::Option* add_tpm_trust(CLI::App& command, TpmTrust& trust) {
  CLI::Option* const enrolment = command.add_option("--tpm-document", trust.enrolment,
                                                    "The maker's record of the TPM (chip enroll)");
  CLI::Option* const maker =
      command.add_option("--maker", trust.maker, "The maker's public key, which signed it");
  enrolment->needs(maker);
  command.add_option("--tpm-authorities", trust.authorities,
                     "Authorities for endorsement certificates (PEM)");
  return enrolment;
}

Outcome<evidence::TpmJudgeOptions> tpm_judge_options(const TpmTrust& trust) {
  evidence::TpmJudgeOptions out;
  if (!trust.enrolment.empty()) {
    DAYMARK_TRY(const crypto::PublicKeys maker, crypto::read_public_keys(trust.maker));
    out.maker = maker.sign;
    DAYMARK_TRY(out.enrolment, read_file(trust.enrolment, evidence::tpm_enrolment_max));
  }
  if (!trust.authorities.empty()) {
    constexpr std::size_t authorities_max = 16384;
    DAYMARK_TRY(out.authorities, read_text(trust.authorities, authorities_max));
  }
  return out;
}

Outcome<evidence::TpmVerdict> ask_tpm_verdict(const std::string& socket, const TpmTrust& trust,
                                              UnixMillis as_of) {
  DAYMARK_TRY(evidence::TpmJudgeOptions how, tpm_judge_options(trust));
  how.as_of = as_of;
  const governor::Transport transport = socket_transport(socket);
  DAYMARK_TRY(const governor::Identity identity, governor::Client(transport).identify());
  how.chip = identity.chip;
  crypto::SystemRandom random;
  const Digest nonce = random.draw<sizeof(Digest)>();
  how.nonce.emplace(nonce.begin(), nonce.end());
  DAYMARK_TRY(const evidence::TpmAttested attested, tpm::ask_attested(transport, nonce));
  return evidence::judge_tpm_attested(evidence::print_tpm_attested(attested), how);
}

void add_chip_attest(CLI::App& family, Session& session) {
  auto options = std::make_shared<AttestOptions>();
  CLI::App* command =
      family.add_subcommand("attest",
                            "Have a chip attest: bound to the TPM of its host, or with evidence "
                            "that it names");
  command->add_option("--governor", options->socket, "The governor's socket")->required();
  command->add_option("--nonce", options->nonce, "Your challenge (64 hex digits); else drawn");
  command->add_option("--out", options->out, "File to write")->required();
  command->add_flag("--eat", options->eat, "The chip's own attestation (EAT) alone");
  command->add_option("--submodule", options->submodules,
                      "NAME=FILE: evidence that the attestation is to name (device report, TPM's "
                      "quote, token); at most 4; writes a detached EAT bundle");
  command->add_option("--tpm-submodule", options->tpm,
                      "Take the statements of the host's TPM along under this name");
  command->footer(
      "Example: daymark chip attest --governor g.sock --nonce 5c1f… "
      "--submodule nvidia-gpu-0=report.json --tpm-submodule tpm --out chip.eat");
  session.on_run(*command, [options, &session] { return attest(*options, session); });
}

void add_verify_tpm(CLI::App& family, Session& session) {
  auto options = std::make_shared<VerifyTpmOptions>();
  CLI::App* command = family.add_subcommand("tpm", "Check an attestation that is bound to a TPM");
  command->add_option("file", options->file, "As chip attest wrote it")->required();
  add_tpm_trust(*command, options->trust);
  command->add_option("--nonce", options->nonce, "The challenge that you gave (64 hex digits)");
  command->add_option("--as-of", options->as_of, "Judge certificates at this time (RFC 3339)");
  command->footer(
      "Example: daymark verify tpm chip.attested --tpm-document chip.tpm-enrolment "
      "--maker maker.pub --nonce 5c1f…");
  session.on_run(*command, [options, &session] { return verify_tpm(*options, session); });
}

}  // namespace daymark::cli
