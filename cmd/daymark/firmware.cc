// daymark firmware build, daymark firmware verify: an image from source, and whether an image is
// that of a source.
#include <algorithm>

#include "commands.h"
#include "firmware_chip.h"
#include "image_build.h"
#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/crypto/ports.h"

namespace daymark::cli {

namespace {

constexpr std::size_t image_size_max = std::size_t{1} << 20U;

struct FirmwareOptions {
  ImageSource source;
  std::string image;
};

Outcome<Exit> build(const FirmwareOptions& options, const Session& session) {
  session.log("firmware: building from a copy of the sources, which takes a minute");
  DAYMARK_TRY(const auto image, build_image(options.source));
  DAYMARK_CHECK(write_file(options.image, image));
  const std::string digest = to_hex(crypto::sha256(image));
  session.print({{"image", options.image}, {"digest", digest}, {"bytes", image.size()}},
                fmt::format("{}: {} bytes\ndigest {}\n", options.image, image.size(), digest));
  return Exit::success;
}

std::string verdict_of(const std::vector<Byte>& image, const std::vector<Byte>& built) {
  if (image == built) return "The image is what this source gives.";
  const std::size_t shorter = std::min(image.size(), built.size());
  const auto differs =
      std::mismatch(image.begin(), image.begin() + static_cast<long>(shorter), built.begin());
  return fmt::format("The image is NOT what this source gives: they differ from byte {} on.",
                     differs.first - image.begin());
}

Outcome<Exit> verify_image(const FirmwareOptions& options, const Session& session) {
  DAYMARK_TRY(const auto image, read_file(options.image, image_size_max));
  session.log("firmware: building from a copy of the sources, which takes a minute");
  DAYMARK_TRY(const auto built, build_image(options.source));
  const bool same = image == built;
  const std::string digest = to_hex(crypto::sha256(image));
  const std::string built_digest = to_hex(crypto::sha256(built));
  session.print({{"reproduced", same},
                 {"digest", digest},
                 {"built_digest", built_digest},
                 {"bytes", image.size()}},
                fmt::format("{}\ndigest       {}\nbuilt digest {}\n", verdict_of(image, built),
                            digest, built_digest));
  return exit_of(same);
}

void add_source(CLI::App& command, FirmwareOptions& options) {
  command.add_option("--source", options.source.folder, "Daymark's sources")->capture_default_str();
  command.add_option("--arch", options.source.machine, "The chip's machine")
      ->check(CLI::IsMember({"rv64", "rv32"}))
      ->capture_default_str();
  command.add_option("--part", options.source.part, "Which image of the chip")
      ->check(CLI::IsMember({"governor", "first_stage"}))
      ->capture_default_str();
}

}  // namespace

void add_firmware(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("firmware", "The governor's image for a chip");
  family->require_subcommand(1);
  auto building = std::make_shared<FirmwareOptions>();
  CLI::App* build_command = family->add_subcommand("build", "Build the image, always the same");
  build_command->add_option("--out", building->image, "File of the image")->required();
  add_source(*build_command, *building);
  build_command->footer("Example: daymark firmware build --source . --out governor.bin");
  session.on_run(*build_command, [building, &session] { return build(*building, session); });

  auto verifying = std::make_shared<FirmwareOptions>();
  CLI::App* verify_command =
      family->add_subcommand("verify", "Whether an image is what a source gives, bit for bit");
  verify_command->add_option("image", verifying->image, "File of the image")->required();
  add_source(*verify_command, *verifying);
  verify_command->footer("Example: daymark firmware verify governor.bin --source .");
  session.on_run(*verify_command,
                 [verifying, &session] { return verify_image(*verifying, session); });
  add_firmware_chip(*family, session);
}

}  // namespace daymark::cli
