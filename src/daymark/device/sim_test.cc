#include "daymark/device/sim.h"

#include <sstream>

#include <gtest/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/device/errors.h"
#include "daymark/usage/account.h"
#include "daymark/usage/errors.h"

namespace daymark::device {
namespace {

/// A clock that the test sets; its tick doesn't begin at zero.
class SetClock final : public Clock {
 public:
  [[nodiscard]] UnixMillis now() override { return {tick_.value}; }

  [[nodiscard]] TickMillis tick() override { return tick_; }

  void advance(Millis span) { tick_ = tick_ + span; }

 private:
  TickMillis tick_{777'000};
};

Errc code_of(const auto& outcome) {
  return outcome ? Errc{} : outcome.error().error.code;
}

const std::string recording =
    "t_s,gpu,power_w,energy_j\n0,4,100,0\n0,2,50,0\n10,4,200,1000\n10,2,60,500\n20,4,300,3000\n";

std::unique_ptr<Driver> replayed(AtEnd at_end, Clock& clock) {
  std::istringstream input(recording);
  auto driver = replay_sim(input, at_end, clock);
  EXPECT_TRUE(driver);
  return driver ? *std::move(driver) : nullptr;
}

TEST(ConstantSim, CountsEnergyByTheGivenClock) {
  SetClock clock;
  const auto driver = make_sim({2, 400, 1, 0.5}, clock);
  EXPECT_EQ(driver->chips(), 2U);
  EXPECT_EQ(driver->sample(1)->energy_joules, 0.0);
  clock.advance(minutes(1));
  const auto sample = driver->sample(1);
  ASSERT_TRUE(sample);
  EXPECT_EQ(sample->gpu, 1U);
  EXPECT_EQ(sample->at, minutes(1));
  EXPECT_EQ(sample->energy_joules, 24'000.0);
  EXPECT_EQ(sample->tensor_active, 0.5);
}

TEST(ConstantSim, FeedsTheAccountant) {
  SetClock clock;
  const auto driver = make_sim({1, 500, 1, 0.5}, clock);
  usage::AccountOptions options;
  options.peak_tera_ops = 1000;
  auto accountant = usage::Accountant::create(options);
  for (int i = 0; i <= 60; ++i) {
    ASSERT_TRUE(accountant->add(*driver->sample(0)));
    clock.advance(seconds(1));
  }
  const auto intervals = accountant->take_complete();
  ASSERT_EQ(intervals.size(), 1U);
  EXPECT_EQ(intervals[0].use.joules.value, 30'000U);
  EXPECT_EQ(intervals[0].use.ops_high.value, 30'000U);
  EXPECT_EQ(intervals[0].use.ops_low.value, 15'000U);
}

TEST(Sim, SaysThatItIsNoChip) {
  SetClock clock;
  const auto driver = make_sim({}, clock);
  EXPECT_EQ(driver->name(), "sim");
  EXPECT_EQ(driver->identify(0)->vendor, "sim");
  EXPECT_EQ(code_of(driver->attest(0, {})), errc::device_unsupported);
}

TEST(Sim, UnknownChipsAreRefused) {
  SetClock clock;
  const auto driver = make_sim({}, clock);
  EXPECT_EQ(code_of(driver->identify(1)), errc::device_number);
  EXPECT_EQ(code_of(driver->sample(1)), errc::device_number);
  EXPECT_EQ(code_of(driver->attest(1, {})), errc::device_number);
}

TEST(ReplaySim, GivesTheLastSampleUntilNow) {
  SetClock clock;
  const auto driver = replayed(AtEnd::stop, clock);
  ASSERT_EQ(driver->chips(), 2U);
  EXPECT_EQ(driver->sample(0)->watts, 50.0);  // gpu 2 of the recording
  EXPECT_EQ(driver->sample(1)->watts, 100.0);
  clock.advance(Millis{9'999});
  EXPECT_EQ(driver->sample(1)->watts, 100.0);
  EXPECT_EQ(driver->sample(1)->at.value, 9'999);
  clock.advance(Millis{1});
  EXPECT_EQ(driver->sample(1)->watts, 200.0);
  EXPECT_EQ(driver->sample(1)->energy_joules, 1000.0);
  clock.advance(seconds(10));
  EXPECT_EQ(driver->sample(0)->watts, 60.0);
  EXPECT_EQ(driver->sample(1)->watts, 300.0);
}

TEST(ReplaySim, StopsAtTheEnd) {
  SetClock clock;
  const auto driver = replayed(AtEnd::stop, clock);
  clock.advance(Millis{20'001});
  EXPECT_EQ(code_of(driver->sample(0)), errc::device_replay_end);
}

TEST(ReplaySim, RepeatsWithoutTheCounter) {
  SetClock clock;
  const auto driver = replayed(AtEnd::repeat, clock);
  clock.advance(Millis{20'001 + 10'500});
  const auto sample = driver->sample(1);
  ASSERT_TRUE(sample);
  EXPECT_EQ(sample->watts, 200.0);
  EXPECT_EQ(sample->at.value, 30'501);
  EXPECT_FALSE(sample->energy_joules);
}

TEST(ReplaySim, BadRecordingsAreRefused) {
  SetClock clock;
  const auto code = [&](const std::string& text) {
    std::istringstream input(text);
    const auto driver = replay_sim(input, AtEnd::stop, clock);
    return driver ? Errc{} : driver.error().code;
  };
  EXPECT_EQ(code("t_s,gpu,power_w\n"), errc::telemetry_empty);
  EXPECT_EQ(code("t_s,gpu\n"), errc::telemetry_header);
  EXPECT_EQ(code("t_s,gpu,power_w\n5,0,1\n4,0,1\n"), errc::telemetry_order);
  EXPECT_EQ(code_of(replay_sim_file("no-such-file.csv", AtEnd::stop, clock)),
            errc::file_not_opened);
}

TEST(ReplaySim, TheShippedRunPlays) {
  SetClock clock;
  const auto driver =
      replay_sim_file(std::string(DAYMARK_SOURCE_DIR) + "/data/telemetry/h100_nanogpt_baseline.csv",
                      AtEnd::repeat, clock);
  ASSERT_TRUE(driver);
  EXPECT_EQ((*driver)->chips(), 8U);
  clock.advance(minutes(2));
  EXPECT_GT((*driver)->sample(7)->watts.value_or(0), 400.0);
}

}  // namespace
}  // namespace daymark::device
