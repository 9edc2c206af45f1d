// The commands of the program, one registrar per family. Each adds its subcommands to `app`.
#pragma once

#include "session.h"

namespace daymark::cli {

using Registrar = void (*)(CLI::App& app, Session& session);

void add_keygen(CLI::App& app, Session& session);
void add_charter(CLI::App& app, Session& session);
void add_finding(CLI::App& app, Session& session);
void add_order(CLI::App& app, Session& session);
void add_chip(CLI::App& app, Session& session);
void add_authority(CLI::App& app, Session& session);
void add_witness(CLI::App& app, Session& session);
void add_beacon(CLI::App& app, Session& session);
void add_firmware(CLI::App& app, Session& session);
void add_maker(CLI::App& app, Session& session);
void add_governor(CLI::App& app, Session& session);
void add_gate(CLI::App& app, Session& session);
void add_status(CLI::App& app, Session& session);
void add_evidence(CLI::App& app, Session& session);
void add_model(CLI::App& app, Session& session);
void add_locate(CLI::App& app, Session& session);
void add_fence(CLI::App& app, Session& session);
void add_usage(CLI::App& app, Session& session);
void add_fleet(CLI::App& app, Session& session);
void add_log(CLI::App& app, Session& session);
void add_bundle(CLI::App& app, Session& session);
void add_catalog(CLI::App& app, Session& session);
void add_report(CLI::App& app, Session& session);
void add_redteam(CLI::App& app, Session& session);
void add_conformance(CLI::App& app, Session& session);
void add_audit(CLI::App& app, Session& session);

}  // namespace daymark::cli
