// daymark chip show: a chip's custody, each order with its proof.
#pragma once

#include "session.h"

namespace daymark::cli {

/// Adds the command to `family`.
void add_chip_show(CLI::App& family, Session& session);

}  // namespace daymark::cli
