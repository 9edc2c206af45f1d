#include "daymark/locate/evaluate.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daymark/geo/errors.h"
#include "daymark/locate/errors.h"
#include "daymark/locate/locate_testing.h"

namespace daymark::locate {
namespace {

EvaluateRequest quick() {
  EvaluateRequest out;
  out.speed = fiber;
  out.selection = parse_selection("nearest:20").value();
  out.estimates = false;
  return out;
}

const ZoneTally& zone_of(const Evaluation& evaluation, ZoneKind kind, const std::string& name) {
  const auto found = std::ranges::find_if(evaluation.zones, [&](const ZoneTally& zone) {
    return zone.kind == kind && zone.name == name;
  });
  EXPECT_NE(found, evaluation.zones.end());
  return *found;
}

double percent_inside(const Evaluation& evaluation, const std::string& radius) {
  const ZoneTally& zone = zone_of(evaluation, ZoneKind::around, radius);
  return 100.0 * static_cast<double>(zone.inside) / static_cast<double>(zone.nodes());
}

TEST(Evaluate, AgreesWithSingleVerdictsWhateverTheThreads) {
  const DelayMatrix cloud = shipped_cloud();
  const geo::Borders borders = shipped_borders();
  EvaluateRequest request = quick();
  request.faults = 1;
  request.within_km = {500};
  request.countries = {"JP"};
  request.threads = 1;
  const Evaluation one = evaluate(cloud, borders, request).value();
  request.threads = 3;
  const Evaluation three = evaluate(cloud, borders, request).value();
  std::size_t inside = 0;
  std::size_t not_japan = 0;
  const geo::Zone japan = geo::Zone::in(borders.country("JP").value());
  for (const Node& node : cloud.nodes.nodes()) {
    Question question{within(node.place, 500), fiber, 1};
    question.with_region = false;
    const auto verdict = locate(cloud, {node.id, question, request.selection}).value();
    inside += verdict.verdict == geo::Verdict::inside ? 1U : 0U;
    question.zone = japan;
    const auto country = locate(cloud, {node.id, question, request.selection}).value();
    not_japan += country.verdict == geo::Verdict::outside ? 1U : 0U;
  }
  for (const Evaluation& evaluation : {one, three}) {
    EXPECT_EQ(zone_of(evaluation, ZoneKind::around, "500 km").inside, inside);
    EXPECT_EQ(zone_of(evaluation, ZoneKind::country, "JP").outside, not_japan);
    EXPECT_EQ(evaluation.nodes, cloud.nodes.nodes().size());
    EXPECT_TRUE(evaluation.wrong.empty());
    EXPECT_DOUBLE_EQ(evaluation.wrong_bound(), 3.0 / 69);
  }
}

TEST(Evaluate, ProvesAsMuchAsAnIndependentImplementation) {
  // Shares that a sampling implementation on the sphere found on the same data, rounded to 1 %.
  EvaluateRequest request = quick();
  request.selection = {Selection::Kind::all, 0, 0};
  const Evaluation evaluation = evaluate(shipped_cloud(), shipped_borders(), request).value();
  EXPECT_NEAR(percent_inside(evaluation, "500 km"), 57, 2);
  EXPECT_NEAR(percent_inside(evaluation, "1000 km"), 65, 2);
  EXPECT_NEAR(percent_inside(evaluation, "2000 km"), 83, 3);
  EXPECT_GE(evaluation.exclusion.proven * 100, evaluation.exclusion.nodes * 97);
  EXPECT_TRUE(evaluation.wrong.empty());
  EXPECT_TRUE(evaluation.refuted.empty());
  EXPECT_GT(zone_of(evaluation, ZoneKind::beside, "500 km").outside, 40U);
}

/// Three landmarks around a node that claims to be elsewhere.
DelayMatrix table_with_liar() {
  const std::string nodes =
      "id,lat,lon,city,country\na,48,2,A,FR\nb,50,4,B,BE\nc,47,5,C,FR\nliar,1.3,103.8,D,SG\n";
  const std::string delays =
      "src,dst,min_rtt_ms\na,liar,4\nb,liar,4\nc,liar,4\na,b,6\nb,a,6\na,c,6\nc,a,6\n";
  DelayMatrix out;
  out.nodes = NodeTable::parse(nodes, "nodes").value();
  out.delays = parse_delays(delays, out.nodes, "delays").value();
  return out;
}

TEST(Evaluate, CountsWhatContradictsTheDeclaredPlaceAsFalse) {
  EvaluateRequest request = quick();
  const Evaluation evaluation = evaluate(table_with_liar(), shipped_borders(), request).value();
  EXPECT_EQ(evaluation.wrong, std::vector<std::string>{"liar"});
  EXPECT_EQ(evaluation.nodes, 4U);
  const ZoneTally& near = zone_of(evaluation, ZoneKind::around, "500 km");
  EXPECT_EQ(near.outside_false, std::vector<std::string>{"liar"});
  EXPECT_EQ(near.lies_in, 4U);
  EXPECT_EQ(zone_of(evaluation, ZoneKind::country, "SG").outside_false.size(), 1U);
  // 4.74 is the 95 % bound of a Poisson count of 1.
  EXPECT_NEAR(upper_bound_95(1, 100), 0.0474, 2e-4);
  EXPECT_EQ(evaluation.wrong_bound(), 1);
  // As many faults as landmarks: nothing can be said, so nothing false.
  request.faults = 3;
  EXPECT_TRUE(evaluate(table_with_liar(), shipped_borders(), request).value().wrong.empty());
}

TEST(Evaluate, SaysItAsJsonAndText) {
  const auto json = nlohmann::json::parse(
      to_json(evaluate(table_with_liar(), shipped_borders(), quick()).value()));
  EXPECT_EQ(json["zones"].size(), 3U * 2 + 6);
  EXPECT_EQ(json["zones"][0]["false_outside"], nlohmann::json({"liar"}));
  EXPECT_EQ(json["landmarks"], "nearest:20");
  EXPECT_TRUE(json["estimate"].is_null());
  EXPECT_GT(json["verdict_ms"]["median"], 0.0);
  const std::string text = to_text(evaluate(table_with_liar(), shipped_borders(), quick()).value());
  EXPECT_NE(text.find("nodes with a false verdict: 1"), std::string::npos);
}

TEST(Evaluate, RefusesWhatItCantJudgeBy) {
  EvaluateRequest request = quick();
  request.countries = {"QQ"};
  EXPECT_EQ(evaluate(table_with_liar(), shipped_borders(), request).error().error.code,
            errc::country_unknown);
  request = quick();
  request.within_km = {30'000};
  EXPECT_EQ(evaluate(table_with_liar(), shipped_borders(), request).error().error.code,
            errc::distance_malformed);
}

TEST(Spread, IsExactOnSmallLists) {
  EXPECT_EQ(spread_of({}).median, 0);
  EXPECT_EQ(spread_of({7}).p90, 7);
  EXPECT_DOUBLE_EQ(spread_of({4, 1, 3, 2}).median, 2.5);
  EXPECT_DOUBLE_EQ(spread_of({0, 10}).p90, 9);
  EXPECT_EQ(upper_bound_95(0, 60), 0.05);
  EXPECT_EQ(upper_bound_95(0, 0), 1);
}

}  // namespace
}  // namespace daymark::locate
