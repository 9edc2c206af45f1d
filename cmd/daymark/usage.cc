// daymark usage account: telemetry into chip time, energy and operations with bounds.
#include "commands.h"

#include "daymark/usage/account.h"

namespace daymark::cli {

namespace {

struct UsageOptions {
  std::string file;
  usage::AccountOptions account;
};

Outcome<Exit> account(const UsageOptions& options, const Session& session) {
  DAYMARK_TRY(const usage::Account result, usage::account_file(options.file, options.account));
  session.print_text(usage::to_json(result, options.file), usage::to_text(result, options.file));
  return Exit::success;
}

}  // namespace

void add_usage(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("usage", "What accelerators were used for");
  family->require_subcommand(1);
  auto options = std::make_shared<UsageOptions>();
  options->account.peak_tera_ops = 989.4;
  CLI::App* command = family->add_subcommand("account", "Chip time, energy, operations");
  command->add_option("file", options->file, "Telemetry (CSV)")->required();
  command
      ->add_option("--peak-tera-ops", options->account.peak_tera_ops,
                   "10^12 operations a second of one chip; H100 BF16 by default")
      ->capture_default_str();
  command->footer("Example: daymark usage account data/telemetry/h100_nanogpt_baseline.csv");
  session.on_run(*command, [options, &session] { return account(*options, session); });
}

}  // namespace daymark::cli
