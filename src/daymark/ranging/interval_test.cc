#include "daymark/ranging/interval.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/ranging/errors.h"

namespace daymark::ranging {

namespace {

constexpr std::int64_t million = 1'000'000;

SignedTime answer_of(std::size_t by, std::int64_t time, TickMillis received = {0}) {
  return {by, {time}, {10}, {0}, received};
}

/// Rounds a / b towards minus infinity, b > 0.
std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

struct Ends {
  std::int64_t earliest = 0;
  std::int64_t latest = 0;
};

/// The naive second formulation: counts supporters of each candidate instead of sorting, and works
/// in millionths of a millisecond. One answer an operator, all within range.
Ends naive(const std::vector<SignedTime>& answers, const TimeRule& rule, std::int64_t now) {
  std::vector<Ends> ends;
  for (const SignedTime& each : answers) {
    const std::int64_t elapsed = now - each.received.value;
    const std::int64_t shorter = std::max<std::int64_t>(elapsed - 1, 0);
    const std::int64_t longer = elapsed + each.waited.value + 1;
    const std::int64_t slow = floor_div(shorter * (million - rule.tick_drift_ppm), million);
    const std::int64_t fast = -floor_div(-longer * (million + rule.tick_drift_ppm), million);
    ends.push_back(
        {each.time.value - each.radius.value + slow, each.time.value + each.radius.value + fast});
  }
  Ends out{std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
  for (const Ends& candidate : ends) {
    const auto above = std::ranges::count_if(
        ends, [&](const Ends& e) { return e.earliest >= candidate.earliest; });
    const auto below =
        std::ranges::count_if(ends, [&](const Ends& e) { return e.latest <= candidate.latest; });
    if (above > rule.faults) out.earliest = std::max(out.earliest, candidate.earliest);
    if (below > rule.faults) out.latest = std::min(out.latest, candidate.latest);
  }
  return out;
}

SignedTime draw_answer(std::size_t by) {
  return {by,
          {*rc::gen::inRange<std::int64_t>(0, 10'000)},
          {*rc::gen::inRange<std::int64_t>(0, 500)},
          {*rc::gen::inRange<std::int64_t>(0, 500)},
          {*rc::gen::inRange<std::int64_t>(0, 1'000)}};
}

TEST(TimeInterval, KnowsNothingBeforeEnoughOperators) {
  TimeInterval time({1, 0});
  EXPECT_FALSE(time.at({0}));
  ASSERT_TRUE(time.feed(answer_of(0, 1000)));
  ASSERT_TRUE(time.feed(answer_of(1, 1000)));
  ASSERT_TRUE(time.feed(answer_of(1, 1001)));  // the same operator twice is still one
  EXPECT_FALSE(time.at({0}));
  ASSERT_TRUE(time.feed(answer_of(2, 1000)));
  EXPECT_TRUE(time.at({0}));
}

TEST(TimeInterval, OneLiarOfThreeMovesNothingOutside) {
  TimeInterval time({1, 0});
  ASSERT_TRUE(time.feed(answer_of(0, 1000)));
  ASSERT_TRUE(time.feed(answer_of(1, 1005)));
  ASSERT_TRUE(time.feed(answer_of(2, 9'000'000)));
  const auto bounds = time.at({0});
  ASSERT_TRUE(bounds);
  EXPECT_EQ(bounds->earliest.value, 995);
  EXPECT_EQ(bounds->latest.value, 1016);  // one millisecond for the grain of the tick
}

TEST(TimeInterval, AdvancesByTheTickWithItsDrift) {
  TimeInterval time({0, 1000});  // 0.1 %
  ASSERT_TRUE(time.feed({0, {50'000}, {10}, {100}, {1000}}));
  const auto bounds = time.at({101'001});
  ASSERT_TRUE(bounds);
  EXPECT_EQ(bounds->earliest.value, 50'000 - 10 + 100'000 - 100);
  EXPECT_EQ(bounds->latest.value, 50'000 + 10 + 100'102 + 101);
  EXPECT_EQ(bounds->age.value, 100'101);
}

TEST(TimeInterval, UpperEndHoldsTheWaitAndLowerEndDoesNot) {
  TimeInterval time({0, 0});
  ASSERT_TRUE(time.feed({0, {50'000}, {10}, {3000}, {0}}));
  EXPECT_EQ(time.at({0})->earliest.value, 49'990);
  EXPECT_EQ(time.at({0})->latest.value, 53'011);
}

TEST(TimeInterval, OnlyTheFloorSurvivesAReset) {
  TimeInterval before({0, 0});
  ASSERT_TRUE(before.feed(answer_of(0, 5000)));
  EXPECT_EQ(before.floor().value, 4990);
  TimeInterval after({0, 0});
  after.restore(before.floor());
  EXPECT_FALSE(after.at({0}));
  ASSERT_TRUE(after.feed(answer_of(0, 1000)));  // older than the floor: the floor is the time
  EXPECT_EQ(after.at({0})->earliest.value, 4990);
  EXPECT_EQ(after.at({0})->latest.value, 4990);
  after.restore({900});
  ASSERT_TRUE(after.feed(answer_of(0, 1000)));
  EXPECT_EQ(after.at({0})->earliest.value, 990);
}

TEST(TimeInterval, NarrowestOfARoundIsKeptAndTheNewestAfterIt) {
  TimeInterval time({0, 0});
  ASSERT_TRUE(time.feed({0, {5000}, {1}, {0}, {0}}));
  ASSERT_TRUE(time.feed({0, {5000}, {900}, {0}, {0}}));
  EXPECT_EQ(time.at({0})->latest.value, 5002);
  const TickMillis later{same_round.value + 1};
  ASSERT_TRUE(time.feed({0, {70'000}, {900}, {0}, later}));
  EXPECT_EQ(time.at(later)->latest.value, 70'901);
  EXPECT_EQ(time.at(later)->age.value, 0);
}

TEST(TimeInterval, EarliestStandsWhereAWiderAnswerComes) {
  TimeInterval interval({0, 0});
  ASSERT_TRUE(interval.feed(answer_of(0, 10'000)));
  const UnixMillis known = interval.at({100'000})->earliest;
  SignedTime wide = answer_of(0, 110'000, {100'000});
  wide.radius = {60'000};
  ASSERT_TRUE(interval.feed(wide));
  EXPECT_GE(interval.at({100'000})->earliest, known);
  EXPECT_LE(known, UnixMillis{110'000});
}

TEST(TimeInterval, AgeIsThatOfTheLastOperatorNeeded) {
  TimeInterval time({1, 0});
  ASSERT_TRUE(time.feed({0, {1000}, {10}, {5}, {0}}));
  ASSERT_TRUE(time.feed({1, {2000}, {10}, {5}, {1000}}));
  ASSERT_TRUE(time.feed({2, {3000}, {10}, {5}, {2000}}));
  EXPECT_EQ(time.at({3000})->age.value, 3005);
  ASSERT_TRUE(time.feed({3, {3000}, {10}, {5}, {2000}}));
  EXPECT_EQ(time.at({3000})->age.value, 2005);
}

TEST(TimeInterval, RefusesWhatIsOutOfRange) {
  TimeInterval time({0, 0});
  const SignedTime wrong[] = {
      {operators_max, {0}, {0}, {0}, {0}}, {0, {0}, {-1}, {0}, {0}}, {0, {0}, {0}, {-1}, {0}}};
  for (const SignedTime& each : wrong)
    EXPECT_EQ(time.feed(each).error().code, errc::ranging_time);
  EXPECT_FALSE(time.at({0}));
}

TEST(TimeInterval, ExtremesSaturateInsteadOfWrapping) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  TimeInterval time({0, 4'000'000'000U});
  ASSERT_TRUE(time.feed({0, {most}, {most}, {most}, {0}}));
  const auto bounds = time.at({most});
  ASSERT_TRUE(bounds);
  EXPECT_EQ(bounds->latest.value, most);
  EXPECT_LE(bounds->earliest, bounds->latest);
}

TEST(OperatorOf, IsThatOfItsFirstBeacon) {
  std::array<order::BeaconEntry, 4> beacons{};
  beacons[0].operator_name = "a";
  beacons[1].operator_name = "b";
  beacons[2].operator_name = "a";
  beacons[3].operator_name = "c";
  EXPECT_EQ(operator_of(beacons, 0), 0U);
  EXPECT_EQ(operator_of(beacons, 1), 1U);
  EXPECT_EQ(operator_of(beacons, 2), 0U);
  EXPECT_EQ(operator_of(beacons, 3), 3U);
}

RC_GTEST_PROP(TimeInterval, AgreesWithTheNaiveReference, ()) {
  const TimeRule rule{*rc::gen::inRange<std::uint32_t>(0, 3),
                      *rc::gen::inRange<std::uint32_t>(0, 5000)};
  const auto operators = *rc::gen::inRange<std::size_t>(2 * rule.faults + 1, operators_max + 1);
  std::vector<SignedTime> answers;
  TimeInterval time(rule);
  for (std::size_t i = 0; i < operators; ++i) {
    answers.push_back(draw_answer(i));
    RC_ASSERT(time.feed(answers.back()).has_value());
  }
  TimeInterval fresh(rule);
  for (const SignedTime& each : answers)
    RC_ASSERT(fresh.feed(each).has_value());
  const auto now = *rc::gen::inRange<std::int64_t>(1'000, 4'000'000);
  const auto bounds = fresh.at({now});
  RC_ASSERT(bounds.has_value());
  const Ends expected = naive(answers, rule, now);
  const std::int64_t earliest = std::max(expected.earliest, fresh.floor().value);
  RC_ASSERT(bounds->earliest.value == earliest);
  RC_ASSERT(bounds->latest.value == std::max(expected.latest, earliest));
}

/// One world for the soundness test, in microseconds of true time.
struct World {
  std::int64_t start = 1'700'000'000'000'000;
  std::int64_t rate_ppm = 0;  ///< how fast the chip's tick really runs
  TimeRule rule;

  [[nodiscard]] std::int64_t tick(std::int64_t micros) const {
    return floor_div(micros * (million + rate_ppm), million * 1000);
  }
};

/// An operator's answer between two true times; an honest one is right within its radius.
SignedTime play(const World& world, std::size_t by, bool honest, std::int64_t drawn) {
  const auto there = drawn + *rc::gen::inRange<std::int64_t>(0, 400'000);
  const auto back = there + *rc::gen::inRange<std::int64_t>(0, 400'000);
  const auto radius = *rc::gen::inRange<std::int64_t>(1, 200);
  const auto error = *rc::gen::inRange<std::int64_t>(-radius + 1, radius);
  const std::int64_t right = (world.start + there) / 1000 + error;
  const std::int64_t lie = right + *rc::gen::inRange<std::int64_t>(-90'000'000, 90'000'000);
  const std::int64_t received = world.tick(back);
  return {by, {honest ? right : lie}, {radius}, {received - world.tick(drawn)}, {received}};
}

RC_GTEST_PROP(TimeInterval, UpToFLiarsNeverPushTheTrueTimeOutside, ()) {
  const auto faults = *rc::gen::inRange<std::uint32_t>(0, 4);
  const auto drift = *rc::gen::inRange<std::int64_t>(0, 900);
  World world;
  // A tick that runs at 1 + r shows spans that are off by r / (1 + r) of themselves.
  world.rule = {faults, static_cast<std::uint32_t>(drift + 1)};
  world.rate_ppm = *rc::gen::inRange<std::int64_t>(-drift, drift + 1) * 999 / 1000;
  const auto operators = *rc::gen::inRange<std::size_t>(2 * faults + 1, operators_max + 1);
  TimeInterval time(world.rule);
  std::int64_t now = 0;
  for (int round = 0; round < 4; ++round) {
    for (std::size_t i = 0; i < operators; ++i) {
      const bool honest = i >= faults;
      RC_ASSERT(time.feed(play(world, i, honest, now)).has_value());
    }
    now += *rc::gen::inRange<std::int64_t>(1'000'000, 90'000'000'000);
    const auto bounds = time.at({world.tick(now)});
    RC_ASSERT(bounds.has_value());
    RC_ASSERT(bounds->earliest.value * 1000 <= world.start + now);
    RC_ASSERT(bounds->latest.value * 1000 >= world.start + now);
  }
}

}  // namespace

}  // namespace daymark::ranging
