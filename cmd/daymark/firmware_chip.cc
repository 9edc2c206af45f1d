// daymark firmware identify, daymark firmware install: which image a chip runs, and the next one.
#include "firmware_chip.h"

#include "commands.h"
#include "transport.h"
#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/crypto/random.h"
#include "daymark/evidence/pki/maker_certificate.h"

namespace daymark::cli {

namespace {

constexpr std::size_t chain_text_max = 16384;
constexpr std::size_t installed_size_max = std::size_t{1} << 20U;

struct IdentifyOptions {
  std::string socket;
  std::string chain;
  std::string root;
};

/// Whether a maker's certificate names the identity that answered.
enum class MakerVerdict { not_judged, of_this_maker, not_of_this_maker };

Outcome<MakerVerdict> judge_maker(const IdentifyOptions& options, const governor::ImageClaim& claim,
                                  UnixMillis now) {
  if (options.chain.empty()) return MakerVerdict::not_judged;
  DAYMARK_TRY(const std::string chain, read_text(options.chain, chain_text_max));
  DAYMARK_TRY(const std::string root, read_text(options.root, chain_text_max));
  const auto named = evidence::check_identity_certificate(chain, root, now);
  const evidence::DeviceIdentity answered{claim.identity, claim.first_stage};
  return named && *named == answered ? MakerVerdict::of_this_maker
                                     : MakerVerdict::not_of_this_maker;
}

std::string_view sentence_of(MakerVerdict verdict) {
  switch (verdict) {
    case MakerVerdict::of_this_maker: return "The maker certified this identity and first stage.";
    case MakerVerdict::not_of_this_maker:
      return "The certificate does NOT show this identity and first stage to be the maker's.";
    case MakerVerdict::not_judged: break;
  }
  return "Consistent; whose identity it is was not judged (--chain and --root).";
}

Exit exit_of_maker(MakerVerdict verdict) {
  switch (verdict) {
    case MakerVerdict::of_this_maker: return Exit::success;
    case MakerVerdict::not_of_this_maker: return Exit::negative;
    case MakerVerdict::not_judged: break;
  }
  return Exit::not_done;
}

Outcome<Exit> identify(const IdentifyOptions& options, const Session& session) {
  DAYMARK_TRY(const governor::ImageClaim claim, ask_image_claim(options.socket));
  DAYMARK_TRY(const MakerVerdict verdict, judge_maker(options, claim, session.clock()->now()));
  const std::string chip = to_hex(crypto::chip_id(claim.chip).view());
  const std::string identity = to_hex(claim.identity.bytes);
  session.print({{"chip", chip},
                 {"identity", identity},
                 {"first_stage", to_hex(claim.first_stage)},
                 {"image", to_hex(claim.image)},
                 {"image_key", to_hex(claim.image_key.bytes)},
                 {"maker", verdict == MakerVerdict::of_this_maker       ? "shown"
                           : verdict == MakerVerdict::not_of_this_maker ? "refuted"
                                                                        : "not judged"}},
                fmt::format("chip         {}\nidentity     {}\nfirst stage  {}\nimage        {}\n"
                            "image key    {}\n{}\n",
                            chip, identity, to_hex(claim.first_stage), to_hex(claim.image),
                            to_hex(claim.image_key.bytes), sentence_of(verdict)));
  return exit_of_maker(verdict);
}

struct InstallOptions {
  std::string socket;
  std::string image;
};

Outcome<Exit> install(const InstallOptions& options, const Session& session) {
  DAYMARK_TRY(const std::vector<Byte> image, read_file(options.image, installed_size_max));
  DAYMARK_CHECK(governor::install_image(socket_transport(options.socket), image));
  const std::string digest = to_hex(crypto::sha256(image));
  session.print({{"image", options.image}, {"digest", digest}, {"bytes", image.size()}},
                fmt::format("{} bytes put in; digest {}\nIf that is the approved one, it starts "
                            "when the chip starts next.\n",
                            image.size(), digest));
  return Exit::success;
}

}  // namespace

Outcome<governor::ImageClaim> ask_image_claim(const std::string& socket) {
  crypto::SystemRandom random;
  const Digest nonce = random.draw<sizeof(Digest)>();
  DAYMARK_TRY(const governor::ImageStatement documents,
              governor::ask_for_image(socket_transport(socket), nonce));
  const auto claim = governor::check_image_statement(documents, nonce);
  if (!claim) return std::unexpected(Failure(claim.error(), socket));
  return *claim;
}

void add_firmware_chip(CLI::App& family, Session& session) {
  auto asking = std::make_shared<IdentifyOptions>();
  CLI::App* ask = family.add_subcommand("identify", "Which image a chip runs, as it signs itself");
  ask->add_option("--governor", asking->socket, "The governor's socket")->required();
  CLI::Option* chain = ask->add_option("--chain", asking->chain, "The chip's certificate (PEM)");
  CLI::Option* root = ask->add_option("--root", asking->root, "The maker's root (PEM)");
  chain->needs(root);
  root->needs(chain);
  ask->footer("Example: daymark firmware identify --governor g.sock --chain c.pem --root ca.pem");
  session.on_run(*ask, [asking, &session] { return identify(*asking, session); });

  auto putting = std::make_shared<InstallOptions>();
  CLI::App* put = family.add_subcommand("install", "Put an approved image into a chip");
  put->add_option("image", putting->image, "File of the image")->required();
  put->add_option("--governor", putting->socket, "The governor's socket")->required();
  put->footer("Example: daymark firmware install governor.bin --governor g.sock");
  session.on_run(*put, [putting, &session] { return install(*putting, session); });
}

}  // namespace daymark::cli
