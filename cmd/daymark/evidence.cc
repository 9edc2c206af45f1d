// daymark evidence verify: what devices say of themselves, judged offline.
#include "arguments.h"
#include "commands.h"
#include "evidence_governor.h"
#include "evidence_tpm.h"

#include "daymark/base/file.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/evidence_file.h"
#include "daymark/evidence/explain.h"
#include "daymark/evidence/tokens/ear.h"
#include "daymark/evidence/tokens/token_verdict.h"

namespace daymark::cli {

namespace {

struct EvidenceOptions {
  std::vector<std::string> files;
  std::string kind;
  TpmFiles tpm;
  GovernorFiles governor;
  std::string chain;
  std::string nonce;
  std::string as_of;
  std::vector<std::string> references;
  std::vector<std::string> answers;
  std::string ocsp_nonce;
  std::string policy;
  std::string key;
  std::string rim_key;
  bool ear = false;
};

/// What the verdict rests on besides the evidence; the options point into it.
struct EvidenceBasis {
  std::vector<evidence::ReferenceFile> references;
  std::vector<evidence::CorimReference> corims;
  evidence::StapledAnswers answers;
  std::optional<evidence::EvidencePolicy> policy;
};

Outcome<std::optional<evidence::VerifyingKey>> read_key(const std::string& path) {
  if (path.empty()) return std::nullopt;
  DAYMARK_TRY(const std::string text, read_text(path, evidence::key_text_max));
  return about(evidence::VerifyingKey::from_text(text), path);
}

Result<evidence::VerifiedCorim> corim_of(ByteView content,
                                         const std::optional<evidence::VerifyingKey>& key) {
  if (!key) return fail(errc::verifying_key_missing);
  return evidence::verify_corim(content, *key);
}

Outcome<EvidenceBasis> read_basis(const EvidenceOptions& options,
                                  const evidence::RimVerifier& verifier) {
  EvidenceBasis out;
  DAYMARK_TRY(const auto key, read_key(options.rim_key));
  for (const std::string& file : options.references) {
    DAYMARK_TRY(const auto content, read_file(file, evidence::rim_size_max));
    if (evidence::is_token_file(content)) {
      out.corims.push_back({file, corim_of(content, key)});
      continue;
    }
    out.references.push_back({file, verifier.verify(content)});
  }
  for (const std::string& file : options.answers) {
    DAYMARK_TRY(const auto content, read_file(file, 2 * evidence::ocsp_size_max));
    DAYMARK_CHECK(about(out.answers.add(content), file));
  }
  if (options.policy.empty()) return out;
  DAYMARK_TRY(const std::string text, read_text(options.policy, evidence::policy_size_max));
  DAYMARK_TRY(out.policy, about(evidence::parse_policy(text), options.policy));
  return out;
}

Outcome<std::optional<std::vector<Byte>>> nonce_of(const EvidenceOptions& options) {
  if (options.nonce.empty()) return std::nullopt;
  const auto bytes = from_hex(options.nonce);
  if (!bytes || bytes->size() < 8 || bytes->size() > 64) {
    return refuse(errc::usage_wrong, "--nonce", "8 to 64 bytes in hexadecimal: " + options.nonce);
  }
  return *bytes;
}

Outcome<evidence::TokenOptions> token_options(const EvidenceOptions& options,
                                              const EvidenceBasis& basis, UnixMillis as_of) {
  evidence::TokenOptions out;
  DAYMARK_TRY(out.key, read_key(options.key));
  DAYMARK_TRY(out.nonce, nonce_of(options));
  out.as_of = as_of;
  out.references = basis.corims;
  return out;
}

Outcome<evidence::VerifyOptions> verify_options(const EvidenceOptions& options,
                                                const EvidenceBasis& basis) {
  evidence::VerifyOptions out;
  out.as_of = SystemClock().now();
  if (!options.as_of.empty()) {
    DAYMARK_TRY(out.as_of, time_argument("--as-of", options.as_of));
  }
  out.references = basis.references;
  if (!basis.answers.empty()) out.answers = &basis.answers;
  if (basis.policy) out.policy = &*basis.policy;
  if (!options.ocsp_nonce.empty()) {
    const auto nonce = from_hex(options.ocsp_nonce);
    if (!nonce || nonce->empty() || nonce->size() > 32) {
      return refuse(errc::usage_wrong, "--ocsp-nonce",
                    "1 to 32 bytes in hexadecimal: " + options.ocsp_nonce);
    }
    out.ocsp_nonce = *nonce;
  }
  return out;
}

using Verdicts = std::vector<evidence::EvidenceVerdict>;

/// Prints verdicts as they come, so that ten thousand files take no more memory than one. Only an
/// attestation result, which is one document over all, is kept until the end.
class VerdictPrinter {
 public:
  VerdictPrinter(const EvidenceOptions& options, const Session& session)
      : options_(options), session_(session), streams_(options.files.size() > 1) {}

