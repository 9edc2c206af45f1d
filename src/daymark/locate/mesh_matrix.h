// What beacons' meshes say of one another, as the tables that the rest of this module reads.
#pragma once

#include <span>
#include <string>

#include "daymark/base/failure.h"
#include "daymark/locate/matrix.h"
#include "daymark/ranging/mesh.h"

namespace daymark::locate {

/// One node for each beacon (its operator stands where a city would) and one delay for each pair in
/// which a peer timed the beacon of a mesh: the least of all meshes, since delay only adds. The
/// indices of the meshes are those of `beacons`. Errors: errc::locate_node_duplicate where two
/// beacons have one name.
[[nodiscard]] Outcome<DelayMatrix> matrix_of(std::span<const ranging::VerifiedMesh> meshes,
                                             std::span<const order::BeaconEntry> beacons);

/// The tables as NodeTable::parse and parse_delays read them: for calibration and other programs.
[[nodiscard]] std::string print_nodes(const NodeTable& nodes);
[[nodiscard]] std::string print_delays(const DelayMatrix& matrix);

}  // namespace daymark::locate
