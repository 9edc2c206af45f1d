// Emergency grants (PROTOCOL §3.4) as a chip lives on them. The world's charter allows 8 hours.
#include <gtest/gtest.h>

#include "daymark/governor/errors.h"
#include "daymark/governor/governor_testing.h"
#include "daymark/order/errors.h"

namespace daymark::governor {
namespace {

using namespace daymark::governor::testing;

class EmergencyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    device.enrol();
    device.range();
  }

  /// Licensed for a day, which has ended with its grace.
  void lapse() {
    device.license({.length = days(1)});
    device.live(days(2) + hours(1));
    ASSERT_EQ(device.standing(), Standing::lapsed);
  }

  [[nodiscard]] std::string grant(Millis span, const std::string& signer = "owner") {
    const auto message = order::make_emergency(
        {world.charter().fleet, device.chip.id, world.now, span, "no licence comes"},
        world.party(signer).key.sign);
    return std::string(verdict(device.client().emergency(message)));
  }

  [[nodiscard]] Attestation attested() {
    const auto answer = device.client().attest(Digest{1});
    EXPECT_EQ(verdict(answer), "ok");
    return answer->content;
  }

  World world;
  Device device{world};
};

TEST_F(EmergencyTest, ALapsedChipRunsForTheTimeGranted) {
  lapse();
  EXPECT_EQ(verdict(device.ask()), "gov_lapsed");
  ASSERT_EQ(grant(hours(2)), "ok");
  EXPECT_EQ(device.standing(), Standing::grace);
  EXPECT_EQ(verdict(device.ask()), "ok");
  device.wait(hours(2) + minutes(1));
  EXPECT_EQ(device.standing(), Standing::lapsed);
  EXPECT_EQ(verdict(device.ask()), "gov_lapsed");
}

TEST_F(EmergencyTest, ItGrantsNoMoreThanTheLastLicence) {
  device.license({.length = days(1), .cluster_max = 8});
  device.live(days(2) + hours(1));
  ASSERT_EQ(grant(hours(2)), "ok");
  EXPECT_EQ(verdict(device.ask(9)), "gov_cluster");
  EXPECT_EQ(verdict(device.ask(8)), "ok");
}

TEST_F(EmergencyTest, TheChartersHoursAreTheBound) {
  lapse();
  ASSERT_EQ(grant(hours(5)), "ok");
  device.wait(minutes(1));
  EXPECT_EQ(grant(hours(4)), "gov_emergency_spent");
  ASSERT_EQ(grant(hours(3)), "ok");
  device.wait(minutes(1));
  EXPECT_EQ(grant(minutes(1)), "gov_emergency_spent");
  ASSERT_TRUE(device.reboot());
  EXPECT_EQ(grant(minutes(1)), "gov_emergency_spent") << "a reset forgets nothing";
}

TEST_F(EmergencyTest, TheNextLicenceRenewsTheBound) {
  lapse();
  ASSERT_EQ(grant(hours(8)), "ok");
  device.license({.length = days(1)});
  device.live(days(2) + hours(1));
  EXPECT_EQ(grant(hours(8)), "ok");
  EXPECT_EQ(attested().emergency_total, hours(16));
}

TEST_F(EmergencyTest, AGrantCountsOnce) {
  lapse();
  ASSERT_EQ(grant(hours(1)), "ok");
  EXPECT_EQ(grant(hours(1)), "gov_emergency_old") << "issued in the same second";
  device.wait(minutes(1));
  EXPECT_EQ(grant(hours(1)), "ok");
}

TEST_F(EmergencyTest, OnlyTheOwnerGrantsAndOnlyToThisChip) {
  lapse();
  EXPECT_EQ(grant(hours(1), "regulator-a"), "emergency_signer");
  EXPECT_EQ(grant(hours(1), "authority"), "emergency_signer");
  const auto other = order::make_emergency(
      {world.charter().fleet, World::chip(2).id, world.now, hours(1), "for another"},
      world.party("owner").key.sign);
  EXPECT_EQ(verdict(device.client().emergency(other)), "gov_not_addressed");
  EXPECT_EQ(device.standing(), Standing::lapsed);
}

TEST_F(EmergencyTest, ASuspensionIsNotTheOwnersToLift) {
  device.license({.length = days(7)});
  const Logged stop =
      world.prove(world.suspend_chip(device.target(), days(2)), {"maker", "regulator-a"});
  ASSERT_EQ(verdict(device.apply(stop)), "ok");
  device.live(hours(73));
  ASSERT_EQ(device.standing(), Standing::suspended);
  EXPECT_EQ(grant(hours(1)), "gov_suspended");
}

TEST_F(EmergencyTest, AChipThatWasNeverLicensedHasNothingToGoOnWith) {
  EXPECT_EQ(grant(hours(1)), "gov_no_licence");
}

TEST_F(EmergencyTest, AttestationsReportIt) {
  lapse();
  EXPECT_EQ(attested().emergency_total, Millis{});
  ASSERT_EQ(grant(hours(2)), "ok");
  EXPECT_EQ(attested().emergency_granted, hours(2));
  EXPECT_EQ(attested().emergency_total, hours(2));
  device.license({.length = days(1)});
  EXPECT_EQ(attested().emergency_granted, Millis{});
  EXPECT_EQ(attested().emergency_total, hours(2));
}

TEST_F(EmergencyTest, ACharterWithoutHoursGrantsNone) {
  lapse();
  order::Charter next = world.successor();
  next.emergency_chip_hours = 0;
  ASSERT_EQ(verdict(device.apply(world.prove(world.amend(next), {"owner", "regulator-a"}))), "ok");
  device.live(hours(73));
  world.set_charter(next);
  EXPECT_EQ(grant(minutes(1)), "gov_emergency_spent");
}

}  // namespace
}  // namespace daymark::governor
