// Charters that change under a chip: amend and transfer, also for one that comes back late.
#include <gtest/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/governor_testing.h"
#include "daymark/order/errors.h"

namespace daymark::governor {
namespace {

using namespace daymark::governor::testing;
using order::OrderKind;

class CustodyTest : public ::testing::Test {
 protected:
  World world;
  Device device{world};

  void SetUp() override {
    device.enrol();
    device.range();
    device.license({.length = days(7)});
  }

  [[nodiscard]] Logged amend(const order::Charter& next) {
    return world.prove(world.amend(next), {"owner", "regulator-a"});
  }
};

TEST_F(CustodyTest, AmendBindsAfterItsNotice) {
  const Digest old_hash = world.charter().hash;
  order::Charter next = world.successor();
  next.bounds.grace = hours(30);
  const auto receipt = device.apply(amend(next));
  ASSERT_EQ(verdict(receipt), "ok");
  EXPECT_EQ(receipt->content.outcome, ApplyOutcome::announced);
  auto status = device.client().status();
  ASSERT_EQ(verdict(status), "ok");
  EXPECT_EQ(status->status.charter, old_hash);
  device.live(hours(73));
  world.set_charter(next);
  status = device.client().status();
  ASSERT_EQ(verdict(status), "ok");
  EXPECT_EQ(status->status.charter, world.charter().hash);
  EXPECT_TRUE(status->status.clock.fresh) << "the same beacons: what was measured still counts";
  EXPECT_EQ(status->status.standing, Standing::licensed) << "the licence stands";
  ASSERT_TRUE(device.reboot());
  device.range();
  EXPECT_EQ(device.standing(), Standing::licensed);
}

TEST_F(CustodyTest, OrdersUnderTheWaitingCharterWait) {
  const order::Charter next = world.successor();
  ASSERT_EQ(verdict(device.apply(amend(next))), "ok");
  world.set_charter(next);
  const Logged stop =
      world.prove(world.suspend_chip(device.target(), days(1)), {"maker", "regulator-a"});
  EXPECT_EQ(verdict(device.apply(stop)), "gov_charter_waiting");
  device.live(hours(73));
  EXPECT_EQ(verdict(device.apply(stop)), "ok");
}

TEST_F(CustodyTest, ALateChipStillTakesWhatWasLoggedUnderTheCharterBefore) {
  const order::Charter next = world.successor();
  const Logged amendment = amend(next);
  const Logged policy = world.prove(world.policy({}), {"owner", "regulator-a"});
  const order::Target mine = device.target();
  const Logged too_late = world.prove(world.scope_order(OrderKind::suspend, {mine}),
                                      {"maker", "regulator-a"}, {.time = world.now + hours(23)});
  device.sleep(days(10));
  device.range();
  ASSERT_EQ(verdict(device.apply(amendment)), "ok");
  EXPECT_EQ(verdict(device.apply(policy)), "ok") << "logged before the amendment bound";
  EXPECT_EQ(verdict(device.apply(too_late)), "ok");
  device.wait(minutes(1));
  const Logged after = world.prove(world.policy({}), {"owner", "regulator-a"});
  EXPECT_EQ(verdict(device.apply(after)), "gov_charter_left")
      << "made under a charter that is gone";
  EXPECT_EQ(device.governor().state().fleet.seq, 2U);
}

TEST_F(CustodyTest, OneCharterWaitsAtATime) {
  const order::Charter next = world.successor();
  ASSERT_EQ(verdict(device.apply(amend(next))), "ok");
  const Logged second = amend(next);
  EXPECT_EQ(verdict(device.apply(second)), "gov_charter_waiting");
}

TEST_F(CustodyTest, AnAmendmentMustBeTheNextRevision) {
  order::Charter next = world.successor();
  next.revision += 1;
  EXPECT_EQ(verdict(device.apply(amend(next))), "order_successor");
}

TEST_F(CustodyTest, TransferPinsTheOtherFleetAndTheChipGoesOn) {
  ASSERT_EQ(verdict(device.apply(world.prove(world.policy({}), {"owner", "regulator-a"}))), "ok");
  const order::Charter next = world.other_fleet();
  const Logged transfer =
      world.prove(world.transfer(device.target(), device.chip, next), {"owner", "regulator-a"});
  const auto receipt = device.apply(transfer);
  ASSERT_EQ(verdict(receipt), "ok");
  EXPECT_EQ(receipt->content.outcome, ApplyOutcome::announced);
  const std::uint64_t own = device.governor().state().own.seq;
  device.live(hours(73));
  const auto status = device.client().status();
  ASSERT_EQ(verdict(status), "ok");
  EXPECT_EQ(status->status.fleet, next.fleet);
  EXPECT_EQ(status->status.fleet_head, order::StreamHead{});
  EXPECT_EQ(status->status.own_head.seq, own) << "the chip keeps its own stream";
  EXPECT_EQ(status->status.standing, Standing::licensed) << "and its licence to its end";
  EXPECT_FALSE(device.governor().state().policy.bound) << "but not the old fleet's policy";
}

TEST_F(CustodyTest, AfterATransferTheOldFleetHasNoSay) {
  const order::Charter next = world.other_fleet();
  const Logged early = world.prove(world.suspend_fleet(days(14)), {"maker", "regulator-a"});
  const Logged transfer =
      world.prove(world.transfer(device.target(), device.chip, next), {"owner", "regulator-a"});
  ASSERT_EQ(verdict(device.apply(transfer)), "ok");
  device.live(hours(73));
  EXPECT_EQ(verdict(device.apply(early)), "gov_charter_left");
  EXPECT_EQ(device.governor().state().fleet.seq, 0U);
  const Logged stop =
      world.prove(world.suspend_chip(device.target(), days(3)), {"maker", "regulator-a"});
  EXPECT_EQ(verdict(device.apply(stop)), "gov_charter_left");
}

TEST_F(CustodyTest, TheNewFleetLicensesAndStops) {
  const order::Charter next = world.other_fleet();
  const Logged transfer =
      world.prove(world.transfer(device.target(), device.chip, next), {"owner", "regulator-a"});
  ASSERT_EQ(verdict(device.apply(transfer)), "ok");
  device.live(hours(73));
  world.set_charter(next);
  EXPECT_EQ(verdict(device.try_license({.length = days(7)})), "ok");
  const Logged stop =
      world.prove(world.suspend_chip(device.target(), days(1)), {"maker", "regulator-a"});
  EXPECT_EQ(verdict(device.apply(stop)), "ok");
}

}  // namespace
}  // namespace daymark::governor
