#include "daymark/agent/meter.h"

#include <gtest/gtest.h>

#include "daymark/agent/agent_testing.h"
#include "daymark/base/file.h"
#include "daymark/tlog/log_testing.h"

namespace daymark::agent {
namespace {

using governor::testing::verdict;

/// Two chips, one sample a second for three minutes; the account makes one interval a minute of it.
std::string recording() {
  std::string out = "t_s,gpu,power_w,gpu_util_pct\n";
  for (int at = 0; at <= 180; ++at) {
    for (int gpu = 0; gpu < 2; ++gpu)
      out += std::to_string(at) + "," + std::to_string(gpu) + ",300,100\n";
  }
  return out;
}

class MeterTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(write_file(options.telemetry_file, bytes_of(recording()))); }

  MeterReading meter() {
    auto made = replay_meter(options, clock);
    EXPECT_EQ(verdict(made), "ok");
    return made ? *made : MeterReading{};
  }

  tlog::testing::TemporaryFolder folder;
  order::testing::World world;
  testing::WorldClock clock{world};
  ReplayMeterOptions options{.telemetry_file = folder.path() + "/telemetry.csv"};
  governor::Status status;
};

TEST_F(MeterTest, HandsOutEachIntervalOnceWhenItHasEnded) {
  const MeterReading read = meter();
  const UnixMillis began = world.now;
  EXPECT_TRUE(read(status)->empty());
  world.now = began + seconds(59);
  EXPECT_TRUE(read(status)->empty());
  world.now = began + minutes(1);
  const auto first = read(status);
  ASSERT_EQ(first->size(), 1U);
  EXPECT_EQ(first->front().start, began);
  EXPECT_EQ(first->front().end, world.now);
  EXPECT_TRUE(read(status)->empty());
  world.now = began + days(1);
  const auto rest = read(status);
  ASSERT_EQ(rest->size(), 2U);
  EXPECT_EQ(rest->front().start, first->front().end);
  EXPECT_EQ(rest->back().start, rest->front().end);
  EXPECT_EQ(rest->back().end, began + minutes(3));
  world.now = began + days(2);
  EXPECT_TRUE(read(status)->empty()) << "it is played once";
}

TEST_F(MeterTest, SaysItsLevelAndTheJob) {
  const MeterReading read = meter();
  EXPECT_TRUE(read(status)->empty());
  world.now = world.now + minutes(1);
  status.job.bytes.front() = 7;
  const auto readings = read(status);
  ASSERT_EQ(readings->size(), 1U);
  const governor::UsageRequest& reading = readings->front();
  EXPECT_EQ(reading.level, Level::host_signed);
  EXPECT_EQ(reading.job, status.job);
  EXPECT_EQ(reading.use.joules.value, 18'000U);
  EXPECT_EQ(reading.use.chip_millis.value, 60'000U);
  EXPECT_LE(reading.use.ops_low.value, reading.use.ops_high.value);
}

TEST_F(MeterTest, TwoMetersDoNotShareAPosition) {
  const MeterReading one = meter();
  const MeterReading two = meter();
  EXPECT_TRUE(one(status)->empty());
  EXPECT_TRUE(two(status)->empty());
  world.now = world.now + minutes(2);
  EXPECT_EQ(one(status)->size(), 2U);
  EXPECT_EQ(two(status)->size(), 2U);
}

TEST_F(MeterTest, ARecordingWithoutTheChipIsRefused) {
  options.gpu = 2;
  EXPECT_EQ(verdict(replay_meter(options, clock)), "telemetry_empty");
}

TEST_F(MeterTest, ABadRecordingIsRefused) {
  for (const char* text : {"", "nonsense\n", "t_s,gpu,power_w\n0,0,abc\n", "t_s,gpu,powr_w\n"}) {
    ASSERT_TRUE(write_file(options.telemetry_file, bytes_of(text)));
    EXPECT_NE(verdict(replay_meter(options, clock)), "ok") << text;
  }
  options.telemetry_file += ".missing";
  EXPECT_EQ(verdict(replay_meter(options, clock)), "file_not_opened");
}

}  // namespace
}  // namespace daymark::agent
