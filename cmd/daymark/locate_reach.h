// daymark locate reach.
#pragma once

#include "session.h"

namespace daymark::cli {

void add_locate_reach(CLI::App& locate, Session& session);

}  // namespace daymark::cli
