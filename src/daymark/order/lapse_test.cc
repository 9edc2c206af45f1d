#include "daymark/order/lapse.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "daymark/order/errors.h"

namespace daymark::order {
namespace {

constexpr RenewalTiming usual{hours(6), hours(24), hours(48)};

double hours_in(Millis span) {
  return static_cast<double>(span.value) / 3.6e6;
}

TEST(Lapse, TheFleetStopsBetweenSlackAndValidityPlusGrace) {
  const LapseTimes times = *lapse_times(usual);
  EXPECT_EQ(times.first, hours(66));
  EXPECT_EQ(times.median, hours(69));
  EXPECT_EQ(times.last, hours(72));
  EXPECT_EQ(share_stopped(times, hours(66)), 0);
  EXPECT_DOUBLE_EQ(share_stopped(times, hours(69)), 0.5);
  EXPECT_EQ(share_stopped(times, hours(72)), 1);
  EXPECT_EQ(share_stopped(times, hours(1000)), 1);
  EXPECT_EQ(share_stopped(times, -hours(1)), 0);
}

/// Chips renewed one by one, without the formula.
TEST(Lapse, ASimulatedFleetStopsAtTheComputedTimes) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> phase(0, 6);
  std::vector<double> stops(20'000);
  for (double& stop : stops) {
    const double last_renewal = -phase(random);
    stop = last_renewal + 24 + 48;
  }
  std::ranges::sort(stops);
  const LapseTimes times = *lapse_times(usual);
  EXPECT_NEAR(stops.front(), hours_in(times.first), 0.01);
  EXPECT_NEAR(stops[stops.size() / 2], hours_in(times.median), 0.1);
  EXPECT_NEAR(stops.back(), hours_in(times.last), 0.01);
  const auto by_67 = std::ranges::count_if(stops, [](double stop) { return stop < 67; });
  EXPECT_NEAR(static_cast<double>(by_67) / 20'000, share_stopped(times, hours(67)), 0.01);
}

/// Figures worked out for this arithmetic elsewhere, by another program.
TEST(Lapse, SlackMeetsTheKnownFigures) {
  const auto slack = [](double availability, Millis mean) {
    return hours_in(*slack_for({availability, mean}, 1e-9));
  };
  EXPECT_NEAR(slack(0.9999, hours(1)), 20.6, 0.05);
  EXPECT_NEAR(slack(0.999, hours(4)), 86, 0.1);
  EXPECT_NEAR(slack(0.99, hours(8)), 185, 0.1);
  EXPECT_NEAR(lapse_risk(usual, {0.99, hours(8)})->first_chip, 0.0029, 0.0001);
  EXPECT_NEAR(lapse_risk(usual, {0.9999, hours(1)})->first_chip / 1.9e-29, 1, 0.03);
}

TEST(Lapse, SlackAndRiskAgree) {
  for (const double risk : {1e-12, 1e-6, 0.01, 0.5}) {
    const Outages outages{0.99, hours(8)};
    const Millis slack = *slack_for(outages, risk);
    const RenewalTiming timing{hours(6), hours(6), slack};
    EXPECT_NEAR(lapse_risk(timing, outages)->first_chip / risk, 1, 1e-4) << risk;
  }
}

/// Years of outages thrown at one chip, without the formula.
TEST(Lapse, SimulatedOutagesLapseAsOftenAsComputed) {
  const RenewalTiming timing{hours(6), hours(12), hours(4)};
  const Outages outages{0.95, hours(5)};
  std::mt19937_64 random(11);
  std::exponential_distribution<double> length(1.0 / 5);
  std::uniform_real_distribution<double> since_renewal(0, 6);
  const double per_year = 8760 * 0.05 / 5;
  std::poisson_distribution<int> count(per_year);
  constexpr int years = 4000;
  int lapsed_years = 0;
  for (int year = 0; year < years; ++year) {
    bool lapsed = false;
    for (int left = count(random); left > 0; --left) {
      lapsed = (length(random) > 16 - since_renewal(random)) || lapsed;
    }
    lapsed_years += lapsed ? 1 : 0;
  }
  const LapseRisk risk = *lapse_risk(timing, outages);
  EXPECT_NEAR(static_cast<double>(lapsed_years) / years, risk.any_chip, 0.01);
  EXPECT_GT(risk.first_chip, risk.any_chip);
}

TEST(Lapse, NoOutageNoRisk) {
  EXPECT_EQ(lapse_risk(usual, {1, hours(1)})->first_chip, 0);
  EXPECT_EQ(slack_for({1, hours(1)}, 1e-9)->value, 0);
}

TEST(Lapse, ValuesThatDontFitAreNamed) {
  const auto field_of = [](const auto& result) { return result.error().field; };
  EXPECT_EQ(field_of(lapse_times({hours(0), hours(24), hours(1)})), field::renewal);
  EXPECT_EQ(field_of(lapse_times({hours(25), hours(24), hours(1)})), field::renewal);
  EXPECT_EQ(field_of(lapse_times({hours(1), -hours(1), hours(1)})), field::validity);
  EXPECT_EQ(field_of(lapse_times({hours(1), hours(24), days(40'000)})), field::grace);
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double bad : {0.0, -0.5, 1.5, nan}) {
    EXPECT_EQ(field_of(lapse_risk(usual, {bad, hours(1)})), field::availability);
  }
  EXPECT_EQ(field_of(lapse_risk(usual, {0.9, Millis{}})), field::outage);
  for (const double bad : {0.0, 1.0, -1.0, nan}) {
    EXPECT_EQ(field_of(slack_for({0.9, hours(1)}, bad)), field::risk);
  }
}

}  // namespace
}  // namespace daymark::order
