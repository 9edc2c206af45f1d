#include <algorithm>
#include <cmath>
#include <utility>

#include "daymark/locate/calibration_internal.h"
#include "daymark/locate/locate.h"
#include "daymark/locate/parallel_internal.h"
#include "daymark/locate/soft.h"

namespace daymark::locate {

namespace {

// So few nodes are hidden at a time that the others know nearly as much as all of them.
constexpr std::size_t fold_size = 6;
constexpr std::size_t folds_least = 5;
constexpr std::size_t folds_most = 12;
// Ranks that calibrate one fold: 36 of 39 are exactly nine tenths of one more, 20 are half.
constexpr std::size_t ranks_of_fold = 39;
constexpr double metres_in_km = 1000;

double km_between(geo::LatLon a, geo::LatLon b) {
  return geo::distance(a, b).value / metres_in_km;
}

SoftRegion region_of(const Posterior& posterior, double rank) {
  SoftRegion out;
  out.area_km2 = posterior.area_km2(rank);
  const std::size_t count = posterior.parts_within(rank);
  for (std::size_t i = 0; i < count; ++i)
    out.cells.push_back(posterior.parts()[i].cell);
  return out;
}

/// Sums over nodes.
struct EstimateSums {
  std::vector<double> errors;
  std::vector<double> nearest;
  std::vector<double> areas50;
  std::vector<double> areas90;
  std::size_t held50 = 0;
  std::size_t held90 = 0;
};

}  // namespace

CalibrationPlan plan_calibration(const SoftModel& model) {
  CalibrationPlan out;
  out.folds = std::clamp(model.size() / fold_size, folds_least, folds_most);
  for (std::size_t node = 0; node < model.size(); ++node)
    out.tasks.push_back({node, std::nullopt});
  for (std::size_t fold = 0; fold < out.folds; ++fold) {
    std::vector<std::size_t> others;
    for (std::size_t node = 0; node < model.size(); ++node)
      if (out.fold_of(node) != fold) others.push_back(node);
    const std::size_t count = std::min(ranks_of_fold, others.size());
    for (std::size_t i = 0; i < count; ++i)
      out.tasks.push_back({others[i * others.size() / count], fold});
  }
  return out;
}

CalibrationResult run_task(const SoftModel& model, const CalibrationPlan& plan, std::size_t task) {
  const CalibrationTask& what = plan.tasks[task];
  std::vector<bool> hidden(model.size());
  for (std::size_t node = 0; node < model.size(); ++node)
    hidden[node] = what.fold && plan.fold_of(node) == *what.fold;
  CalibrationResult out;
  std::optional<Posterior> posterior = model.posterior(what.node, hidden);
  if (!posterior) return out;
  out.known = true;
  out.rank = posterior->rank_of(model.place(what.node));
  if (what.fold) return out;
  out.place = model.middle(*posterior);
  out.posterior = std::move(posterior);
  return out;
}

double conformal_rank(std::vector<double> ranks, double share) {
  const auto wanted =
      static_cast<std::size_t>(std::ceil(static_cast<double>(ranks.size() + 1) * share));
  if (wanted == 0 || wanted > ranks.size()) return 1;
  const auto at = ranks.begin() + static_cast<std::ptrdiff_t>(wanted - 1);
  std::ranges::nth_element(ranks, at);
  return *at;
}

EstimateTally tally_estimates(const DelayMatrix& matrix, const SoftModel& model,
                              const CalibrationPlan& plan, const CalibrationResults& results) {
  std::vector<std::vector<double>> ranks(plan.folds);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (plan.tasks[i].fold && results[i].known)
      ranks[*plan.tasks[i].fold].push_back(results[i].rank);
  }
  EstimateSums sums;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const CalibrationResult& result = results[i];
    if (plan.tasks[i].fold || !result.known) continue;
    const std::size_t node = plan.tasks[i].node;
    const std::vector<double>& known = ranks[plan.fold_of(node)];
    const double rank50 = conformal_rank(known, 0.5);
    const double rank90 = conformal_rank(known, 0.9);
    sums.errors.push_back(km_between(result.place, model.place(node)));
    sums.nearest.push_back(
        km_between(measurements_of(matrix, node).front().place, model.place(node)));
    sums.areas50.push_back(result.posterior->area_km2(rank50));
    sums.areas90.push_back(result.posterior->area_km2(rank90));
    sums.held50 += result.rank <= rank50 ? 1U : 0U;
    sums.held90 += result.rank <= rank90 ? 1U : 0U;
  }
  EstimateTally out;
  const auto count = std::max(1.0, static_cast<double>(sums.errors.size()));
  out.held50 = static_cast<double>(sums.held50) / count;
  out.held90 = static_cast<double>(sums.held90) / count;
  out.error_km = spread_of(sums.errors);
  out.nearest_km = spread_of(sums.nearest);
  out.area50_km2 = spread_of(sums.areas50);
  out.area90_km2 = spread_of(sums.areas90);
  return out;
}

bool SoftRegion::holds(geo::LatLon place) const {
  const geo::Cell smallest = geo::cell_at(place);
  return std::ranges::any_of(
      cells, [&smallest](const geo::Cell& cell) { return geo::holds(cell, smallest); });
}

std::optional<SoftEstimate> soft_estimate(const DelayMatrix& matrix, const geo::Borders& borders,
                                          std::size_t target) {
  const geo::Land land(borders);
  const SoftModel model(matrix, land);
  std::vector<bool> hidden(model.size());
  const auto posterior = model.posterior(target, hidden);
  if (!posterior) return std::nullopt;
  hidden[target] = true;
  std::vector<std::optional<double>> found(model.size());
  const auto rank = [&](std::size_t node) -> Outcome<void> {
    const auto other = node == target ? std::nullopt : model.posterior(node, hidden);
    if (other) found[node] = other->rank_of(model.place(node));
    return {};
  };
  // The work can't fail.
  static_cast<void>(for_each_index(model.size(), 0, rank, [](std::size_t) {}));
  std::vector<double> ranks;
  for (const std::optional<double>& one : found)
    if (one) ranks.push_back(*one);
  SoftEstimate out;
  out.place = model.middle(*posterior);
  out.calibrated_on = ranks.size();
  out.half = region_of(*posterior, conformal_rank(ranks, 0.5));
  out.ninety = region_of(*posterior, conformal_rank(ranks, 0.9));
  return out;
}

}  // namespace daymark::locate
