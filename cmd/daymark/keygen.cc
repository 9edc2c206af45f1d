// daymark keygen: a party's, witness's, beacon's or log's key pair.
#include "commands.h"
#include <fmt/format.h>

#include "daymark/base/hex.h"
#include "daymark/crypto/key_file.h"
#include "daymark/crypto/random.h"
#include "daymark/tlog/note_writer.h"

namespace daymark::cli {

namespace {

struct KeygenOptions {
  std::string name;
  std::string folder = ".";
};

Outcome<Exit> keygen(const KeygenOptions& options, const Session& session) {
  crypto::SystemRandom random;
  const crypto::KeyPair keys = crypto::generate_keys(options.name, random);
  DAYMARK_CHECK(crypto::write_keys(keys, options.folder));
  const crypto::PublicKeys shown = crypto::public_keys(keys);
  const std::string stem = options.folder + "/" + options.name;
  const tlog::NoteSigner signer{keys.name, keys.sign};
  session.print({{"name", shown.name},
                 {"sign", to_hex(shown.sign.bytes)},
                 {"seal", to_hex(shown.seal.bytes)},
                 {"log_vkey", tlog::format_vkey(signer, tlog::type_ed25519)},
                 {"witness_vkey", tlog::format_vkey(signer, tlog::type_cosignature)}},
                fmt::format("{0}.key (secret, mode 0600) and {0}.pub written; key id {1}", stem,
                            to_hex(crypto::key_id(shown.sign).bytes)));
  return Exit::success;
}

}  // namespace

void add_keygen(CLI::App& app, Session& session) {
  auto options = std::make_shared<KeygenOptions>();
  CLI::App* command =
      app.add_subcommand("keygen", "Make a key pair: NAME.key (mode 0600) and NAME.pub");
  command->add_option("name", options->name, "1 to 32 of a-z, 0-9, '.', '-'")->required();
  command->add_option("--out", options->folder, "Folder to write to")->capture_default_str();
  command->footer("Example: daymark keygen regulator-a --out keys");
  session.on_run(*command, [options, &session] { return keygen(*options, session); });
}

}  // namespace daymark::cli
