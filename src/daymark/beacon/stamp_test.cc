#include "daymark/beacon/stamp.h"

#include <gtest/gtest.h>

namespace daymark::beacon {

namespace {

using ranging::StampQuality;

constexpr std::int64_t epoch = 1'700'000'000'000'000'000;

/// Both clocks at monotonic time `at`, the real one ahead by `epoch` + `set`.
ClockPair clocks(std::int64_t at, std::int64_t set = 0) {
  return {epoch + set + at, at};
}

net::Stamp kernel_stamp(std::int64_t at) {
  return {epoch + at, net::StampSource::kernel};
}

TEST(StampBridge, CarriesKernelStampsOver) {
  StampBridge bridge;
  bridge.advance(clocks(10));
  bridge.advance(clocks(60'000));
  const StampNanos got = bridge.received(kernel_stamp(1000));
  EXPECT_EQ(got.nanos, 1000);
  EXPECT_EQ(got.quality, StampQuality::kernel_software);
  const StampNanos sent = StampBridge::sent(kernel_stamp(500), clocks(400), clocks(900));
  EXPECT_EQ(sent.nanos, 500);
  EXPECT_EQ(sent.quality, StampQuality::kernel_software);
}

TEST(StampBridge, ProgramStampsOnlyLengthen) {
  StampBridge bridge;
  const net::Stamp program{epoch + 1000, net::StampSource::program};
  bridge.advance(clocks(10));
  bridge.advance(clocks(1500));
  EXPECT_EQ(bridge.received(program).nanos, 1500);
  EXPECT_EQ(StampBridge::sent(program, clocks(400), clocks(1500)).nanos, 400);
  EXPECT_EQ(StampBridge::sent(program, clocks(400), clocks(1500)).quality,
            StampQuality::user_space);
}

TEST(StampBridge, FirstPacketHasNothingToCompareWith) {
  StampBridge bridge;
  bridge.advance(clocks(2000));
  const StampNanos got = bridge.received(kernel_stamp(1000));
  EXPECT_EQ(got.nanos, 2000);
  EXPECT_EQ(got.quality, StampQuality::user_space);
}

/// Somebody sets the clock while a round trip is under way: it must not come out shorter.
TEST(StampBridge, ClockThatIsSetCannotShortenARoundTrip) {
  constexpr std::int64_t second = 1'000'000'000;
  for (const std::int64_t step : {-second, second}) {
    StampBridge bridge;
    bridge.advance(clocks(10));
    const StampNanos sent = StampBridge::sent(kernel_stamp(110), clocks(100), clocks(120));
    const net::Stamp after_step{epoch + step + 500'000, net::StampSource::kernel};
    bridge.advance(clocks(560'000, step));
    const StampNanos got = bridge.received(after_step);
    EXPECT_GE(got.nanos - sent.nanos, 500'000 - 110);
    // Between two readings around a sending.
    const StampNanos torn =
        StampBridge::sent(kernel_stamp(500'100 + step), clocks(500'000), clocks(500'200, step));
    EXPECT_EQ(torn.nanos, 500'000);
    EXPECT_EQ(torn.quality, StampQuality::user_space);
  }
}

/// A full socket holds packets from before and after the step, which are taken in several batches.
TEST(StampBridge, PacketsThatWaitedOverAStepAreNotBelieved) {
  for (const std::int64_t step : {-1'000'000'000, -60'000, 60'000, 1'000'000'000}) {
    StampBridge bridge;
    bridge.advance(clocks(10));
    bridge.advance(clocks(600'000, step));
    for (const std::int64_t batch : {610'000, 620'000, 90'000'000}) {
      bridge.advance(clocks(batch, step));
      const StampNanos got = bridge.received(kernel_stamp(500'000));
      EXPECT_GE(got.nanos, 500'000);
      EXPECT_TRUE(step < 0 || got.quality == StampQuality::user_space);
      // What came after the step is believed again.
      const net::Stamp later{epoch + step + 605'000, net::StampSource::kernel};
      EXPECT_EQ(bridge.received(later).nanos, 605'000);
    }
  }
}

TEST(StampBridge, StampsFromTheFutureAreNotBelieved) {
  StampBridge bridge;
  bridge.advance(clocks(10));
  bridge.advance(clocks(2000));
  EXPECT_EQ(bridge.received(kernel_stamp(5000)).nanos, 2000);
  EXPECT_EQ(StampBridge::sent(kernel_stamp(5000), clocks(400), clocks(900)).nanos, 400);
}

TEST(ReadClocks, AgreeWithEachOther) {
  const ClockPair first = read_clocks();
  const ClockPair second = read_clocks();
  EXPECT_GE(second.monotonic, first.monotonic);
  EXPECT_GE(monotonic_nanos(), second.monotonic);
}

}  // namespace

}  // namespace daymark::beacon
