#include "daymark/locate/suspects.h"

#include <bit>
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daymark/locate/cover_internal.h"
#include "daymark/locate/locate_testing.h"

namespace daymark::locate {
namespace {

/// Delays of glass with a detour between all pairs, by the true places.
DelayMatrix world_of(const std::vector<std::pair<std::string, geo::LatLon>>& declared,
                     const std::vector<geo::LatLon>& truth) {
  std::string nodes = "id,lat,lon,city,country\n";
  std::string delays = "src,dst,min_rtt_ms\n";
  for (const auto& [id, place] : declared)
    nodes += id + "," + geo::to_text(place) + ",c,\n";
  for (std::size_t i = 0; i < truth.size(); ++i) {
    for (std::size_t j = 0; j < truth.size(); ++j) {
      const double km = geo::distance(truth[i], truth[j]).value / 1000;
      const double ms = 0.5 + 1.3 * 2 * km / fiber.km_per_ms;
      if (i != j)
        delays += declared[i].first + "," + declared[j].first + "," + std::to_string(ms) + "\n";
    }
  }
  DelayMatrix out;
  out.nodes = NodeTable::parse(nodes, "nodes").value();
  out.delays = parse_delays(delays, out.nodes, "delays").value();
  return out;
}

std::vector<std::pair<std::string, geo::LatLon>> europe() {
  return {{"london", at(51.5, -0.1)}, {"paris", at(48.9, 2.3)},   {"berlin", at(52.5, 13.4)},
          {"rome", at(41.9, 12.5)},   {"madrid", at(40.4, -3.7)}, {"vienna", at(48.2, 16.4)}};
}

std::vector<geo::LatLon> places(const std::vector<std::pair<std::string, geo::LatLon>>& nodes) {
  std::vector<geo::LatLon> out;
  for (const auto& node : nodes)
    out.push_back(node.second);
  return out;
}

TEST(Suspects, NobodyWhereAllIsTrue) {
  const SuspectReport report = find_suspects(world_of(europe(), places(europe())), fiber);
  EXPECT_TRUE(report.suspects.empty());
  EXPECT_EQ(report.least_wrong, 0U);
  EXPECT_TRUE(find_suspects(shipped_cloud(), fiber).suspects.empty());
}

TEST(Suspects, NamesTheOneThatManyContradict) {
  auto declared = europe();
  declared[3].second = at(40.7, -74.0);  // Rome says that it is New York
  const DelayMatrix matrix = world_of(declared, places(europe()));
  const SuspectReport report = find_suspects(matrix, fiber);
  ASSERT_EQ(report.suspects.size(), 1U);
  const Suspect& rome = report.suspects.front();
  EXPECT_EQ(rome.node, 3U);
  EXPECT_EQ(rome.doubt, Doubt::certain);
  EXPECT_EQ(rome.evidence.size(), 10U);
  EXPECT_EQ(report.least_wrong, 1U);
  EXPECT_EQ(report.contradicted, 6U);
  ASSERT_TRUE(rome.allowed);
  EXPECT_LT(geo::distance(rome.allowed->centroid, at(41.9, 12.5)).value / 1000,
            rome.allowed->radius_km);
  EXPECT_GT(rome.off_km, 3000);
  const auto json = nlohmann::json::parse(to_json(report, matrix));
  EXPECT_EQ(json["suspects"][0]["id"], "rome");
  EXPECT_EQ(json["suspects"][0]["doubt"], "certain");
  EXPECT_EQ(json["suspects"][0]["evidence"].size(), 10U);
  EXPECT_NE(to_text(report, matrix).find("certain  rome"), std::string::npos);
}

TEST(Suspects, SaysThatEitherEndOfOnePairMayBeWrong) {
  DelayMatrix matrix = world_of(europe(), places(europe()));
  for (Delay& delay : matrix.delays)
    if (delay.source + delay.target == 1) delay.rtt_ms = 0.65;  // London and Paris
  const SuspectReport report = find_suspects(matrix, fiber);
  ASSERT_EQ(report.suspects.size(), 2U);
  for (const Suspect& suspect : report.suspects) {
    EXPECT_EQ(suspect.doubt, Doubt::possible);
    EXPECT_EQ(suspect.evidence.size(), 2U);
  }
  EXPECT_EQ(report.least_wrong, 1U);
}

TEST(Suspects, AFasterSpeedAccusesFewer) {
  DelayMatrix matrix = world_of(europe(), places(europe()));
  for (Delay& delay : matrix.delays)
    delay.rtt_ms *= 0.6;
  EXPECT_GT(contradictions_of(matrix, fiber).size(), 0U);
  EXPECT_EQ(contradictions_of(matrix, light).size(), 0U);
}

/// All subsets, for graphs of at most 12 nodes.
std::size_t cover_by_trial(const std::vector<std::pair<std::size_t, std::size_t>>& edges,
                           unsigned must, unsigned must_not) {
  std::size_t best = 99;
  for (unsigned set = 0; set < 1U << 10U; ++set) {
    if ((set & must) != must || (set & must_not) != 0) continue;
    const bool covers = std::ranges::all_of(edges, [set](const auto& edge) {
      return ((set >> edge.first) & 1U) != 0 || ((set >> edge.second) & 1U) != 0;
    });
    if (covers) best = std::min<std::size_t>(best, static_cast<std::size_t>(std::popcount(set)));
  }
  return best;
}

TEST(ConflictGraph, AgreesWithTryingAllSets) {
  std::mt19937 random(7);
  for (int round = 0; round < 60; ++round) {
    std::vector<std::pair<std::size_t, std::size_t>> edges;
    ConflictGraph graph(10);
    const unsigned density = 1U + static_cast<unsigned>(random() % 6);
    for (std::size_t a = 0; a < 10; ++a) {
      for (std::size_t b = a + 1; b < 10; ++b) {
        if (random() % 10 >= density) continue;
        edges.emplace_back(a, b);
        graph.add(a, b);
        graph.add(b, a);
      }
    }
    EXPECT_EQ(graph.smallest(), cover_by_trial(edges, 0, 0));
    for (std::size_t node = 0; node < 10; ++node) {
      EXPECT_EQ(graph.smallest_with(node), cover_by_trial(edges, 1U << node, 0));
      EXPECT_EQ(graph.smallest_without(node), cover_by_trial(edges, 0, 1U << node));
    }
  }
}

TEST(ConflictGraph, GivesUpInsteadOfRunningForEver) {
  // A random graph of 120 nodes with half of all edges has no small cover.
  std::mt19937 random(1);
  ConflictGraph graph(400);
  for (std::size_t a = 0; a < 400; ++a)
    for (std::size_t b = a + 1; b < 400; ++b)
      if (random() % 50 == 0) graph.add(a, b);
  EXPECT_EQ(graph.smallest(), std::nullopt);
}

}  // namespace
}  // namespace daymark::locate
