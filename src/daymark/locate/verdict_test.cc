#include "daymark/locate/verdict.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daymark/geo/errors.h"
#include "daymark/locate/errors.h"
#include "daymark/locate/locate_testing.h"

namespace daymark::locate {
namespace {

Question ask(geo::Zone zone, std::uint32_t faults) {
  Question out{std::move(zone)};
  out.faults = faults;
  return out;
}

/// Three operators around Shaoguan; 1 ms is 150 km at the speed of light.
std::vector<Measurement> receipts() {
  return {{"gz", at(23.13, 113.26), "alpha", 1.9, Millis{0}},
          {"cs", at(28.23, 112.94), "beta", 3.9, Millis{0}},
          {"sz", at(22.54, 114.06), "gamma", 2.6, Millis{0}}};
}

TEST(Judge, ProvesAPlaceAndSaysWhy) {
  const auto verdict =
      judge("chip", receipts(), ask(within(at(24.8104, 113.5976), 600), 1)).value();
  EXPECT_EQ(verdict.verdict, geo::Verdict::inside);
  EXPECT_EQ(verdict.reason, errc::locate_inside);
  ASSERT_TRUE(verdict.region);
  EXPECT_LE(geo::distance(verdict.region->centroid, at(24.8104, 113.5976)).value / 1000,
            verdict.region->radius_km);
  EXPECT_NEAR(verdict.landmarks[0].radius_km, 1.9 / 2 * 299.792458, 1e-9);
  EXPECT_TRUE(verdict.landmarks[0].decisive);
  EXPECT_EQ(judge("chip", receipts(), ask(within(at(39.9, 116.4), 500), 1))->reason,
            errc::locate_outside);
  EXPECT_EQ(judge("chip", receipts(), ask(within(at(24.8104, 113.5976), 100), 0))->reason,
            errc::locate_straddles);
}

TEST(Judge, OneOperatorIsOneVoice) {
  std::vector<Measurement> all = receipts();
  for (Measurement& one : all)
    one.operator_name = "alpha";
  const auto verdict = judge("chip", all, ask(within(at(24.8104, 113.5976), 600), 1)).value();
  EXPECT_EQ(verdict.verdict, geo::Verdict::undecided);
  EXPECT_EQ(verdict.reason, errc::locate_too_few_operators);
  EXPECT_FALSE(verdict.region);
  EXPECT_FALSE(verdict.estimate);
  EXPECT_EQ(judge("chip", all, ask(within(at(24.8104, 113.5976), 600), 0))->verdict,
            geo::Verdict::inside);
  EXPECT_EQ(judge("chip", {}, ask(within(at(0, 0), 1), 0))->reason, errc::locate_too_few_operators);
}

TEST(Judge, NamesARefutedAssumption) {
  std::vector<Measurement> all = receipts();
  all.push_back({"dub", at(53.35, -6.26), "delta", 5, Millis{0}});
  const auto verdict = judge("chip", all, ask(within(at(24.8104, 113.5976), 600), 0)).value();
  EXPECT_EQ(verdict.verdict, geo::Verdict::undecided);
  EXPECT_EQ(verdict.reason, errc::locate_assumption_refuted);
  EXPECT_FALSE(verdict.region);
  EXPECT_FALSE(verdict.estimate);
  EXPECT_EQ(judge("chip", all, ask(within(at(24.8104, 113.5976), 600), 1))->verdict,
            geo::Verdict::inside);
}

TEST(Judge, WidensWithAge) {
  std::vector<Measurement> all = receipts();
  for (Measurement& one : all)
    one.age = minutes(20);
  Question question = ask(within(at(24.8104, 113.5976), 600), 1);
  EXPECT_EQ(judge("chip", all, question)->verdict, geo::Verdict::inside);
  question.widening_km_per_s = moving_km_per_s;
  const auto moved = judge("chip", all, question).value();
  EXPECT_NEAR(moved.landmarks[0].radius_km, 1.9 / 2 * 299.792458 + 1200 * 0.3, 1e-9);
  EXPECT_EQ(moved.verdict, geo::Verdict::undecided);
  for (Measurement& one : all)
    one.age = -one.age;
  EXPECT_EQ(judge("chip", all, question)->verdict, geo::Verdict::undecided);
}

TEST(Judge, RefusesDelaysThatAreNone) {
  std::vector<Measurement> all = receipts();
  for (const double rtt : {0.0, -1.0, std::nan("")}) {
    all[1].rtt_ms = rtt;
    const auto result = judge("chip", all, ask(within(at(0, 0), 1), 0));
    EXPECT_EQ(result.error().error.code, errc::locate_delay);
    EXPECT_EQ(result.error().subject, "cs");
  }
}

TEST(Json, HoldsEveryFieldOfTheContract) {
  const auto verdict =
      judge("chip", receipts(), ask(within(at(24.8104, 113.5976), 600), 1)).value();
  const auto json = nlohmann::json::parse(to_json(verdict));
  EXPECT_EQ(json["target"], "chip");
  EXPECT_EQ(json["verdict"], "inside");
  EXPECT_EQ(json["reason"]["code"], 1500);
  EXPECT_EQ(json["reason"]["name"], "locate_inside");
  EXPECT_EQ(json["level"], "L0");
  for (const char* key : {"area_km2", "lat", "lon", "radius_km"})
    EXPECT_TRUE(json["region"][key].is_number()) << key;
  EXPECT_TRUE(json["estimate"]["lat"].is_number());
  EXPECT_EQ(json["landmarks"].size(), 3U);
  EXPECT_EQ(json["landmarks"][1]["id"], "cs");
  EXPECT_EQ(json["landmarks"][1]["rtt_ms"], 3.9);
  EXPECT_EQ(json["landmarks"][1]["used"], true);
  EXPECT_TRUE(json["as_of"].is_null());
}

TEST(Judge, ReceiptsOfOneBeaconOrOperatorCountOnce) {
  // Two landmarks of different operators prove the place with one fault; the same beacon's receipt
  // twice, or a second beacon of the same operator, is no second witness.
  const geo::Zone zone = within(at(24.8104, 113.5976), 700);
  std::vector<Measurement> all = receipts();
  all.erase(all.begin() + 1);
  const geo::Verdict two = judge("chip", all, ask(zone, 1)).value().verdict;
  const geo::Verdict one = judge("chip", {all[0]}, ask(zone, 1)).value().verdict;
  const geo::Verdict twice = judge("chip", {all[0], all[0]}, ask(zone, 1)).value().verdict;
  std::vector<Measurement> owned = all;
  owned[1].operator_name = owned[0].operator_name;
  const geo::Verdict same = judge("chip", owned, ask(zone, 1)).value().verdict;
  EXPECT_EQ(two, geo::Verdict::inside);
  EXPECT_EQ(one, geo::Verdict::undecided);
  EXPECT_EQ(twice, geo::Verdict::undecided);
  EXPECT_EQ(same, geo::Verdict::undecided);
  // Without faults a duplicate changes nothing.
  const auto plain = judge("chip", receipts(), ask(zone, 0)).value();
  std::vector<Measurement> doubled = receipts();
  for (const Measurement& extra : receipts())
    doubled.push_back(extra);
  const auto more = judge("chip", doubled, ask(zone, 0)).value();
  EXPECT_EQ(plain.verdict, more.verdict);
  EXPECT_EQ(plain.region->area_km2, more.region->area_km2);
}

TEST(Judge, AMovingChipIsProvenLessTheOlderItsReceipts) {
  Question question = ask(within(at(24.8104, 113.5976), 600), 1);
  std::vector<Measurement> all = receipts();
  EXPECT_EQ(judge("chip", all, question).value().verdict, geo::Verdict::inside);
  question.widening_km_per_s = moving_km_per_s;
  for (Measurement& one : all)
    one.age = seconds(60);  // 18 km
  const auto fresh = judge("chip", all, question).value();
  for (Measurement& one : all)
    one.age = hours(2);  // 2160 km
  const auto stale = judge("chip", all, question).value();
  EXPECT_NE(fresh.verdict, geo::Verdict::outside);
  EXPECT_EQ(stale.verdict, geo::Verdict::undecided);
  EXPECT_GT(stale.region->area_km2, fresh.region->area_km2);
  // Bolted down, as the policy may say, age doesn't matter.
  question.widening_km_per_s = 0;
  EXPECT_EQ(judge("chip", all, question).value().verdict, geo::Verdict::inside);
}

TEST(Json, SaysNullWhereNothingIsKnown) {
  Question question = ask(within(at(0, 0), 1), 0);
  question.level = Level::enforced;
  question.as_of = UnixMillis{0};
  const auto json = nlohmann::json::parse(
      to_json(judge("\xff", {}, question).value(), Language::simplified_chinese));
  EXPECT_TRUE(json["region"].is_null());
  EXPECT_TRUE(json["estimate"].is_null());
  EXPECT_EQ(json["level"], "L4");
  EXPECT_EQ(json["as_of"], "1970-01-01T00:00:00Z");
  EXPECT_EQ(json["reason"]["text"],
            sentence(errc::locate_too_few_operators, Language::simplified_chinese));
}

TEST(Text, SaysTheVerdictFirst) {
  const auto verdict =
      judge("chip", receipts(), ask(within(at(24.8104, 113.5976), 600), 1)).value();
  EXPECT_TRUE(to_text(verdict).starts_with("chip: inside (within 600 km of 24.8104,113.5976)\n"));
}

TEST(Discs, ComeBackWithTheirOperators) {
  std::vector<Measurement> all = receipts();
  all[2].operator_name = "alpha";
  const auto discs = discs_of(judge("chip", all, ask(within(at(0, 0), 1), 0)).value());
  ASSERT_EQ(discs.size(), 3U);
  EXPECT_EQ(discs[0].operator_id, discs[2].operator_id);
  EXPECT_NE(discs[0].operator_id, discs[1].operator_id);
  EXPECT_NEAR(discs[0].radius_m, 1.9 / 2 * 299792.458, 1e-6);
}

}  // namespace
}  // namespace daymark::locate
