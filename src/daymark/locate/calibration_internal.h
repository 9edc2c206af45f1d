// How far soft estimates can be trusted, learnt from landmarks whose place is known.
//
// For each landmark the model ranks the true place among all places: 0.7 means that 70 % of the
// belief lay on likelier ones. If 90 % of landmarks rank below r, then so will 90 % of targets that
// resemble them, whatever is wrong with the model (conformal prediction; Vovk et al. 2005).
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "daymark/locate/evaluate.h"
#include "daymark/locate/posterior_internal.h"

namespace daymark::locate {

/// One node to be placed, while the nodes of one fold are hidden. The task without a fold gives the
/// estimate; those with one give ranks by which estimates of that fold are calibrated.
struct CalibrationTask {
  std::size_t node = 0;
  std::optional<std::size_t> fold;
};

struct CalibrationPlan {
  std::vector<CalibrationTask> tasks;
  std::size_t folds = 0;

  [[nodiscard]] std::size_t fold_of(std::size_t node) const { return node % folds; }
};

/// Nobody's own place, nor that of its fold, takes part in how its estimate is made or calibrated.
[[nodiscard]] CalibrationPlan plan_calibration(const SoftModel& model);

/// What came of one task; `known` is false where nobody timed the node.
struct CalibrationResult {
  bool known = false;
  double rank = 1;
  geo::LatLon place;
  std::optional<Posterior> posterior;  // of tasks without a fold
};

using CalibrationResults = std::vector<CalibrationResult>;

[[nodiscard]] CalibrationResult run_task(const SoftModel& model, const CalibrationPlan& plan,
                                         std::size_t task);

/// The rank below which `share` of further ones lie, given these: the ceil((n+1) share)-th least,
/// or 1 if there is none.
[[nodiscard]] double conformal_rank(std::vector<double> ranks, double share);

[[nodiscard]] EstimateTally tally_estimates(const DelayMatrix& matrix, const SoftModel& model,
                                            const CalibrationPlan& plan,
                                            const CalibrationResults& results);

}  // namespace daymark::locate