  [[nodiscard]] bool started() const { return started_; }

  [[nodiscard]] bool all_genuine() const { return all_genuine_; }

  void take(Verdicts verdicts) {
    for (const evidence::EvidenceVerdict& one : verdicts)
      all_genuine_ = all_genuine_ && one.verdict == evidence::Verdict::genuine;
    if (options_.ear) {
      std::ranges::move(verdicts, std::back_inserter(kept_));
    } else if (streams_) {
      for (const evidence::EvidenceVerdict& one : verdicts)
        print_one(one);
    } else {
      session_.print_text(evidence::to_json(verdicts), text_of(verdicts));
    }
    started_ = true;
  }

  void finish() const {
    if (options_.ear) {
      const std::string ear = evidence::to_ear(kept_, SystemClock().now());
      session_.print_text(ear, ear + "\n");
    } else if (streams_ && session_.json()) {
      session_.print_text("]}", "");
    }
  }

 private:
  void print_one(const evidence::EvidenceVerdict& verdict) {
    const std::string json = evidence::to_json({&verdict, 1});
    session_.print_text((printed_++ == 0 ? "{\"items\": [" : ",") + json, text_of({verdict}));
  }

  [[nodiscard]] std::string text_of(const Verdicts& verdicts) const {
    std::string out;
    for (const auto& verdict : verdicts)
      out += evidence::to_text(verdict, session_.language());
    return out;
  }

  const EvidenceOptions& options_;
  const Session& session_;
  bool streams_;
  bool started_ = false;
  bool all_genuine_ = true;
  std::size_t printed_ = 0;
  Verdicts kept_;
};

/// Verdicts on one file that is neither reference values nor a TPM's.
Outcome<std::vector<evidence::EvidenceVerdict>> verify_report(
    const evidence::NvidiaVerifier& verifier, const evidence::EvidenceFile& file,
    const EvidenceOptions& options, evidence::VerifyOptions how) {
  if (!options.nonce.empty()) {
    DAYMARK_TRY(how.nonce, hex_argument<32>("--nonce", options.nonce));
  }
  return evidence::verify_file(verifier, file, how);
}

bool is_tpms(const EvidenceOptions& options, ByteView content) {
  if (options.kind.empty()) return is_tpm_evidence(content);
  return options.kind == "tpm" || options.kind == "host";
}

bool is_governors(const EvidenceOptions& options, ByteView content) {
  return options.kind.empty() ? evidence::is_governor_eat(content) : options.kind == "governor";
}

bool is_token(const EvidenceOptions& options, ByteView content) {
  return options.kind.empty() ? evidence::is_token_file(content) : options.kind == "token";
}

/// What all files are judged with.
struct EvidenceJudge {
  const EvidenceOptions& options;
  const EvidenceBasis& basis;
  const evidence::RimVerifier& rims;
  const evidence::NvidiaVerifier& reports;
  const evidence::VerifyOptions& how;
  const std::string& chain;

  [[nodiscard]] Outcome<Verdicts> judge(const std::string& file) const {
    DAYMARK_TRY(const auto content, read_file(file, evidence::evidence_file_max));
    if (is_governors(options, content)) return governor(file, content);
    if (is_tpms(options, content)) {
      DAYMARK_TRY(auto found, verify_tpm_file({file, content, options.nonce, how.as_of, how.policy},
                                              options.tpm));
      return Verdicts{std::move(found)};
    }
    if (is_token(options, content)) {
      DAYMARK_TRY(const auto tokens, token_options(options, basis, how.as_of));
      return Verdicts{evidence::verify_token(file, content, tokens)};
    }
    if (evidence::is_reference_file(content)) {
      return Verdicts{evidence::verify_reference({file, rims.verify(content)}, how)};
    }
    return verify_report(reports, {file, content, chain}, options, how);
  }

