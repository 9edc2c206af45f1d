// daymark redteam location.
#pragma once

#include "session.h"

namespace daymark::cli {

void add_redteam_location(CLI::App& family, Session& session);

}  // namespace daymark::cli
