// daymark locate mesh.
#pragma once

#include "session.h"

namespace daymark::cli {

void add_locate_mesh(CLI::App& locate, Session& session);

}  // namespace daymark::cli
