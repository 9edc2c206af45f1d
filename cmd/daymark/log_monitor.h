// daymark log monitor.
#pragma once

#include "session.h"

namespace daymark::cli {

/// Adds `monitor` to the family `log`.
void add_log_monitor(CLI::App& family, Session& session);

}  // namespace daymark::cli
