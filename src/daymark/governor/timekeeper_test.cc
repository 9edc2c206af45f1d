// The chip's clock under honest, lying and silent beacons.
#include <gtest/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/governor_testing.h"
#include "daymark/ranging/receipt_batch.h"

namespace daymark::governor {
namespace {

using namespace daymark::governor::testing;

class TimekeeperTest : public ::testing::Test {
 protected:
  World world;
  Device device{world};

  void SetUp() override { device.enrol(); }

  [[nodiscard]] bool encloses_the_truth() {
    EXPECT_TRUE(device.governor().advance(device.tick));
    const ClockReading clock = device.governor().clock();
    return clock.earliest <= world.now && (!clock.fresh || world.now <= clock.latest);
  }
};

TEST_F(TimekeeperTest, TwoOfThreeOperatorsAreNotEnough) {
  device.range_with({.answering = 0b011});
  EXPECT_FALSE(device.governor().clock().fresh);
  device.range_with({.answering = 0b100});
  EXPECT_TRUE(device.governor().clock().fresh);
}

TEST_F(TimekeeperTest, OneLiarMovesNothing) {
  for (const Millis lie : {days(400), -days(400)}) {
    Device::Beacons beacons;
    beacons.lies[1] = lie;
    device.range_with(beacons);
    EXPECT_TRUE(encloses_the_truth());
    const ClockReading clock = device.governor().clock();
    EXPECT_LT(clock.latest - clock.earliest, seconds(1));
    device.wait(minutes(10));
    EXPECT_TRUE(encloses_the_truth());
  }
}

TEST_F(TimekeeperTest, ALiarNeitherStartsARestrictionNorEndsALicence) {
  device.range();
  device.license({.length = days(7)});
  const Logged stop =
      world.prove(world.suspend_chip(device.target(), days(1)), {"maker", "regulator-a"});
  ASSERT_EQ(verdict(device.apply(stop)), "ok");
  Device::Beacons beacons;
  beacons.lies[2] = days(300);
  device.range_with(beacons);
  EXPECT_EQ(device.standing(), Standing::licensed);
  // It may ask for evidence of the lie.
  const auto claims = device.client().attest(bytes_of("01234567"));
  ASSERT_EQ(verdict(claims), "ok");
  EXPECT_GT(claims->content.times[2].time, world.now + days(299));
}

TEST_F(TimekeeperTest, AReplayedOrForeignReceiptIsRefused) {
  EXPECT_EQ(verdict(device.client().accept_receipt(0, bytes_of("x"))), "gov_no_session");
  EXPECT_EQ(verdict(device.client().open_ranging(8)), "gov_beacon");
  EXPECT_EQ(verdict(device.client().open_ranging(3)), "gov_beacon");
  ASSERT_EQ(verdict(device.client().open_ranging(0)), "ok");
  EXPECT_EQ(verdict(device.client().answer(0, 1, {})), "ranging_not_ready");
  ranging::Receipt receipt;
  receipt.chip = device.chip.key;
  receipt.place = world.charter().beacons[0].place;
  receipt.least_round_trip.value = 1;
  receipt.exchanges = 1;
  receipt.time = world.now;
  const auto old = ranging::sign_receipt(receipt, world.beacon_key(0)).value();
  EXPECT_EQ(verdict(device.client().accept_receipt(0, old)), "receipt_nonce");
  const auto foreign = ranging::sign_receipt(receipt, world.beacon_key(1)).value();
  EXPECT_EQ(verdict(device.client().accept_receipt(0, foreign)), "receipt_beacon");
}

TEST_F(TimekeeperTest, AResetForgetsAllButTheFloor) {
  device.range();
  device.license({});
  const UnixMillis floor = device.governor().state().floor;
  device.sleep(days(1));
  EXPECT_FALSE(device.governor().clock().fresh);
  EXPECT_GE(device.governor().clock().earliest, floor);
  EXPECT_TRUE(encloses_the_truth());
}

TEST_F(TimekeeperTest, TheTickNeverRunsBack) {
  device.range();
  device.license({.length = days(1)});
  device.live(days(1) + hours(1));
  const ClockReading before = device.governor().clock();
  ASSERT_TRUE(device.governor().advance(TickMillis{0}));
  EXPECT_EQ(device.governor().clock(), before);
}

TEST_F(TimekeeperTest, TheFloorIsSavedEveryHourWithoutAnyRequest) {
  device.range();
  device.license({});
  const unsigned stores = device.storage.stores;
  for (int i = 0; i < 10 * 60; ++i) {
    device.wait(minutes(1));
    ASSERT_TRUE(device.governor().advance(device.tick));
  }
  EXPECT_NEAR(device.storage.stores - stores, 10, 1);
}

}  // namespace
}  // namespace daymark::governor
