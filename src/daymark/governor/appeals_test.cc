// Appeals against suspensions and their confirmation (PROTOCOL §2.7), as a chip lives through them.
#include <gtest/gtest.h>

#include "daymark/governor/errors.h"
#include "daymark/governor/governor_testing.h"
#include "daymark/order/errors.h"

namespace daymark::governor {
namespace {

using namespace daymark::governor::testing;
using order::OrderKind;
using order::testing::LoggedAppeal;

/// A notice of 3 days, a suspension of 10, an appeal time of 7: the term ends within it.
class AppealsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    device.enrol();
    device.range();
    device.license({.length = days(7)});
    stop = world.prove(world.suspend_chip(device.target(), days(10)), {"maker", "regulator-a"});
    const auto receipt = device.apply(stop);
    ASSERT_EQ(verdict(receipt), "ok");
    stop_hash = receipt->content.order;
    begins = receipt->content.binds_at;
    ends = receipt->content.ends_at;
  }

  [[nodiscard]] std::string take(const LoggedAppeal& appeal) {
    return std::string(verdict(device.client().appeal(appeal.message())));
  }

  [[nodiscard]] Outcome<Signed<OrderReceipt>> confirm(const Digest& appeal) {
    return device.apply(
        world.prove(world.confirm({device.target()}, appeal), {"maker", "regulator-a"}));
  }

  [[nodiscard]] UnixMillis stated_end() { return device.client().status()->status.suspended_until; }

  void live_until(UnixMillis time) { device.live(time - world.now); }

  World world;
  Device device{world};
  Logged stop;
  Digest stop_hash{};
  UnixMillis begins;
  UnixMillis ends;
};

TEST_F(AppealsTest, UnconfirmedASuspensionEndsWithTheTerm) {
  live_until(begins + minutes(5));
  ASSERT_EQ(device.standing(), Standing::suspended);
  const UnixMillis appealed = world.now;
  const auto term = device.client().appeal(world.appeal(stop_hash).message());
  ASSERT_EQ(verdict(term), "ok");
  EXPECT_EQ(*term, appealed + days(7));
  EXPECT_EQ(stated_end(), *term);
  ASSERT_TRUE(device.reboot());
  live_until(appealed + days(7) - hours(1));
  EXPECT_EQ(device.standing(), Standing::suspended);
  live_until(appealed + days(7) + hours(1));
  EXPECT_NE(device.standing(), Standing::suspended);
  EXPECT_LT(world.now, ends);
}

TEST_F(AppealsTest, ConfirmedItLastsToItsStatedEnd) {
  live_until(begins + minutes(5));
  const LoggedAppeal appeal = world.appeal(stop_hash);
  ASSERT_EQ(take(appeal), "ok");
  device.live(days(1));
  const auto receipt = confirm(appeal.hash);
  ASSERT_EQ(verdict(receipt), "ok");
  EXPECT_EQ(receipt->content.outcome, ApplyOutcome::in_effect);
  EXPECT_EQ(stated_end(), ends);
  live_until(ends - hours(1));
  EXPECT_EQ(device.standing(), Standing::suspended);
  live_until(ends + hours(1));
  EXPECT_NE(device.standing(), Standing::suspended);
}

TEST_F(AppealsTest, AnAnnouncedSuspensionCanBeAppealed) {
  const UnixMillis appealed = world.now;
  ASSERT_EQ(take(world.appeal(stop_hash)), "ok");
  live_until(begins + minutes(5));
  ASSERT_EQ(device.standing(), Standing::suspended) << "an appeal alone stops nothing";
  EXPECT_EQ(stated_end(), appealed + days(7));
}

TEST_F(AppealsTest, AConfirmationDuringTheNoticeCountsToo) {
  const LoggedAppeal appeal = world.appeal(stop_hash);
  ASSERT_EQ(take(appeal), "ok");
  ASSERT_EQ(verdict(confirm(appeal.hash)), "ok");
  live_until(begins + minutes(5));
  EXPECT_EQ(stated_end(), ends);
}

TEST_F(AppealsTest, AnAppealCountsOnce) {
  const LoggedAppeal first = world.appeal(stop_hash);
  ASSERT_EQ(take(first), "ok");
  device.live(hours(1));
  EXPECT_EQ(take(first), "ok") << "handing it over again changes nothing";
  EXPECT_EQ(take(world.appeal(stop_hash)), "gov_appealed");
  ASSERT_EQ(verdict(confirm(first.hash)), "ok");
  EXPECT_EQ(take(world.appeal(stop_hash)), "gov_appealed") << "what was confirmed is confirmed";
}

