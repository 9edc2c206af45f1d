// daymark: one program, one subcommand per job. This file only joins the commands together.
#include <algorithm>
#include <array>
#include <exception>
#include <string_view>

#include "commands.h"
#include <fmt/format.h>

#include "daymark/base/errors.h"

namespace {

using daymark::cli::Exit;
using daymark::cli::Registrar;
using daymark::cli::Session;

constexpr auto registrars = std::to_array<Registrar>({
    daymark::cli::add_keygen,      daymark::cli::add_charter,   daymark::cli::add_order,
    daymark::cli::add_chip,        daymark::cli::add_authority, daymark::cli::add_witness,
    daymark::cli::add_beacon,      daymark::cli::add_governor,  daymark::cli::add_firmware,
    daymark::cli::add_gate,        daymark::cli::add_status,    daymark::cli::add_evidence,
    daymark::cli::add_model,       daymark::cli::add_locate,    daymark::cli::add_usage,
    daymark::cli::add_fleet,       daymark::cli::add_log,       daymark::cli::add_bundle,
    daymark::cli::add_catalog,     daymark::cli::add_report,    daymark::cli::add_redteam,
    daymark::cli::add_conformance, daymark::cli::add_finding,   daymark::cli::add_maker,
    daymark::cli::add_audit,       daymark::cli::add_fence,
});

/// CLI11 exits with 104 to 109 on wrong use; every one of them is our 2.
Exit explain(const CLI::App& app, const CLI::ParseError& error, const Session& session) {
  if (error.get_exit_code() == 0) {
    app.exit(error);
    return Exit::success;
  }
  return session.report(daymark::Failure(daymark::errc::usage_wrong, "daymark", error.what()));
}

int run(int argc, char** argv) {
  CLI::App app("Governance of AI accelerators that works in daylight", "daymark");
  app.set_version_flag("--version", DAYMARK_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  Session session;
  session.add_options(app);
  for (const Registrar add : registrars)
    add(app, session);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return static_cast<int>(explain(app, error, session));
  }
  return static_cast<int>(session.exit());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& unexpected) {
    fmt::print(stderr, "daymark: stopped by an unexpected condition: {}\n", unexpected.what());
    return static_cast<int>(Exit::not_done);
  }
}
