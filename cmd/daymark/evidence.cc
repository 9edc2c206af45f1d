// daymark evidence verify: what devices say of themselves, judged offline.
#include "arguments.h"
#include "commands.h"

#include "daymark/base/file.h"
#include "daymark/evidence/evidence_file.h"

namespace daymark::cli {

namespace {

struct EvidenceOptions {
  std::vector<std::string> files;
  std::string chain;
  std::string nonce;
  std::string as_of;
};

Outcome<evidence::VerifyOptions> verify_options(const EvidenceOptions& options) {
  evidence::VerifyOptions out;
  out.as_of = SystemClock().now();
  if (!options.as_of.empty()) {
    DAYMARK_TRY(out.as_of, time_argument("--as-of", options.as_of));
  }
  if (!options.nonce.empty()) {
    DAYMARK_TRY(out.nonce, hex_argument<32>("--nonce", options.nonce));
  }
  return out;
}

Outcome<Exit> verify(const EvidenceOptions& options, const Session& session) {
  DAYMARK_TRY(const evidence::VerifyOptions how, verify_options(options));
  std::string chain;
  if (!options.chain.empty()) {
    DAYMARK_TRY(chain, read_text(options.chain, evidence::evidence_file_max));
  }
  DAYMARK_TRY(const auto verifier, evidence::NvidiaVerifier::create());
  std::vector<evidence::EvidenceVerdict> verdicts;
  for (const std::string& file : options.files) {
    DAYMARK_TRY(const auto content, read_file(file, evidence::evidence_file_max));
    for (auto& verdict : evidence::verify_file(verifier, {file, content, chain}, how)) {
      verdicts.push_back(std::move(verdict));
    }
  }
  std::string text;
  for (const auto& verdict : verdicts)
    text += evidence::to_text(verdict, session.language());
  session.print_text(evidence::to_json(verdicts), text);
  return exit_of(std::ranges::all_of(verdicts, [](const evidence::EvidenceVerdict& verdict) {
    return verdict.verdict == evidence::Verdict::genuine;
  }));
}

}  // namespace

void add_evidence(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("evidence", "What devices say of themselves");
  family->require_subcommand(1);
  auto options = std::make_shared<EvidenceOptions>();
  CLI::App* command = family->add_subcommand("verify", "Judge attestation reports offline");
  command->add_option("file", options->files, "Raw or hex report, or NVIDIA's JSON array")
      ->required();
  command->add_option("--chain", options->chain, "Certificate chain (PEM, leaf first)");
  command->add_option("--nonce", options->nonce, "The challenge that you drew (64 hex digits)");
  command->add_option("--as-of", options->as_of, "Judge certificates at this time (RFC 3339)");
  command->footer(
      "Example: daymark evidence verify report.hex --chain chain.pem "
      "--as-of 2025-08-21T12:00:00Z");
  session.on_run(*command, [options, &session] { return verify(*options, session); });
}

}  // namespace daymark::cli
