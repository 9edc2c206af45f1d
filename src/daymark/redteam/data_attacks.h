// Attacks on verdicts, played through with measured delays. Every answer is that of the verifier
// itself (locate/verdict.h, locate/suspects.h).
#pragma once

#include <cstdint>

#include "daymark/base/failure.h"
#include "daymark/locate/matrix.h"
#include "daymark/redteam/attack_table.h"

namespace daymark::redteam {

struct DataAttackOptions {
  std::size_t trials = 60;  // of each attack at each distance
  std::uint64_t seed = 1;
  std::uint32_t faults = 1;
  locate::Speed speed = locate::fiber;
  double within_km = 500;
  std::size_t landmarks = 20;  // the quickest ones
};

/// A chip at one node claims to be at another one; distances in five bins. The same options give
/// the same rows. Errors: those of locate::judge.
[[nodiscard]] Outcome<std::vector<AttackRow>> attack_data(const locate::DelayMatrix& matrix,
                                                          const DataAttackOptions& options);

}  // namespace daymark::redteam
