#include "chip_attest.h"

#include "arguments.h"
#include "transport.h"
#include <fmt/format.h>

#include "daymark/base/encode.h"
#include "daymark/base/file.h"
#include "daymark/crypto/key_file.h"
#include "daymark/crypto/random.h"
#include "daymark/tpm/exchange.h"

namespace daymark::cli {

namespace {

struct AttestOptions {
  std::string socket;
  std::string nonce;
  std::string out;
};

Outcome<Exit> attest(const AttestOptions& options, const Session& session) {
  crypto::SystemRandom random;
  Digest nonce = random.draw<sizeof(Digest)>();
  if (!options.nonce.empty()) {
    DAYMARK_TRY(nonce, hex_argument<sizeof(Digest)>("--nonce", options.nonce));
  }
  DAYMARK_TRY(const evidence::TpmAttested attested,
              tpm::ask_attested(socket_transport(options.socket), nonce));
  const std::vector<Byte> bytes = evidence::print_tpm_attested(attested);
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
      family.add_subcommand("attest", "Have a chip attest, bound to the TPM of its host");
  command->add_option("--governor", options->socket, "The governor's socket")->required();
  command->add_option("--nonce", options->nonce, "Your challenge (64 hex digits); else drawn");
  command->add_option("--out", options->out, "File to write")->required();
  command->footer("Example: daymark chip attest --governor g.sock --out chip.attested");
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
