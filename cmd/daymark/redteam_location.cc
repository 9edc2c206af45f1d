#include "redteam_location.h"

#include <filesystem>

#include "data_files.h"

#include "daymark/base/file.h"
#include "daymark/redteam/data_attacks.h"
#include "daymark/redteam/socket_attacks.h"

namespace daymark::cli {

namespace {

struct LocationAttackOptions {
  std::string nodes;
  std::string rtt;
  std::string speed = "fiber";
  redteam::DataAttackOptions data;
  redteam::SocketAttackOptions sockets;
  bool data_only = false;
  bool sockets_only = false;
  std::string svg;
};

Outcome<Exit> attack_location(LocationAttackOptions options, const Session& session) {
  redteam::AttackReport report;
  DAYMARK_TRY(options.data.speed, about(locate::parse_speed(options.speed), "--speed"));
  report.seed = options.data.seed;
  report.faults = options.data.faults;
  report.speed = options.data.speed;
  report.within_km = options.data.within_km;
  const std::filesystem::path table(options.rtt);
  report.data = (table.parent_path().filename() / table.filename()).string();
  if (!options.sockets_only) {
    DAYMARK_TRY(const locate::DelayMatrix matrix, locate::load_matrix(options.nodes, options.rtt));
    DAYMARK_TRY(report.rows, redteam::attack_data(matrix, options.data));
  }
  if (!options.data_only) {
    DAYMARK_TRY(std::vector<redteam::AttackRow> rows, redteam::attack_sockets(options.sockets));
    for (redteam::AttackRow& row : rows)
      report.rows.push_back(std::move(row));
  }
  if (!options.svg.empty()) DAYMARK_CHECK(write_text(options.svg, redteam::to_svg(report)));
  session.print_text(redteam::to_json(report), redteam::to_text(report));
  return exit_of(report.as_promised());
}

}  // namespace

void add_redteam_location(CLI::App& family, Session& session) {
  auto options = std::make_shared<LocationAttackOptions>();
  options->nodes = data_path("rtt/cloud/nodes.csv");
  options->rtt = data_path("rtt/cloud/rtt.csv");
  CLI::App* command = family.add_subcommand("location", "Claim places where a chip is not");
  command->add_option("--nodes", options->nodes, "CSV: id,lat,lon,city,country");
  command->add_option("--rtt", options->rtt, "CSV: src,dst,min_rtt_ms");
  command->add_option("--trials", options->data.trials, "Of each attack at each distance")
      ->capture_default_str();
  command->add_option("--seed", options->data.seed, "Same seed, same claims")
      ->capture_default_str();
  command->add_option("--faults", options->data.faults, "Operators that may lie")
      ->capture_default_str();
  command->add_option("--within", options->data.within_km, "Claimed: within so many km")
      ->capture_default_str();
  command->add_option("--speed", options->speed, "fiber, light or km per ms, one way")
      ->capture_default_str();
  command->add_option("--rounds", options->sockets.rounds, "Of each attack over sockets")
      ->capture_default_str();
  CLI::Option* data = command->add_flag("--data-only", options->data_only, "No sockets");
  command->add_flag("--sockets-only", options->sockets_only, "No table of delays")->excludes(data);
  command->add_option("--svg", options->svg, "Write the table as a picture");
  command->footer(
      "Ends with 1 if an attack passed that must not. Example: daymark redteam location --svg "
      "a.svg");
  session.on_run(*command, [options, &session] { return attack_location(*options, session); });
}

}  // namespace daymark::cli
