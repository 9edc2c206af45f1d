// Twenty beacons, a relay with the delays of real distances, and chips that leave their fence and
// come back: the real beacon server, ranging client, governor, fence compiler and verifier.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "network.h"

#include "daymark/geo/region.h"

namespace daymark::place {

/// What became of one chip at one stage.
struct StageLog {
  std::size_t receipts = 0;
  std::string answer;  // to the chip's request for a permit
  geo::Verdict verdict = geo::Verdict::undecided;
  bool truly_inside = false;  // whether its true place is in its fence's zone
};

struct ChipLog {
  std::string name;
  std::vector<StageLog> stages;  // at home, away, at home again
};

inline constexpr std::size_t beacon_count = 20;
inline constexpr std::size_t chip_count = 6;

/// Runs all stages; one beacon lies all the time, another one dies after the first stage.
[[nodiscard]] std::vector<ChipLog> rehearse(const Network& network);

}  // namespace daymark::place
