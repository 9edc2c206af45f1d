// What a running chip states about its image, for the commands that ask it.
#pragma once

#include <string>

#include "session.h"

#include "daymark/governor/image_client.h"

namespace daymark::cli {

/// Asks the chip behind the governor's socket for a nonce of ours, and checks both signatures.
[[nodiscard]] Outcome<governor::ImageClaim> ask_image_claim(const std::string& socket);

/// Adds `firmware identify` and `firmware install`.
void add_firmware_chip(CLI::App& family, Session& session);

}  // namespace daymark::cli
