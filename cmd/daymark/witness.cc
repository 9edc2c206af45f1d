// daymark witness serve: cosigns what continues the history it knows; as a mirror it keeps it too.
#include "commands.h"
#include <fmt/format.h>

#include "daymark/crypto/key_file.h"
#include "daymark/witness/service.h"

namespace daymark::cli {

namespace {

struct WitnessOptions {
  std::string key_file;
  std::string mirror_key_file;
  std::string log_vkey;
  std::string log_url;
  witness::WitnessOptions witness;
};

Outcome<Exit> serve_witness(WitnessOptions options, const Session& session) {
  DAYMARK_TRY(const crypto::KeyPair key, crypto::read_key_pair(options.key_file));
  options.witness.signer = {key.name, key.sign};
  if (!options.mirror_key_file.empty()) {
    DAYMARK_TRY(const crypto::KeyPair second, crypto::read_key_pair(options.mirror_key_file));
    options.witness.mirror_signer = tlog::NoteSigner{second.name, second.sign};
    options.witness.mirror = true;
  }
  options.witness.logs = {{options.log_vkey, options.log_url}};
  options.witness.log = [&](const std::string& line) { session.log(line); };
  const std::unique_ptr<Clock> clock = session.clock();
  const auto ready = [&](const std::string& url) {
    fmt::print("{}: {} at {}\n", options.witness.mirror ? "mirror" : "witness", key.name, url);
    std::fflush(stdout);
  };
  DAYMARK_CHECK(witness::run_witness(options.witness, *clock, ready));
  return Exit::success;
}

}  // namespace

void add_witness(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("witness", "Witnesses and mirrors of logs");
  family->require_subcommand(1);
  auto options = std::make_shared<WitnessOptions>();
  CLI::App* command = family->add_subcommand("serve", "Check consistency and cosign");
  command->add_option("--key", options->key_file, "The witness's key (mode 0600)")->required();
  command->add_option("--dir", options->witness.folder, "Folder of its memory")->required();
  command->add_option("--log", options->log_vkey, "Verifier key of the log it watches")->required();
  command->add_flag("--mirror", options->witness.mirror, "Store and serve entries, then cosign");
  command->add_option("--mirror-key", options->mirror_key_file,
                      "A mirror's own key; --key then cosigns as a witness");
  command->add_option("--log-url", options->log_url, "Where a mirror fetches the log's tiles");
  command->add_option("--port", options->witness.server.port, "Port; 0 chooses one")
      ->capture_default_str();
  command->add_option("--address", options->witness.server.address, "Address")
      ->capture_default_str();
  command->add_flag("--allow-public", options->witness.server.allow_public, "Beyond loopback");
  command->footer("Example: daymark witness serve --key w1.key --dir w1 --log 'log.example+…'");
  session.on_run(*command, [options, &session] { return serve_witness(*options, session); });
}

}  // namespace daymark::cli
