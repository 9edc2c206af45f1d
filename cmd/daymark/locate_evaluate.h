// daymark locate evaluate.
#pragma once

#include "session.h"

namespace daymark::cli {

void add_locate_evaluate(CLI::App& locate, Session& session);

}  // namespace daymark::cli
