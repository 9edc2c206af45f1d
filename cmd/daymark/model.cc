// daymark model: models signed and verified whole.
#include "arguments.h"
#include "commands.h"
#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/base/progress.h"
#include "daymark/evidence/models/model_signing.h"

namespace daymark::cli {

namespace {

struct ModelOptions {
  std::string folder;
  std::string bundle;
  std::string key;
  std::string authorities;
  std::string as_of;
  std::string trust_root;
  std::vector<std::string> log_keys;
  std::string timestamp_authority;
  std::string identity;
  std::string issuer;
  std::string cache;
  std::vector<std::string> ignored;
  unsigned threads = 0;
};

/// Hashing with a bar on stderr, where that is a terminal.
class Hashing {
 public:
  explicit Hashing(const ModelOptions& options) {
    options_.threads = options.threads;
    options_.cache = options.cache;
    options_.progress = [this](std::uint64_t done, std::uint64_t total) {
      if (!bar_) bar_.emplace("hashing", total);
      bar_->advance_to(done);
    };
  }

  [[nodiscard]] const evidence::HashOptions& options() const { return options_; }

 private:
  std::optional<Progress> bar_;
  evidence::HashOptions options_;
};

/// The trust root, with logs and authorities that were given by themselves.
Outcome<evidence::TrustedRoot> root_of(const ModelOptions& options) {
  evidence::TrustedRoot out;
  if (!options.trust_root.empty()) {
    DAYMARK_TRY(const std::string text, read_text(options.trust_root, evidence::trusted_root_max));
    DAYMARK_TRY(out, about(evidence::parse_trusted_root(text), options.trust_root));
  }
  for (const std::string& file : options.log_keys) {
    DAYMARK_TRY(const std::string text, read_text(file, evidence::key_text_max));
    DAYMARK_TRY(const auto key, about(evidence::VerifyingKey::from_text(text), file));
    evidence::add_log_key(out, key);
  }
  if (!options.timestamp_authority.empty()) {
    const std::string& file = options.timestamp_authority;
    DAYMARK_TRY(const std::string text, read_text(file, evidence::key_text_max));
    DAYMARK_CHECK(about(evidence::add_timestamp_authority(out, text), file));
  }
  return out;
}

Outcome<evidence::ModelTrust> trust_of(const ModelOptions& options) {
  evidence::ModelTrust out;
  const int ways = int{!options.key.empty()} + int{!options.authorities.empty()};
  if (ways > 1 || (ways == 0 && options.trust_root.empty())) {
    return refuse(errc::usage_wrong, "--key", "give --key, --ca or --trust-root");
  }
  DAYMARK_TRY(out.root, root_of(options));
  out.identity = options.identity;
  out.issuer = options.issuer;
  out.as_of = SystemClock().now();
  if (!options.as_of.empty()) {
    DAYMARK_TRY(out.as_of, time_argument("--as-of", options.as_of));
  }
  if (!options.authorities.empty()) {
    DAYMARK_TRY(out.authorities, read_text(options.authorities, evidence::key_text_max * 4));
  }
  if (options.key.empty()) return out;
  DAYMARK_TRY(const std::string text, read_text(options.key, evidence::key_text_max));
  DAYMARK_TRY(out.key, about(evidence::VerifyingKey::from_text(text), options.key));
  return out;
}

std::string text_of_verdict(const evidence::ModelVerdict& verdict, const Session& session) {
  std::string out = fmt::format("{}: {}", evidence::name_of(verdict.verdict),
                                sentence(verdict.reason.code, session.language()));
  if (!verdict.file.empty()) out += fmt::format("\n  file  {}", verdict.file);
  if (verdict.digest.empty()) return out;
  out += fmt::format("\n  model  {}, {} files, {} bytes\n  digest  {}\n  signer  {} {}",
                     verdict.name, verdict.files, verdict.bytes, verdict.digest, verdict.signer,
                     verdict.certificate);
  for (const std::string& path : verdict.ignored)
    out += fmt::format("\n  left out by the signer, not judged  {}", path);
  for (const evidence::ProofGround& one : verdict.proof.grounds)
    out += fmt::format("\n  {}: {}, {}", one.question, evidence::name_of(one.finding), one.words);
  return out;
}

Outcome<Exit> verify_folder(const ModelOptions& options, const Session& session) {
  DAYMARK_TRY(const evidence::ModelTrust trust, trust_of(options));
  evidence::ModelVerdict verdict;
  {
    const Hashing hashing(options);
    verdict = evidence::verify_model({options.folder, options.bundle}, trust, hashing.options());
  }
  session.print_text(evidence::to_json(verdict), text_of_verdict(verdict, session));
  return exit_of(verdict.verdict == evidence::Verdict::genuine);
}

Outcome<Exit> sign_folder(const ModelOptions& options, const Session& session) {
  DAYMARK_TRY(const auto pem, read_secret(options.key, evidence::key_text_max));
  const evidence::ModelSigning signing{std::string(text_of(pem)), options.ignored};
  std::string bundle;
  {
    const Hashing hashing(options);
    DAYMARK_TRY(bundle,
                evidence::sign_model({options.folder, options.bundle}, signing, hashing.options()));
  }
  DAYMARK_CHECK(write_text(options.bundle, bundle));
  session.print({{"bundle", options.bundle}}, fmt::format("wrote {}", options.bundle));
  return Exit::success;
}

void add_hashing(CLI::App& command, ModelOptions& options) {
  command.add_option("folder", options.folder, "The model: a folder, or one file")->required();
  command.add_option("--threads", options.threads, "Files hashed at once (default: all cores)");
  command.add_option("--cache", options.cache,
                     "Keep digests of finished files here, and go on from them");
}

void add_sign(CLI::App& family, Session& session) {
  auto options = std::make_shared<ModelOptions>();
  CLI::App* command = family.add_subcommand("sign", "Sign every file of a model");
  add_hashing(*command, *options);
  command->add_option("--key", options->key, "Private key (PKCS#8 PEM, mode 0600; P-256, P-384, …)")
      ->required();
  command->add_option("--out", options->bundle, "The bundle to write")->required();
  command->add_option("--ignore", options->ignored, "Leave this path out; repeatable");
  command->footer("Example: daymark model sign llama/ --key maker.pem --out llama/model.sig");
  session.on_run(*command, [options, &session] { return sign_folder(*options, session); });
}

void add_verify_model(CLI::App& family, Session& session) {
  auto options = std::make_shared<ModelOptions>();
  CLI::App* command =
      family.add_subcommand("verify", "Verify that a model is whole and the one that was signed");
  add_hashing(*command, *options);
  command->add_option("--bundle", options->bundle, "OpenSSF model signature (Sigstore bundle)")
      ->required();
  command->add_option("--key", options->key, "The signer's public key (PEM or JWK)");
  command->add_option("--ca", options->authorities,
                      "Certificates to which the signer's must lead (PEM)");
  command->add_option("--trust-root", options->trust_root,
                      "Sigstore's trusted_root.json: logs, authorities, certificate logs");
  command->add_option("--log-key", options->log_keys,
                      "Public key of a transparency log (PEM); repeatable");
  command->add_option("--tsa", options->timestamp_authority,
                      "Certificates of a timestamp authority (PEM)");
  command->add_option("--identity", options->identity,
                      "Whom the certificate must name (address or URI)");
  command->add_option("--issuer", options->issuer, "Who must vouch for that name (URL)");
  command->add_option("--as-of", options->as_of,
                      "Judge certificates at this time, where nothing in the bundle vouches for "
                      "one (RFC 3339)");
  command->footer("Example: daymark model verify llama/ --bundle llama/model.sig --key maker.pub");
  session.on_run(*command, [options, &session] { return verify_folder(*options, session); });
}

}  // namespace

void add_model(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("model", "Models signed and verified whole");
  family->require_subcommand(1);
  add_sign(*family, session);
  add_verify_model(*family, session);
}

}  // namespace daymark::cli
