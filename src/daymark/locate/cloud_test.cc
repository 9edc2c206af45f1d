// Leave one out over the whole shipped matrix: each node in turn is the target, the others are
// landmarks. The rows were cleaned by the rule "no faster than light in fibre", so the true place
// is always within the region, and a false verdict would be an error of the geometry.
#include <array>

#include <gtest/gtest.h>

#include "daymark/locate/errors.h"
#include "daymark/locate/locate_testing.h"

namespace daymark::locate {
namespace {

struct Setting {
  Speed speed;
  std::uint32_t faults;
  Selection selection;
};

std::vector<Setting> settings() {
  const Selection nearest = parse_selection("nearest:20").value();
  std::vector<Setting> out;
  for (const Speed speed : {fiber, light}) {
    for (const std::uint32_t faults : {0U, 1U, 2U})
      out.push_back({speed, faults, nearest});
  }
  out.push_back({fiber, 1, parse_selection("all").value()});
  return out;
}

/// What a verdict about one node of known place must not say.
void expect_true(const PlaceVerdict& verdict, bool in_zone, geo::LatLon truth) {
  EXPECT_FALSE(verdict.verdict == geo::Verdict::inside && !in_zone) << to_text(verdict);
  EXPECT_FALSE(verdict.verdict == geo::Verdict::outside && in_zone) << to_text(verdict);
  EXPECT_NE(verdict.reason, errc::locate_assumption_refuted) << to_text(verdict);
  if (!verdict.region) return;
  EXPECT_LE(geo::distance(verdict.region->centroid, truth).value / 1000, verdict.region->radius_km);
}

TEST(Cloud, GivesNoFalseVerdictAnywhere) {
  const DelayMatrix cloud = shipped_cloud();
  const geo::Borders borders = shipped_borders();
  const geo::Country china = borders.country("CN").value();
  std::array<int, 3> seen{};
  for (const Node& node : cloud.nodes.nodes()) {
    const geo::Country own = borders.country(node.country).value();
    // A place in the neighbourhood that a spoofer might claim.
    const geo::LatLon claimed = geo::destination(node.place, 77, Metres{700e3});
    const std::array<std::pair<geo::Zone, bool>, 4> zones{
        {{within(node.place, 500), true},
         {within(claimed, 400), false},
         {geo::Zone::in(own), own.contains(node.place)},
         {geo::Zone::not_in(china), !china.contains(node.place)}}};
    for (const Setting& setting : settings()) {
      for (const auto& [zone, in_zone] : zones) {
        Question question{zone, setting.speed, setting.faults};
        question.with_region = &zone == &zones[0].first && setting.faults == 1;
        const auto verdict = locate(cloud, {node.id, question, setting.selection}).value();
        expect_true(verdict, in_zone, node.place);
        ++seen[static_cast<std::size_t>(verdict.verdict)];
      }
    }
  }
  for (const int count : seen)
    EXPECT_GT(count, 40);
}

/// Share of `nodes` in percent for which `zone_of` gives `inside`.
template <class ZoneOf>
double share_inside(const DelayMatrix& cloud, const std::vector<Node>& nodes,
                    const Setting& setting, const ZoneOf& zone_of) {
  int inside = 0;
  for (const Node& node : nodes) {
    Question question{zone_of(node), setting.speed, setting.faults};
    question.with_region = false;
    const auto verdict = locate(cloud, {node.id, question, setting.selection}).value();
    if (verdict.verdict == geo::Verdict::inside) ++inside;
  }
  return 100.0 * inside / static_cast<double>(nodes.size());
}

TEST(Cloud, ProvesAsMuchAsAnIndependentImplementation) {
  // Shares that a sampling implementation on the sphere found on the same data, rounded to 1 %.
  const DelayMatrix cloud = shipped_cloud();
  const std::vector<Node>& nodes = cloud.nodes.nodes();
  const auto around = [](double km) {
    return [km](const Node& node) { return within(node.place, km); };
  };
  const Selection all = parse_selection("all").value();
  const Selection nearest = parse_selection("nearest:20").value();
  EXPECT_NEAR(share_inside(cloud, nodes, {fiber, 0, all}, around(500)), 57, 2);
  EXPECT_NEAR(share_inside(cloud, nodes, {fiber, 0, all}, around(1000)), 65, 2);
  EXPECT_NEAR(share_inside(cloud, nodes, {fiber, 0, all}, around(2000)), 83, 3);
  EXPECT_NEAR(share_inside(cloud, nodes, {light, 0, all}, around(500)), 42, 2);
  EXPECT_NEAR(share_inside(cloud, nodes, {light, 0, all}, around(1000)), 59, 2);
  EXPECT_NEAR(share_inside(cloud, nodes, {fiber, 1, nearest}, around(500)), 35, 2);
  EXPECT_NEAR(share_inside(cloud, nodes, {fiber, 1, nearest}, around(1000)), 46, 2);
  EXPECT_NEAR(share_inside(cloud, nodes, {fiber, 2, nearest}, around(2000)), 42, 2);
  std::vector<Node> far;
  for (const Node& node : nodes)
    if (node.country != "HK" && node.country != "TW") far.push_back(node);
  const geo::Country china = shipped_borders().country("CN").value();
  const auto not_china = [&china](const Node&) { return geo::Zone::not_in(china); };
  EXPECT_NEAR(share_inside(cloud, far, {fiber, 0, all}, not_china), 98, 1);
  EXPECT_NEAR(share_inside(cloud, far, {light, 0, all}, not_china), 94, 1);
}

TEST(Cloud, ALiarMovesNobodyWithinTheTolerance) {
  // Each landmark in turn claims the shortest delay to the target: with f = 1 still no false word.
  const DelayMatrix cloud = shipped_cloud();
  for (const char* id : {"aws:eu-central-1", "gcp:us-central1", "azure:japaneast"}) {
    const std::size_t target = cloud.nodes.find(id);
    if (target == NodeTable::npos) continue;
    const geo::LatLon truth = cloud.nodes.nodes()[target].place;
    const auto honest = measurements_of(cloud, target);
    for (std::size_t liar = 0; liar < honest.size(); ++liar) {
      std::vector<Measurement> lied = honest;
      lied[liar].rtt_ms = 0.2;
      const Question question{within(lied[liar].place, 100), fiber, 1};
      const bool in_zone = geo::distance(lied[liar].place, truth).value <= 100e3;
      expect_true(judge(id, lied, question).value(), in_zone, truth);
    }
  }
}

}  // namespace
}  // namespace daymark::locate