 private:
  [[nodiscard]] Outcome<Verdicts> governor(const std::string& file, ByteView content) const {
    GovernorBasis given;
    DAYMARK_TRY(given.key, read_key(options.key));
    DAYMARK_TRY(given.nonce, nonce_of(options));
    given.report = how;
    given.chain = chain;
    given.corims = basis.corims;
    DAYMARK_TRY(auto found,
                verify_governor_file({file, content, options.nonce, how.as_of, how.policy}, given,
                                     options.governor, options.tpm));
    return Verdicts{std::move(found)};
  }
};

/// A file that can't be judged, among others that can.
Verdicts unjudged(const std::string& file, Error reason, UnixMillis as_of) {
  evidence::EvidenceVerdict out;
  out.file = file;
  out.reason = reason;
  out.genuine = {evidence::Finding::failed, reason};
  out.as_of = as_of;
  return {out};
}

Outcome<Exit> verify_evidence(const EvidenceOptions& options, const Session& session) {
  DAYMARK_TRY(const auto rims, evidence::RimVerifier::create());
  DAYMARK_TRY(const EvidenceBasis basis, read_basis(options, rims));
  DAYMARK_TRY(const evidence::VerifyOptions how, verify_options(options, basis));
  std::string chain;
  if (!options.chain.empty()) {
    DAYMARK_TRY(chain, read_text(options.chain, evidence::evidence_file_max));
  }
  DAYMARK_TRY(const auto reports, evidence::NvidiaVerifier::create());
  const EvidenceJudge judge{options, basis, rims, reports, how, chain};
  VerdictPrinter printer(options, session);
  for (const std::string& file : options.files) {
    auto verdicts = judge.judge(file);
    // Wrong use strikes at the first file; later ones must not spoil what was printed.
    const bool alone = options.files.size() == 1 || !printer.started();
    if (!verdicts && alone) return std::unexpected(verdicts.error());
    printer.take(verdicts ? *std::move(verdicts)
                          : unjudged(file, verdicts.error().error, how.as_of));
  }
  printer.finish();
  return exit_of(printer.all_genuine());
}

Outcome<Exit> explain(const std::string& file, const Session& session) {
  DAYMARK_TRY(const auto content, read_file(file, evidence::evidence_file_max));
  DAYMARK_TRY(const evidence::Explanation words, about(evidence::explain_any(content), file));
  session.print_text(evidence::explanation_json(words), evidence::explanation_text(words));
  return Exit::success;
}

void add_verify(CLI::App& family, Session& session) {
  auto options = std::make_shared<EvidenceOptions>();
  CLI::App* command =
      family.add_subcommand("verify", "Judge attestation reports and reference values offline");
  command
      ->add_option("file", options->files,
                   "Raw or hex report, NVIDIA's JSON array, reference values (XML), a TPM's "
                   "statement, a description of a host (JSON), a token (COSE: PSA, EAT, CoRIM), "
                   "an attestation result (EAR), or a governor's attestation (EAT, alone or with "
                   "its submodules)")
      ->required();
  command
      ->add_option("--kind", options->kind,
                   "nvidia, tpm, host, token or governor; else told by the file")
      ->check(CLI::IsMember({"nvidia", "tpm", "host", "token", "governor"}));
  command->add_option("--chain", options->chain, "Certificate chain (PEM, leaf first)");
  command->add_option("--rim", options->references,
                      "Reference values (SWID XML, or signed CoRIM); repeatable");
  command->add_option(
      "--key", options->key,
      "The public key that signed the token or the governor's attestation (PEM or JWK)");
  command->add_option("--rim-key", options->rim_key,
                      "The public key that signed the CoRIM (PEM or JWK)");
  command->add_option("--ocsp", options->answers,
                      "Revocation answer (DER, or base64 of it); repeatable");
  command->add_option("--ocsp-nonce", options->ocsp_nonce,
                      "The number that was sent to the responders (hexadecimal)");
  command->add_option("--nonce", options->nonce, "The challenge that you drew (hexadecimal)");
  command->add_option("--as-of", options->as_of,
                      "Judge certificates, answers and signers at this time (RFC 3339)");
  command->add_option("--policy", options->policy, "What you allow (JSON)");
  add_tpm_options(*command, options->tpm);
  add_governor_options(*command, options->governor);
  command->add_flag("--ear", options->ear, "Print an attestation result (EAR, unsigned JSON)");
  command->footer(
      "Example: daymark evidence verify report.hex --chain chain.pem --rim driver.xml "
      "--rim vbios.xml --as-of 2025-08-21T12:00:00Z");
  session.on_run(*command, [options, &session] { return verify_evidence(*options, session); });
}

void add_explain(CLI::App& family, Session& session) {
  auto file = std::make_shared<std::string>();
  CLI::App* command = family.add_subcommand(
      "explain",
      "Print every field of a governor's attestation, report, token, CoRIM, reference values, an "
      "OCSP answer, a TPM's "
      "statement, key, signature or event log");
  command->add_option("file", *file, "The file; nothing in it is verified")->required();
  command->footer("Example: daymark evidence explain report.hex");
  session.on_run(*command, [file, &session] { return explain(*file, session); });
}

}  // namespace

void add_evidence(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("evidence", "What devices say of themselves");
  family->require_subcommand(1);
  add_verify(*family, session);
  add_explain(*family, session);
  add_evidence_nonce(*family, session);
}

}  // namespace daymark::cli