TEST_F(AppealsTest, AConfirmationAfterTheTermIsWithoutEffect) {
  live_until(begins + minutes(5));
  const LoggedAppeal appeal = world.appeal(stop_hash);
  ASSERT_EQ(take(appeal), "ok");
  device.live(days(7) + minutes(1));
  const auto receipt = confirm(appeal.hash);
  ASSERT_EQ(verdict(receipt), "ok") << "it is chained";
  EXPECT_EQ(receipt->content.outcome, ApplyOutcome::without_effect);
  EXPECT_NE(device.standing(), Standing::suspended);
}

TEST_F(AppealsTest, AHostGainsNothingByHandingAConfirmationOverLate) {
  live_until(begins + minutes(5));
  const LoggedAppeal appeal = world.appeal(stop_hash);
  ASSERT_EQ(take(appeal), "ok");
  const Logged confirmation =
      world.prove(world.confirm({device.target()}, appeal.hash), {"maker", "regulator-a"});
  device.live(days(7) + hours(1));
  ASSERT_NE(device.standing(), Standing::suspended) << "the chip knew of no confirmation";
  ASSERT_EQ(verdict(device.apply(confirmation)), "ok");
  EXPECT_EQ(device.standing(), Standing::suspended);
  EXPECT_EQ(stated_end(), ends);
}

TEST_F(AppealsTest, AResumeEndsTheDispute) {
  live_until(begins + minutes(5));
  const LoggedAppeal appeal = world.appeal(stop_hash);
  ASSERT_EQ(take(appeal), "ok");
  const Logged resume =
      world.prove(world.scope_order(OrderKind::resume, {device.target()}), {"owner"});
  ASSERT_EQ(verdict(device.apply(resume)), "ok");
  const auto receipt = confirm(appeal.hash);
  ASSERT_EQ(verdict(receipt), "ok");
  EXPECT_EQ(receipt->content.outcome, ApplyOutcome::without_effect);
  EXPECT_NE(device.standing(), Standing::suspended);
}

TEST_F(AppealsTest, WhatIsNoSuspensionOfThisChipIsMoot) {
  EXPECT_EQ(take(world.appeal(Digest{1})), "gov_appeal_moot");
  const auto policy = device.apply(world.prove(world.policy({}), {"owner", "regulator-a"}));
  ASSERT_EQ(verdict(policy), "ok");
  EXPECT_EQ(take(world.appeal(policy->content.order)), "gov_appeal_moot");
  live_until(ends + hours(1));
  EXPECT_EQ(take(world.appeal(stop_hash)), "gov_appeal_moot");
}

TEST_F(AppealsTest, OnlyTheOwnersCounts) {
  EXPECT_EQ(take(world.appeal(stop_hash, "regulator-a")), "appeal_signer");
  LoggedAppeal unlogged = world.appeal(stop_hash);
  unlogged.proof.clear();
  EXPECT_NE(take(unlogged), "ok");
  live_until(begins + days(8));
  EXPECT_EQ(device.standing(), Standing::suspended);
}

TEST_F(AppealsTest, AConfirmationWithoutAnAppealStopsNothing) {
  const Logged resume =
      world.prove(world.scope_order(OrderKind::resume, {device.target()}), {"owner"});
  ASSERT_EQ(verdict(device.apply(resume)), "ok");
  const auto receipt = confirm(Digest{3});
  ASSERT_EQ(verdict(receipt), "ok");
  EXPECT_EQ(receipt->content.outcome, ApplyOutcome::without_effect);
  live_until(begins + days(1));
  EXPECT_NE(device.standing(), Standing::suspended);
}

TEST_F(AppealsTest, AppealedOrNotNoYearHoldsMoreThanTheCharterAllows) {
  live_until(begins + minutes(5));
  const LoggedAppeal appeal = world.appeal(stop_hash);
  ASSERT_EQ(take(appeal), "ok");
  const Logged confirmation =
      world.prove(world.confirm({device.target()}, appeal.hash), {"maker", "regulator-a"});
  device.live(days(7) + hours(1));
  ASSERT_EQ(verdict(device.apply(confirmation)), "ok");
  live_until(ends + hours(1));
  Millis served{};
  const State& state = device.governor().state();
  for (std::size_t i = 0; i < state.served_count; ++i)
    served = served + (state.served[i].end - state.served[i].start);
  EXPECT_LE(served, days(10));
  EXPECT_EQ(state.appealed_count, 0U) << "settled disputes are forgotten";
}

}  // namespace
}  // namespace daymark::governor
