#include "evidence_governor.h"

#include "arguments.h"
#include <fmt/format.h>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/evidence_file.h"
#include "daymark/evidence/tpm/tpm_quote_file.h"

namespace daymark::cli {

namespace {

constexpr std::size_t nonce_least = 8;
constexpr std::size_t nonce_most = 64;

Outcome<std::vector<Byte>> nonce_argument(const std::string& option, const std::string& text) {
  auto bytes = from_hex(text);
  if (!bytes || bytes->size() < nonce_least || bytes->size() > nonce_most) {
    return refuse(errc::usage_wrong, option, "8 to 64 bytes in hexadecimal: " + text);
  }
  return *std::move(bytes);
}

/// A chip's key is Ed25519.
Outcome<crypto::PublicKey> chip_key(const evidence::VerifyingKey& key) {
  if (key.kind() != evidence::KeyKind::ed25519) return refuse(errc::verifying_key, "--key");
  crypto::PublicKey out;
  out.bytes = array_of<sizeof out.bytes>(key.spki().last(sizeof out.bytes));
  return out;
}

Outcome<void> add_nonce(const std::string& text, evidence::SubmoduleOptions& out) {
  constexpr auto option = "--submodule-nonce";
  const std::size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  if (equals == std::string::npos || !evidence::is_submodule_name(name)) {
    return refuse(errc::usage_wrong, option, "not NAME=HEX: " + text);
  }
  DAYMARK_TRY(out.nonces[name], nonce_argument(option, text.substr(equals + 1)));
  return {};
}

/// What stands apart from a TPM's raw statement.
Outcome<void> read_apart(const TpmFiles& files, evidence::SubmoduleOptions& out) {
  if (!files.signature.empty()) {
    DAYMARK_TRY(out.quote_signature, read_file(files.signature, evidence::tpmt_signature_max));
  }
  if (!files.pcrs.empty()) {
    DAYMARK_TRY(out.quote_pcrs, read_file(files.pcrs, evidence::pcr_file_max));
  }
  if (!files.event_log.empty()) {
    DAYMARK_TRY(out.event_log, read_file(files.event_log, evidence::event_log_max));
  }
  return {};
}

Outcome<evidence::SubmoduleOptions> submodule_options(const TpmQuestion& question,
                                                      const GovernorBasis& basis,
                                                      const GovernorFiles& files,
                                                      const TpmFiles& tpm) {
  evidence::SubmoduleOptions out;
  out.report = basis.report;
  out.chain = basis.chain;
  out.token.as_of = question.as_of;
  out.token.references = basis.corims;
  if (!files.submodule_key.empty()) {
    DAYMARK_TRY(const std::string text, read_text(files.submodule_key, evidence::key_text_max));
    DAYMARK_TRY(out.token.key, about(evidence::VerifyingKey::from_text(text), files.submodule_key));
  }
  DAYMARK_TRY(out.quote, tpm_quote_options(question, tpm));
  DAYMARK_CHECK(read_apart(tpm, out));
  for (const std::string& text : files.submodule_nonces)
    DAYMARK_CHECK(add_nonce(text, out));
  return out;
}

struct NonceOptions {
  std::string nonce;
  std::vector<std::string> names;
};

Outcome<Exit> print_nonces(const NonceOptions& options, const Session& session) {
  DAYMARK_TRY(const std::vector<Byte> nonce, nonce_argument("--nonce", options.nonce));
  nlohmann::ordered_json document = nlohmann::ordered_json::object();
  std::string text;
  for (const std::string& name : options.names) {
    if (!evidence::is_submodule_name(name)) return refuse(errc::submodule_name, name);
    const std::string derived = to_hex(evidence::submodule_nonce(nonce, name));
    document[name] = derived;
    text += fmt::format("{}{} {}", text.empty() ? "" : "\n", name, derived);
  }
  session.print(document, text);
  return Exit::success;
}

}  // namespace

void add_governor_options(CLI::App& command, GovernorFiles& files) {
  constexpr auto group = "Governor";
  command.add_option("--chip", files.chip, "The chip that you mean (id), in place of --key")
      ->group(group);
  command
      .add_option("--max-age", files.age,
                  "How old the attestation may be by the chip's own clock, e.g. 10m")
      ->group(group);
  command
      .add_option("--submodule-key", files.submodule_key,
                  "The public key that signed tokens among the submodules (PEM or JWK)")
      ->group(group);
  command
      .add_option("--submodule-nonce", files.submodule_nonces,
                  "NAME=HEX: the challenge that you gave for one submodule, in place of the one "
                  "that follows from --nonce; repeatable")
      ->group(group);
}

Outcome<evidence::EvidenceVerdict> verify_governor_file(const TpmQuestion& question,
                                                        const GovernorBasis& basis,
                                                        const GovernorFiles& files,
                                                        const TpmFiles& tpm) {
  evidence::GovernorOptions how;
  how.as_of = question.as_of;
  how.nonce = basis.nonce;
  if (basis.key) {
    DAYMARK_TRY(how.key, chip_key(*basis.key));
  }
  if (!files.chip.empty()) {
    DAYMARK_TRY(how.chip, chip_argument(files.chip));
  }
  if (!files.age.empty()) {
    DAYMARK_TRY(how.age_most, duration_argument("--max-age", files.age));
  }
  DAYMARK_TRY(how.submodules, submodule_options(question, basis, files, tpm));
  return evidence::verify_governor(question.file, question.content, how);
}

void add_evidence_nonce(CLI::App& family, Session& session) {
  auto options = std::make_shared<NonceOptions>();
  CLI::App* command = family.add_subcommand(
      "nonce", "The challenge for the evidence of a submodule, out of that for the governor");
  command->add_option("name", options->names, "Names of submodules")->required();
  command->add_option("--nonce", options->nonce, "Your challenge for the governor (hexadecimal)")
      ->required();
  command->footer("Example: daymark evidence nonce --nonce 5c1f… nvidia-gpu-0 tpm");
  session.on_run(*command, [options, &session] { return print_nonces(*options, session); });
}

}  // namespace daymark::cli
