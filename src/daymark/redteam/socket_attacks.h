// Attacks over real sockets on loopback: the beacons' server, the agent's ranging client and the
// governor's timekeeper, with delays as of real distances.
#pragma once

#include <vector>

#include "daymark/base/failure.h"
#include "daymark/redteam/attack_table.h"

namespace daymark::redteam {

struct SocketAttackOptions {
  std::vector<double> away_km{1500, 3000};  // where chips stand that claim to be at home
  std::size_t rounds = 3;                   // of each attack at each distance
};

/// Takes about ten seconds a round: the delays are real. Errors: those of sockets on loopback.
[[nodiscard]] Outcome<std::vector<AttackRow>> attack_sockets(const SocketAttackOptions& options);

}  // namespace daymark::redteam
