// How the command line reaches a governor.
#pragma once

#include <string>

#include "daymark/governor/client.h"

namespace daymark::cli {

/// Frames over the governor's local socket.
[[nodiscard]] governor::Transport socket_transport(const std::string& path);

}  // namespace daymark::cli
