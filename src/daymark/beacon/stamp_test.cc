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
  (void)bridge.received(kernel_stamp(0), clocks(10));
  const StampNanos got = bridge.received(kernel_stamp(1000), clocks(60'000));
  EXPECT_EQ(got.nanos, 1000);
  EXPECT_EQ(got.quality, StampQuality::kernel_software);
  const StampNanos sent = StampBridge::sent(kernel_stamp(500), clocks(400), clocks(900));
  EXPECT_EQ(sent.nanos, 500);
  EXPECT_EQ(sent.quality, StampQuality::kernel_software);
}

TEST(StampBridge, ProgramStampsOnlyLengthen) {
  StampBridge bridge;
  const net::Stamp program{epoch + 1000, net::StampSource::program};
  (void)bridge.received(program, clocks(10));
  EXPECT_EQ(bridge.received(program, clocks(1500)).nanos, 1500);
  EXPECT_EQ(StampBridge::sent(program, clocks(400), clocks(1500)).nanos, 400);
  EXPECT_EQ(StampBridge::sent(program, clocks(400), clocks(1500)).quality,
            StampQuality::user_space);
}

TEST(StampBridge, FirstPacketHasNothingToCompareWith) {
  StampBridge bridge;
  const StampNanos got = bridge.received(kernel_stamp(1000), clocks(2000));
  EXPECT_EQ(got.nanos, 2000);
  EXPECT_EQ(got.quality, StampQuality::user_space);
}

/// Somebody sets the clock while a round trip is under way: it must not come out shorter.
TEST(StampBridge, ClockThatIsSetCannotShortenARoundTrip) {
  constexpr std::int64_t second = 1'000'000'000;
  for (const std::int64_t step : {-second, second}) {
    StampBridge bridge;
    (void)bridge.received(kernel_stamp(0), clocks(10));
    const StampNanos sent = StampBridge::sent(kernel_stamp(110), clocks(100), clocks(120));
    const net::Stamp after_step{epoch + step + 500'000, net::StampSource::kernel};
    const StampNanos got = bridge.received(after_step, clocks(560'000, step));
    EXPECT_GE(got.nanos - sent.nanos, 500'000 - 110);
    // Between two readings around a sending.
    const StampNanos torn =
        StampBridge::sent(kernel_stamp(500'100 + step), clocks(500'000), clocks(500'200, step));
    EXPECT_EQ(torn.nanos, 500'000);
    EXPECT_EQ(torn.quality, StampQuality::user_space);
  }
}

TEST(StampBridge, StampsFromTheFutureAreNotBelieved) {
  StampBridge bridge;
  (void)bridge.received(kernel_stamp(0), clocks(10));
  EXPECT_EQ(bridge.received(kernel_stamp(5000), clocks(2000)).nanos, 2000);
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
