// daymark keygen: a party's, witness's, beacon's or log's key pair.
#include "commands.h"
#include "signers.h"
#include <fmt/format.h>

#include "daymark/base/errors.h"
#include "daymark/base/hex.h"
#include "daymark/crypto/key_file.h"
#include "daymark/crypto/random.h"
#include "daymark/tlog/note_writer.h"

namespace daymark::cli {

namespace {

struct KeygenOptions {
  std::string name;
  std::string folder = ".";
  std::string token;
};

/// A party whose signing key is on a token: its public keys, and the key that opens.
Outcome<Exit> keygen_on_token(const KeygenOptions& options, const Session& session) {
  if (!token::is_token_uri(options.token)) {
    return refuse(errc::usage_wrong, "--token", "not a pkcs11: URI");
  }
  Signers signers;
  DAYMARK_TRY(const auto signer, signers.open(options.token));
  // A key that can't sign is noticed here rather than when an order waits for it.
  DAYMARK_CHECK(signer->sign(bytes_of("daymark keygen v1")));
  crypto::SystemRandom random;
  const crypto::ExchangeSecretKey open{random.draw<32>()};
  const crypto::PublicKeys keys{options.name, signer->public_key(), crypto::x25519_public(open)};
  DAYMARK_CHECK(crypto::write_opening_key(keys, open, options.folder));
  session.print(
      {{"name", keys.name}, {"sign", to_hex(keys.sign.bytes)}, {"seal", to_hex(keys.seal.bytes)}},
      fmt::format("{0}/{1}.open (secret, mode 0600) and {0}/{1}.pub written; key id {2}",
                  options.folder, options.name, to_hex(crypto::key_id(keys.sign).bytes)));
  return Exit::success;
}

Outcome<Exit> keygen(const KeygenOptions& options, const Session& session) {
  if (!options.token.empty()) return keygen_on_token(options, session);
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
  command->add_option("--token", options->token,
                      "pkcs11: URI of the signing key; only the key that opens is made");
  command->footer("Example: daymark keygen regulator-a --out keys");
  session.on_run(*command, [options, &session] { return keygen(*options, session); });
}

}  // namespace daymark::cli
