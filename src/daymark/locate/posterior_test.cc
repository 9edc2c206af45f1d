#include <numeric>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daymark/locate/calibration_internal.h"
#include "daymark/locate/locate_testing.h"
#include "daymark/locate/posterior_internal.h"
#include "daymark/locate/soft.h"

namespace daymark::locate {
namespace {

double mass_of(const Posterior& posterior, std::size_t count) {
  const auto& parts = posterior.parts();
  return std::accumulate(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(count), 0.0,
                         [](double sum, const Posterior::Part& part) { return sum + part.mass; });
}

TEST(Posterior, IsADistributionOverDisjointCells) {
  const DelayMatrix cloud = shipped_cloud();
  const geo::Land land(shipped_borders());
  const SoftModel model(cloud, land);
  const std::vector<bool> hidden(model.size());
  const Posterior posterior = model.posterior(3, hidden).value();
  const auto& parts = posterior.parts();
  EXPECT_NEAR(mass_of(posterior, parts.size()), 1, 1e-9);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    EXPECT_GE(parts[i - 1].density, parts[i].density);
    EXPECT_FALSE(geo::holds(parts[i].cell, parts[i - 1].cell));
    EXPECT_FALSE(geo::holds(parts[i - 1].cell, parts[i].cell));
  }
  const geo::LatLon likeliest = parts.front().cell.centre;
  EXPECT_NEAR(posterior.rank_of(likeliest), parts.front().mass / 2, 1e-12);
  EXPECT_EQ(posterior.rank_of(at(-80, 0)), 1);
  EXPECT_EQ(posterior.parts_within(1), parts.size());
  EXPECT_LE(posterior.area_km2(0.5), posterior.area_km2(0.9));
}

TEST(Posterior, DoesNotLookAtTheTarget) {
  // Neither the declared place nor the rows that the target timed change anything.
  const DelayMatrix cloud = shipped_cloud();
  const geo::Land land(shipped_borders());
  const std::size_t target = 10;
  std::string nodes = "id,lat,lon,city,country\n";
  for (const Node& node : cloud.nodes.nodes()) {
    const bool moved = node.id == cloud.nodes.nodes()[target].id;
    const geo::LatLon place = moved ? at(-50, 10) : node.place;
    nodes += fmt::format("{},{},{},c,\n", node.id, place.latitude(), place.longitude());
  }
  DelayMatrix other{NodeTable::parse(nodes, "nodes").value(), cloud.delays};
  for (Delay& delay : other.delays)
    if (delay.source == target) delay.rtt_ms = 1;
  const std::vector<bool> hidden(cloud.nodes.nodes().size());
  const Posterior one = SoftModel(cloud, land).posterior(target, hidden).value();
  const Posterior two = SoftModel(other, land).posterior(target, hidden).value();
  ASSERT_EQ(one.parts().size(), two.parts().size());
  EXPECT_LT(geo::distance(one.middle(0.8), two.middle(0.8)).value, 1);
  EXPECT_NEAR(one.area_km2(0.9), two.area_km2(0.9), 1);
}

TEST(Posterior, IsNothingWithoutDelays) {
  const DelayMatrix cloud = shipped_cloud();
  const geo::Land land(shipped_borders());
  const SoftModel model(cloud, land);
  EXPECT_FALSE(model.posterior(0, std::vector<bool>(model.size(), true)));
}

TEST(ConformalRank, IsTheRankOfOneMore) {
  std::vector<double> ranks;
  for (int i = 1; i <= 9; ++i)
    ranks.push_back(i / 10.0);
  EXPECT_EQ(conformal_rank(ranks, 0.5), 0.5);
  EXPECT_EQ(conformal_rank(ranks, 0.9), 0.9);
  EXPECT_EQ(conformal_rank(ranks, 0.95), 1);
  EXPECT_EQ(conformal_rank({}, 0.5), 1);
}

TEST(Calibration, HidesTheFoldFromItsOwnCalibration) {
  const DelayMatrix cloud = shipped_cloud();
  const geo::Land land(shipped_borders());
  const SoftModel model(cloud, land);
  const CalibrationPlan plan = plan_calibration(model);
  EXPECT_EQ(plan.tasks.size(), model.size() + plan.folds * 39);
  for (const CalibrationTask& task : plan.tasks) {
    if (task.fold) {
      EXPECT_NE(plan.fold_of(task.node), *task.fold);
    }
  }
}

TEST(SoftEstimate, IsSaidApartFromTheVerdict) {
  const DelayMatrix cloud = shipped_cloud();
  const std::size_t target = cloud.nodes.find("aws:ap-southeast-1");
  const SoftEstimate soft = soft_estimate(cloud, shipped_borders(), target).value();
  EXPECT_LT(geo::distance(soft.place, cloud.nodes.nodes()[target].place).value, 200e3);
  EXPECT_LE(soft.half.area_km2, soft.ninety.area_km2);
  EXPECT_EQ(soft.ninety.holds(at(60, 0)), false);
  EXPECT_GT(soft.calibrated_on, 60U);
  PlaceVerdict verdict;
  EXPECT_FALSE(nlohmann::json::parse(to_json(verdict)).contains("calibrated_estimate"));
  verdict.calibrated = soft;
  EXPECT_EQ(nlohmann::json::parse(to_json(verdict))["calibrated_estimate"]["grants"], "nothing");
}

}  // namespace
}  // namespace daymark::locate
