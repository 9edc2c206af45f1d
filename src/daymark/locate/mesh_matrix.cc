#include "daymark/locate/mesh_matrix.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "daymark/locate/errors.h"

namespace daymark::locate {

namespace {

/// What the tables can hold: commas and line ends separate cells there.
std::string cell_of(std::string_view text) {
  std::string out(text);
  std::ranges::replace_if(out, [](char c) { return c == ',' || c == '\n' || c == '\r'; }, ' ');
  return out;
}

Outcome<Node> node_of_beacon(const order::BeaconEntry& beacon) {
  constexpr double unit = 1e-7;
  DAYMARK_TRY(const geo::LatLon place,
              about(geo::LatLon::of(unit * beacon.place.latitude, unit * beacon.place.longitude),
                    std::string(beacon.name)));
  return Node{cell_of(beacon.name), place, cell_of(beacon.operator_name), {}};
}

}  // namespace

Outcome<DelayMatrix> matrix_of(std::span<const ranging::VerifiedMesh> meshes,
                               std::span<const order::BeaconEntry> beacons) {
  std::vector<Node> nodes;
  for (const order::BeaconEntry& beacon : beacons) {
    DAYMARK_TRY(Node node, node_of_beacon(beacon));
    nodes.push_back(std::move(node));
  }
  DelayMatrix out;
  DAYMARK_TRY(out.nodes, NodeTable::of(std::move(nodes), "beacons"));
  std::map<std::pair<std::uint32_t, std::uint32_t>, double> least;
  for (const ranging::VerifiedMesh& mesh : meshes) {
    for (const auto& timing : mesh.timings()) {
      const std::pair pair(static_cast<std::uint32_t>(timing.peer),
                           static_cast<std::uint32_t>(mesh.beacon()));
      const double ms = static_cast<double>(timing.receipt.least_round_trip.value) * 1e-6;
      const auto [known, fresh] = least.try_emplace(pair, ms);
      if (!fresh) known->second = std::min(known->second, ms);
    }
  }
  for (const auto& [pair, ms] : least)
    out.delays.push_back({pair.first, pair.second, ms});
  return out;
}

std::string print_nodes(const NodeTable& nodes) {
  std::string out = "id,lat,lon,city,country\n";
  for (const Node& node : nodes.nodes()) {
    out += fmt::format("{},{:.7f},{:.7f},{},{}\n", node.id, node.place.latitude(),
                       node.place.longitude(), node.city, node.country);
  }
  return out;
}

std::string print_delays(const DelayMatrix& matrix) {
  const std::vector<Node>& nodes = matrix.nodes.nodes();
  std::string out = "src,dst,min_rtt_ms\n";
  for (const Delay& delay : matrix.delays) {
    out +=
        fmt::format("{},{},{:.6f}\n", nodes[delay.source].id, nodes[delay.target].id, delay.rtt_ms);
  }
  return out;
}

}  // namespace daymark::locate
