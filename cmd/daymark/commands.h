// The commands of the program, one registrar per family. Each adds its subcommands to `app`.
#pragma once

#include "session.h"

namespace daymark::cli {

using Registrar = void (*)(CLI::App& app, Session& session);

void add_keygen(CLI::App& app, Session& session);
void add_conformance(CLI::App& app, Session& session);

}  // namespace daymark::cli
