// daymark log bench.
#pragma once

#include "session.h"

namespace daymark::cli {

/// Adds `bench` to the family `log`.
void add_log_bench(CLI::App& family, Session& session);

}  // namespace daymark::cli
