// daymark locate mesh: whether beacons can be where the charter says that they are.
#include "locate_mesh.h"

#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/base/time.h"
#include "daymark/locate/mesh_matrix.h"
#include "daymark/locate/options.h"
#include "daymark/locate/suspects.h"
#include "daymark/order/charter.h"

namespace daymark::cli {

namespace {

struct MeshOptions {
  std::string charter;
  std::vector<std::string> files;
  std::string speed = "light";
  std::string nodes_out;
  std::string rtt_out;
};

nlohmann::ordered_json timings_json(const ranging::VerifiedMesh& mesh,
                                    std::span<const order::BeaconEntry> beacons) {
  auto out = nlohmann::ordered_json::array();
  for (const auto& timing : mesh.timings()) {
    out.push_back({{"by", beacons[timing.peer].name},
                   {"rtt_ms", static_cast<double>(timing.receipt.least_round_trip.value) * 1e-6},
                   {"exchanges", timing.receipt.exchanges},
                   {"time", to_rfc3339(timing.receipt.time)}});
  }
  return out;
}

Outcome<void> write_tables(const MeshOptions& options, const locate::DelayMatrix& matrix) {
  if (!options.nodes_out.empty()) {
    DAYMARK_CHECK(write_text(options.nodes_out, locate::print_nodes(matrix.nodes)));
  }
  if (options.rtt_out.empty()) return {};
  return write_text(options.rtt_out, locate::print_delays(matrix));
}

Outcome<Exit> judge_meshes(const MeshOptions& options, const Session& session) {
  DAYMARK_TRY(const std::vector<Byte> encoded, read_file(options.charter, order::charter_size_max));
  DAYMARK_TRY(const order::Charter charter, about(order::parse_charter(encoded), options.charter));
  DAYMARK_TRY(const locate::Speed speed, about(locate::parse_speed(options.speed), "--speed"));
  const auto beacons = charter.beacon_list();
  std::vector<ranging::VerifiedMesh> meshes;
  auto list = nlohmann::ordered_json::array();
  for (const std::string& file : options.files) {
    DAYMARK_TRY(const std::vector<Byte> message, read_file(file, ranging::mesh_size_max));
    DAYMARK_TRY(ranging::VerifiedMesh mesh, about(ranging::verify_mesh(message, beacons), file));
    list.push_back({{"beacon", beacons[mesh.beacon()].name},
                    {"time", to_rfc3339(mesh.time())},
                    {"timed", timings_json(mesh, beacons)}});
    meshes.push_back(std::move(mesh));
  }
  DAYMARK_TRY(const locate::DelayMatrix matrix, locate::matrix_of(meshes, beacons));
  DAYMARK_CHECK(write_tables(options, matrix));
  const locate::SuspectReport report = locate::find_suspects(matrix, speed);
  auto document = nlohmann::ordered_json::parse(locate::to_json(report, matrix));
  document["pairs"] = matrix.delays.size();
  document["meshes"] = std::move(list);
  const std::string pairs = fmt::format("{} pairs of {} beacons were timed\n", matrix.delays.size(),
                                        matrix.nodes.nodes().size());
  session.print(document, pairs + locate::to_text(report, matrix));
  return exit_of(report.suspects.empty());
}

}  // namespace

void add_locate_mesh(CLI::App& locate, Session& session) {
  auto options = std::make_shared<MeshOptions>();
  CLI::App* command = locate.add_subcommand("mesh", "Which beacons' places their peers contradict");
  command->add_option("files", options->files, "What beacons published")->required();
  command->add_option("--charter", options->charter, "Names beacons, keys and places")->required();
  command->add_option("--speed", options->speed, "fiber, light or km per ms, one way")
      ->capture_default_str();
  command->add_option("--nodes-out", options->nodes_out, "Write the beacons as CSV, too");
  command->add_option("--rtt-out", options->rtt_out, "Write the delays as CSV, too");
  command->footer(
      "Ends with 1 if a place is contradicted. Example: daymark locate mesh --charter "
      "fleet.charter b1.mesh b2.mesh b3.mesh");
  session.on_run(*command, [options, &session] { return judge_meshes(*options, session); });
}

}  // namespace daymark::cli
