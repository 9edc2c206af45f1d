// daymark authority serve: the server that takes, publishes and hands out orders.
#include "commands.h"

#include "daymark/authority/server.h"

namespace daymark::cli {

void add_authority(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("authority", "The server of a fleet");
  family->require_subcommand(1);
  auto options = std::make_shared<authority::ServerOptions>();
  CLI::App* command = family->add_subcommand("serve", "Take, publish and hand out orders");
  command->add_option("--dir", options->folder, "Folder of database and log")->required();
  command->add_option("--charter", options->charter_file, "The fleet's charter")->required();
  command->add_option("--log-key", options->log_key_file, "The log's key (mode 0600)")->required();
  command->add_option("--port", options->port, "Port; 0 chooses one")->capture_default_str();
  command->add_option("--address", options->address, "Address")->capture_default_str();
  command->add_flag("--allow-public", options->allow_public, "Beyond loopback: there is no TLS");
  command->footer(
      "Example: daymark authority serve --dir auth --charter fleet.charter --log-key log.key");
  session.on_run(*command, [options, &session]() -> Outcome<Exit> {
    const std::unique_ptr<Clock> clock = session.clock();
    DAYMARK_CHECK(authority::run_authority(*options, *clock));
    return Exit::success;
  });
}

}  // namespace daymark::cli
