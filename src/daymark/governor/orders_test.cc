// Orders: what binds, when, and everything that must be refused.
#include <gtest/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/governor_testing.h"
#include "daymark/order/errors.h"

namespace daymark::governor {
namespace {

using namespace daymark::governor::testing;
using order::OrderKind;

class OrdersTest : public ::testing::Test {
 protected:
  World world;
  Device device{world};

  void SetUp() override {
    device.enrol();
    device.range();
    device.license({.length = days(7)});
    ASSERT_EQ(device.standing(), Standing::licensed);
  }

  [[nodiscard]] Logged stop(Millis length) {
    return world.prove(world.suspend_chip(device.target(), length), {"maker", "regulator-a"});
  }

  [[nodiscard]] std::uint64_t refusals() { return device.governor().state().refusal_total; }
};

TEST_F(OrdersTest, SuspensionIsAnnouncedWaitsBindsAndEnds) {
  const auto receipt = device.apply(stop(days(2)));
  ASSERT_EQ(verdict(receipt), "ok");
  EXPECT_EQ(receipt->content.outcome, ApplyOutcome::announced);
  EXPECT_EQ(receipt->content.binds_at, world.now + hours(72));
  EXPECT_EQ(receipt->content.ends_at, world.now + hours(72) + days(2));
  EXPECT_EQ(device.standing(), Standing::licensed);
  device.live(hours(72) - minutes(2));
  EXPECT_EQ(device.standing(), Standing::licensed);
  const auto permit = device.ask();
  ASSERT_EQ(verdict(permit), "ok");
  EXPECT_LE(permit->content.life, minutes(3)) << "no permit reaches into the suspension";
  device.wait(minutes(4));
  EXPECT_EQ(device.standing(), Standing::suspended);
  EXPECT_EQ(verdict(device.ask()), "gov_suspended");
  device.range();
  device.live(days(2) - minutes(10));
  EXPECT_EQ(device.standing(), Standing::suspended);
  device.wait(minutes(10));
  EXPECT_NE(device.standing(), Standing::suspended);
  EXPECT_EQ(verdict(device.ask()), "ok");
  EXPECT_EQ(device.governor().state().served_count, 1U);
}

TEST_F(OrdersTest, SuspensionEndsWithoutAnyTimeSource) {
  ASSERT_EQ(verdict(device.apply(stop(days(2)))), "ok");
  device.live(hours(73));
  ASSERT_EQ(device.standing(), Standing::suspended);
  ASSERT_TRUE(device.reboot());
  EXPECT_EQ(device.standing(), Standing::suspended);
  device.wait(days(2) + minutes(1));
  EXPECT_NE(device.standing(), Standing::suspended);
}

TEST_F(OrdersTest, ResumeWorksWithoutTheLog) {
  ASSERT_EQ(verdict(device.apply(stop(days(2)))), "ok");
  device.live(hours(73));
  ASSERT_EQ(device.standing(), Standing::suspended);
  Logged resume = world.prove(world.scope_order(OrderKind::resume, {device.target()}), {"owner"});
  resume.proof.clear();
  const auto receipt = device.apply(resume);
  ASSERT_EQ(verdict(receipt), "ok");
  EXPECT_EQ(receipt->content.outcome, ApplyOutcome::in_effect);
  EXPECT_EQ(receipt->content.standing, Standing::licensed);
}

TEST_F(OrdersTest, ResumeLiftsWhatIsAnnounced) {
  ASSERT_EQ(verdict(device.apply(stop(days(2)))), "ok");
  const Logged resume =
      world.prove(world.scope_order(OrderKind::resume, {device.target()}), {"owner"});
  ASSERT_EQ(verdict(device.apply(resume)), "ok");
  device.live(hours(80));
  EXPECT_EQ(device.standing(), Standing::licensed);
}

TEST_F(OrdersTest, FleetResumeLeavesAChipsOwnSuspension) {
  ASSERT_EQ(verdict(device.apply(stop(days(2)))), "ok");
  device.live(hours(73));
  const Logged resume = world.prove(world.scope_order(OrderKind::resume, {}), {"owner"});
  const auto receipt = device.apply(resume);
  ASSERT_EQ(verdict(receipt), "ok");
  EXPECT_EQ(receipt->content.outcome, ApplyOutcome::without_effect);
  EXPECT_EQ(device.standing(), Standing::suspended);
}

TEST_F(OrdersTest, FleetSuspensionBindsEveryChip) {
  const Logged fleet = world.prove(world.suspend_fleet(days(1)), {"maker", "regulator-b"});
  Device second(world, 2);
  second.enrol();
  second.range();
  ASSERT_EQ(verdict(device.apply(fleet)), "ok");
  ASSERT_EQ(verdict(second.apply(fleet)), "ok");
  EXPECT_EQ(device.governor().state().fleet, world.fleet_head());
  device.wait(hours(73));
  second.tick = second.tick + hours(73);
  device.range();
  second.range();
  EXPECT_EQ(device.standing(), Standing::suspended);
  EXPECT_EQ(second.standing(), Standing::suspended);
}

TEST_F(OrdersTest, ForgedUnloggedUnwitnessedAndLateLoggedAreRefused) {
  const State& state = device.governor().state();
  const order::StreamHead own = state.own;
  const std::uint64_t before = refusals();
  const auto draft = [&] { return world.suspend_chip(device.target(), days(1)); };

  Logged unlogged = stop(days(1));
  unlogged.proof.clear();
  EXPECT_EQ(verdict(device.apply(unlogged)), "order_unlogged");

  Logged forged = stop(days(1));
  forged.envelope.back() ^= 1;
  EXPECT_EQ(verdict(device.apply(forged)), "cose_signature");

  const Logged one_party = world.prove(draft(), {"regulator-a"});
  EXPECT_EQ(verdict(device.apply(one_party)), "order_quorum");

  const Logged unwitnessed =
      world.prove(draft(), {"maker", "regulator-a"}, {.time = world.now, .witnesses = 0b001});
  EXPECT_EQ(verdict(device.apply(unwitnessed)), "proof_quorum");

  const Logged unmirrored =
      world.prove(draft(), {"maker", "regulator-a"}, {.time = world.now, .mirrors = 0});
  EXPECT_EQ(verdict(device.apply(unmirrored)), "proof_mirrors");

  const Logged late = world.prove(draft(), {"maker", "regulator-a"}, {.time = world.now + days(2)});
  EXPECT_EQ(verdict(device.apply(late)), "order_expired");

  EXPECT_EQ(refusals(), before + 6);
  EXPECT_EQ(state.own, own) << "a refusal never extends a stream";
  EXPECT_EQ(state.pending_count, 0U);
  EXPECT_EQ(device.standing(), Standing::licensed);
}

TEST_F(OrdersTest, ReplayAndGapAreRefused) {
  const Logged first = stop(days(1));
  ASSERT_EQ(verdict(device.apply(first)), "ok");
  EXPECT_EQ(verdict(device.apply(first)), "gov_replayed");
  order::Target ahead = device.target();
  ahead.seq += 1;
  const Logged gap = world.prove(world.scope_order(OrderKind::resume, {ahead}), {"owner"});
  EXPECT_EQ(verdict(device.apply(gap)), "order_stream");
  order::Target fork = device.target();
  fork.prev.front() ^= 1;
  const Logged forked = world.prove(world.scope_order(OrderKind::resume, {fork}), {"owner"});
  EXPECT_EQ(verdict(device.apply(forked)), "order_stream");
  Device other(world, 2);
  other.enrol();
  const Logged not_mine =
      world.prove(world.scope_order(OrderKind::resume, {other.target()}), {"owner"});
  EXPECT_EQ(verdict(device.apply(not_mine)), "gov_not_addressed");
  EXPECT_EQ(device.governor().state().own.seq, 2U);
}

TEST_F(OrdersTest, FleetOrdersMustBeGapless) {
  const Logged first = world.prove(world.policy({}), {"owner", "regulator-a"});
  const Logged second = world.prove(world.policy({}), {"owner", "regulator-a"});
  EXPECT_EQ(verdict(device.apply(second)), "order_stream");
  EXPECT_EQ(verdict(device.apply(first)), "ok");
  EXPECT_EQ(verdict(device.apply(second)), "ok");
  EXPECT_EQ(verdict(device.apply(first)), "gov_replayed");
}

TEST_F(OrdersTest, ALateChipAppliesOldOrdersInSequence) {
  const Logged fleet = world.prove(world.suspend_fleet(days(1)), {"maker", "regulator-a"});
  const Logged policy = world.prove(world.policy({}), {"owner", "regulator-a"});
  device.sleep(days(30));
  device.range();
  const auto receipt = device.apply(fleet);
  ASSERT_EQ(verdict(receipt), "ok");
  EXPECT_EQ(receipt->content.outcome, ApplyOutcome::without_effect) << "its time is over";
  EXPECT_NE(receipt->content.standing, Standing::suspended);
  const auto second = device.apply(policy);
  ASSERT_EQ(verdict(second), "ok");
  EXPECT_EQ(second->content.outcome, ApplyOutcome::in_effect) << "its notice has long passed";
  EXPECT_TRUE(device.governor().state().policy.bound);
}

TEST_F(OrdersTest, NoNoticeRunsDuringASuspension) {
  ASSERT_EQ(verdict(device.apply(stop(days(2)))), "ok");
  const UnixMillis first_end = world.now + hours(72) + days(2);
  device.live(hours(73));
  ASSERT_EQ(device.standing(), Standing::suspended);
  const auto again = device.apply(stop(days(7)));
  ASSERT_EQ(verdict(again), "ok");
  EXPECT_EQ(again->content.binds_at, first_end + hours(72));
}

TEST_F(OrdersTest, AnnouncedSuspensionsFollowOneAnotherToo) {
  ASSERT_EQ(verdict(device.apply(stop(days(2)))), "ok");
  const UnixMillis first_end = world.now + hours(72) + days(2);
  const auto again = device.apply(stop(days(10)));
  ASSERT_EQ(verdict(again), "ok");
  EXPECT_EQ(again->content.binds_at, first_end + hours(72));
  const auto in_vain = device.apply(stop(hours(1)));
  ASSERT_EQ(verdict(in_vain), "ok");
  EXPECT_EQ(in_vain->content.outcome, ApplyOutcome::without_effect);
}

TEST_F(OrdersTest, AYearsBudgetOfSuspensionIsSpentOnce) {
  Millis served{};
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(verdict(device.apply(stop(days(14)))), "ok");
    device.live(hours(72) + minutes(30));
    const bool suspended = device.standing() == Standing::suspended;
    const State& state = device.governor().state();
    if (suspended) served = served + (state.suspension.until - state.suspension.since);
    device.live(days(15));
    ASSERT_NE(device.standing(), Standing::suspended);
  }
  EXPECT_LE(served, days(30));
  EXPECT_GT(served, days(29));
}

TEST_F(OrdersTest, PolicyNarrowsAfterItsNotice) {
  const order::Program program{"trainer", crypto::sha256(bytes_of("trainer program"))};
  const order::Program other{"other", crypto::sha256(bytes_of("other program"))};
  std::vector<order::Program> list{program, other};
  if (!(list[0].digest < list[1].digest)) std::swap(list[0], list[1]);
  const Logged policy = world.prove(world.policy(list), {"owner", "regulator-a"});
  ASSERT_EQ(verdict(device.apply(policy)), "ok");
  EXPECT_EQ(verdict(device.ask()), "ok") << "not before its notice";
  device.live(hours(73));
  EXPECT_EQ(verdict(device.ask()), "gov_program");

  const auto parsed = order::parse_policy(policy.content);
  ASSERT_TRUE(parsed);
  const auto programs = order::parse_programs(parsed->programs);
  ASSERT_TRUE(programs);
  const bool first = programs->entries[0].name == "trainer";
  const Digest sibling = tlog::hash_leaf(programs->encoded[first ? 1 : 0], tlog::program_tree);
  PermitRequest request = job(1);
  request.proof_count = 1;
  request.proofs[0] = {LeafIndex{first ? 0U : 1U}, TreeSize{2}, sibling};
  EXPECT_EQ(verdict(device.ask(request)), "ok");
  request.program.front() ^= 1;
  EXPECT_EQ(verdict(device.ask(request)), "gov_program");
}

TEST_F(OrdersTest, FirmwareVersionsRise) {
  const Digest image = crypto::sha256(bytes_of("image 2"));
  const Logged second = world.prove(world.firmware(image, 2), {"owner", "maker"});
  ASSERT_EQ(verdict(device.apply(second)), "ok");
  const Logged first = world.prove(world.firmware(image, 1), {"owner", "maker"});
  EXPECT_EQ(verdict(device.apply(first)), "gov_firmware_version");
  EXPECT_EQ(device.governor().state().firmware.version, 0U);
  device.live(hours(73));
  EXPECT_EQ(device.standing(), Standing::licensed);
  EXPECT_EQ(device.governor().state().firmware.version, 2U);
  EXPECT_EQ(device.governor().state().firmware.image, image);
}

TEST_F(OrdersTest, TheSameFirmwareVersionIsNotTakenAgain) {
  const Digest image = crypto::sha256(bytes_of("image 2"));
  ASSERT_EQ(verdict(device.apply(world.prove(world.firmware(image, 2), {"owner", "maker"}))), "ok");
  const Digest other = crypto::sha256(bytes_of("another image"));
  const Logged again = world.prove(world.firmware(other, 2), {"owner", "maker"});
  EXPECT_EQ(verdict(device.apply(again)), "gov_firmware_version");
}

TEST_F(OrdersTest, AFullQueueRefusesWithoutChaining) {
  for (std::size_t i = 0; i < pending_max; ++i) {
    ASSERT_EQ(verdict(device.apply(world.prove(world.policy({}), {"owner", "regulator-a"}))), "ok");
  }
  const order::StreamHead before = device.governor().state().fleet;
  const Logged extra = world.prove(world.policy({}), {"owner", "regulator-a"});
  EXPECT_EQ(verdict(device.apply(extra)), "gov_queue_full");
  EXPECT_EQ(device.governor().state().fleet, before);
  device.live(hours(73));
  EXPECT_EQ(verdict(device.apply(extra)), "ok");
}

TEST_F(OrdersTest, LicenceOrdersAreNotApplied) {
  const auto request = device.client().request_renewal();
  ASSERT_EQ(verdict(request), "ok");
  const LeafParts leaf = device.make_leaf(*request, {});
  EXPECT_EQ(verdict(device.client().apply(leaf.batch)), "order_kind");
}

}  // namespace
}  // namespace daymark::governor
