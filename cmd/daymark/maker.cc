// daymark maker ca, daymark maker certify: a maker's root, and the certificate of a chip's
// identity.
#include "commands.h"
#include "firmware_chip.h"
#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/crypto/key_file.h"
#include "daymark/crypto/random.h"
#include "daymark/evidence/pki/maker_certificate.h"

namespace daymark::cli {

namespace {

constexpr std::size_t root_text_max = 16384;

struct MakerOptions {
  std::string key;
  std::string name;
  std::string root;
  std::string socket;
  std::string out;
};

Outcome<evidence::Maker> read_maker(const MakerOptions& options) {
  DAYMARK_TRY(const crypto::KeyPair keys, crypto::read_key_pair(options.key));
  return evidence::Maker{options.name.empty() ? keys.name : options.name, keys.sign};
}

Outcome<Exit> make_root(const MakerOptions& options, const Session& session) {
  DAYMARK_TRY(const evidence::Maker maker, read_maker(options));
  crypto::SystemRandom random;
  const auto root = evidence::make_maker_root(maker, session.clock()->now(), random);
  if (!root) return std::unexpected(Failure(root.error(), "--name"));
  DAYMARK_CHECK(write_text(options.out, *root));
  session.print({{"file", options.out}, {"name", maker.name}},
                fmt::format("{}: root of {}\n", options.out, maker.name));
  return Exit::success;
}

/// Of the identity that a running chip proves to hold.
Outcome<Exit> certify(const MakerOptions& options, const Session& session) {
  DAYMARK_TRY(const evidence::Maker maker, read_maker(options));
  DAYMARK_TRY(const std::string root, read_text(options.root, root_text_max));
  DAYMARK_TRY(const governor::ImageClaim claim, ask_image_claim(options.socket));
  crypto::SystemRandom random;
  const auto certificate = evidence::certify_identity(
      maker, root, {claim.identity, claim.first_stage}, session.clock()->now(), random);
  if (!certificate) return std::unexpected(Failure(certificate.error(), options.root));
  DAYMARK_CHECK(write_text(options.out, *certificate));
  const std::string identity = to_hex(claim.identity.bytes);
  session.print(
      {{"file", options.out}, {"identity", identity}, {"first_stage", to_hex(claim.first_stage)}},
      fmt::format("{}: identity {}\nfirst stage {}\n", options.out, identity,
                  to_hex(claim.first_stage)));
  return Exit::success;
}

void add_key(CLI::App& command, MakerOptions& options) {
  command.add_option("--key", options.key, "The maker's secret key (keygen)")->required();
  command.add_option("--out", options.out, "File of the certificate (PEM)")->required();
}

}  // namespace

void add_maker(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("maker", "Certificates of a chip maker");
  family->require_subcommand(1);
  auto rooting = std::make_shared<MakerOptions>();
  CLI::App* ca = family->add_subcommand("ca", "A root certificate for the maker's key");
  add_key(*ca, *rooting);
  ca->add_option("--name", rooting->name, "Name in the certificate; without, the key's");
  ca->footer("Example: daymark maker ca --key keys/maker.key --out maker-ca.pem");
  session.on_run(*ca, [rooting, &session] { return make_root(*rooting, session); });

  auto certifying = std::make_shared<MakerOptions>();
  CLI::App* chip = family->add_subcommand("certify", "Certify the identity of a running chip");
  add_key(*chip, *certifying);
  chip->add_option("--ca", certifying->root, "The maker's root (PEM)")->required();
  chip->add_option("--governor", certifying->socket, "The governor's socket")->required();
  chip->footer(
      "Example: daymark maker certify --key maker.key --ca maker-ca.pem --governor g.sock "
      "--out chip.pem");
  session.on_run(*chip, [certifying, &session] { return certify(*certifying, session); });
}

}  // namespace daymark::cli
