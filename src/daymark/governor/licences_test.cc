// Leaves: which ones a chip accepts, and that no grant takes anything away.
#include <gtest/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/cbor/encode.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/governor_testing.h"

namespace daymark::governor {
namespace {

using namespace daymark::governor::testing;

class LicencesTest : public ::testing::Test {
 protected:
  World world;
  Device device{world};

  void SetUp() override {
    device.enrol();
    device.range();
  }

  [[nodiscard]] const State& state() { return device.governor().state(); }

  [[nodiscard]] std::vector<Byte> request() {
    auto request = device.client().request_renewal();
    EXPECT_EQ(verdict(request), "ok");
    return request ? *request : std::vector<Byte>{};
  }
};

TEST_F(LicencesTest, ARequestIsSignedAndNamesThePlaceInBothStreams) {
  const std::vector<Byte> bytes = request();
  const auto payload = cbor::open_sign1(bytes, order::renewal_purpose, device.chip.key);
  ASSERT_TRUE(payload);
  const auto parsed = order::parse_request(*payload);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->own, state().own);
  EXPECT_EQ(parsed->fleet, state().fleet);
  EXPECT_EQ(parsed->counter, state().counter);
  EXPECT_EQ(state().request, order::request_hash(bytes));
}

TEST_F(LicencesTest, ALeafAnswersOneRequestOnce) {
  const LeafParts leaf = device.make_leaf(request(), {});
  ASSERT_EQ(verdict(device.client().accept_leaf(leaf)), "ok");
  EXPECT_EQ(verdict(device.client().accept_leaf(leaf)), "gov_no_request");
  static_cast<void>(request());
  EXPECT_EQ(verdict(device.client().accept_leaf(leaf)), "gov_leaf_request");
}

TEST_F(LicencesTest, ANewerRequestVoidsTheOlder) {
  const std::vector<Byte> first = request();
  const LeafParts leaf = device.make_leaf(first, {});
  static_cast<void>(request());
  EXPECT_EQ(verdict(device.client().accept_leaf(leaf)), "gov_leaf_request");
}

TEST_F(LicencesTest, ACloneCannotUseItsTwinsLeaf) {
  Device clone(world, 1);
  clone.storage = device.storage;
  ASSERT_TRUE(clone.reboot());
  ASSERT_EQ(clone.governor().chip_key(), device.governor().chip_key());
  const LeafParts leaf = device.make_leaf(request(), {});
  static_cast<void>(clone.client().request_renewal());
  EXPECT_EQ(verdict(clone.client().accept_leaf(leaf)), "gov_leaf_request");
  EXPECT_EQ(verdict(device.client().accept_leaf(leaf)), "ok");
}

TEST_F(LicencesTest, AnotherChipsLeafIsRefused) {
  Device other(world, 2);
  other.enrol();
  const auto theirs = other.client().request_renewal();
  ASSERT_EQ(verdict(theirs), "ok");
  static_cast<void>(request());
  EXPECT_EQ(verdict(device.client().accept_leaf(other.make_leaf(*theirs, {}))), "gov_leaf_chip");
}

TEST_F(LicencesTest, TheRequestSurvivesAReset) {
  const LeafParts leaf = device.make_leaf(request(), {});
  ASSERT_TRUE(device.reboot());
  EXPECT_EQ(verdict(device.client().accept_leaf(leaf)), "ok");
}

TEST_F(LicencesTest, AForgedPathOrLeafIsRefused) {
  const LeafParts good = device.make_leaf(request(), {});
  LeafParts bad = good;
  bad.leaf.back() ^= 1;
  EXPECT_NE(verdict(device.client().accept_leaf(bad)), "ok");
  bad = good;
  bad.path.at(0).front() ^= 1;
  EXPECT_EQ(verdict(device.client().accept_leaf(bad)), "tlog_root");
  bad = good;
  bad.index.value = 1;
  EXPECT_EQ(verdict(device.client().accept_leaf(bad)), "tlog_root");
  bad = good;
  bad.batch.proof.clear();
  EXPECT_EQ(verdict(device.client().accept_leaf(bad)), "order_unlogged");
  EXPECT_FALSE(state().current.held);
  EXPECT_EQ(verdict(device.client().accept_leaf(good)), "ok");
}

TEST_F(LicencesTest, PositionsMustBeReachedOnTheSameHistory) {
  const Logged policy = world.prove(world.policy({}), {"owner", "regulator-a"});
  const std::vector<Byte> asked = request();
  ASSERT_EQ(verdict(device.apply(policy)), "ok");
  const LeafParts leaf = device.make_leaf(asked, {});  // names the position after the policy
  Device behind(world, 1);
  behind.storage = device.storage;
  ASSERT_TRUE(behind.reboot());
  EXPECT_EQ(verdict(behind.client().accept_leaf(leaf)), "ok");

  Device second(world, 2);
  second.enrol();
  const auto theirs = second.client().request_renewal();
  ASSERT_EQ(verdict(theirs), "ok");
  Device ahead(world, 2);
  ahead.storage = second.storage;
  ASSERT_TRUE(ahead.reboot());
  ASSERT_EQ(verdict(ahead.apply(policy)), "ok");
  const LeafParts later = ahead.make_leaf(*theirs, {});
  EXPECT_EQ(verdict(second.client().accept_leaf(later)), "gov_leaf_position");
  ASSERT_EQ(verdict(second.apply(policy)), "ok");
  EXPECT_EQ(verdict(second.client().accept_leaf(later)), "ok");
}

TEST_F(LicencesTest, ValidityIsBoundedByTheCharter) {
  EXPECT_EQ(verdict(device.try_license({.length = days(7) + seconds(1)})), "gov_leaf_validity");
  EXPECT_EQ(verdict(device.try_license({.length = days(7)})), "ok");
}

TEST_F(LicencesTest, AnEndedLeafIsRefused) {
  EXPECT_EQ(verdict(device.try_license({.length = days(1), .starts_in = -days(2)})),
            "gov_leaf_over");
}

TEST_F(LicencesTest, ARenewalThatIsNowhereNarrowerHoldsAtOnce) {
  device.license({.length = days(3)});
  const auto renewed = device.try_license({.length = days(7)});
  ASSERT_EQ(verdict(renewed), "ok");
  EXPECT_EQ(renewed->outcome, LeafOutcome::current);
  EXPECT_EQ(state().current.leaf.id, 2U);
}

TEST_F(LicencesTest, AStricterLicenceWaitsForTheEndOfTheCurrentOne) {
  device.license({.length = days(3), .cluster_max = 64});
  const auto stricter = device.try_license({.length = days(6), .cluster_max = 4});
  ASSERT_EQ(verdict(stricter), "ok");
  EXPECT_EQ(stricter->outcome, LeafOutcome::queued);
  EXPECT_EQ(verdict(device.ask(64)), "ok");
  device.live(days(3) - hours(1));
  EXPECT_EQ(verdict(device.ask(64)), "ok") << "what was granted stands to its end";
  device.live(hours(1) + minutes(1));
  EXPECT_EQ(device.standing(), Standing::licensed);
  EXPECT_EQ(verdict(device.client().end_permit(job(1).job)), "ok");
  EXPECT_EQ(verdict(device.ask(64)), "gov_cluster");
  EXPECT_EQ(verdict(device.ask(4)), "ok");
}

TEST_F(LicencesTest, ALeafNarrowerThanBothIsRefused) {
  device.license({.length = days(3), .cluster_max = 64});
  ASSERT_EQ(verdict(device.try_license({.length = days(6), .cluster_max = 8})), "ok");
  EXPECT_EQ(verdict(device.try_license({.length = days(7), .cluster_max = 4})),
            "gov_licence_queue");
  EXPECT_EQ(state().next.leaf.cluster_max, 8U);
  const auto wider = device.try_license({.length = days(7), .cluster_max = 16});
  ASSERT_EQ(verdict(wider), "ok");
  EXPECT_EQ(state().next.leaf.cluster_max, 16U);
}

TEST_F(LicencesTest, AZeroAllowanceLeafTakesNothingAway) {
  device.license({.length = days(3)});
  const auto zero = device.try_license({.length = days(7), .allowance = {0}});
  ASSERT_EQ(verdict(zero), "ok");
  EXPECT_EQ(zero->outcome, LeafOutcome::queued);
  EXPECT_EQ(device.standing(), Standing::licensed);
  device.live(days(3) - minutes(10));
  EXPECT_EQ(device.standing(), Standing::licensed);
  device.live(minutes(20));
  EXPECT_EQ(device.standing(), Standing::grace) << "even then grace runs, as after silence";
  EXPECT_EQ(device.reason(), errc::gov_allowance);
  device.live(hours(24));
  EXPECT_EQ(device.standing(), Standing::lapsed);
  EXPECT_EQ(device.reason(), errc::gov_allowance);
}

TEST_F(LicencesTest, EachTermAloneMakesALeafNarrower) {
  device.license({.length = days(3), .job_classes = 3});
  const order::Leaf older = state().current.leaf;
  const auto narrower = [&](const std::function<void(order::Leaf&)>& change) {
    order::Leaf newer = older;
    change(newer);
    return !nowhere_narrower(newer, older, TeraOps{});
  };
  EXPECT_FALSE(narrower([](order::Leaf&) {}));
  EXPECT_TRUE(narrower([](order::Leaf& l) { l.allowance.value -= 1; }));
  EXPECT_TRUE(narrower([](order::Leaf& l) { l.cluster_max -= 1; }));
  EXPECT_TRUE(narrower([](order::Leaf& l) { l.link_megabytes_per_second -= 1; }));
  EXPECT_FALSE(narrower([](order::Leaf& l) { l.link_megabytes_per_second = 0; }));
  EXPECT_TRUE(narrower([](order::Leaf& l) { l.not_after = l.not_after - Millis{1}; }));
  EXPECT_TRUE(narrower([](order::Leaf& l) { l.level_least += 1; }));
  EXPECT_TRUE(narrower([](order::Leaf& l) { l.job_classes = 1; }));
  EXPECT_TRUE(narrower([](order::Leaf& l) { l.has_fence = true; }));
  EXPECT_TRUE(narrower([](order::Leaf& l) { l.program_root.front() ^= 1; }));
  order::Leaf spent = older;
  spent.allowance.value -= 5;
  EXPECT_TRUE(nowhere_narrower(spent, older, TeraOps{5}));
}

TEST_F(LicencesTest, AcceptingRefillsGraceAndChainsTheLeaf) {
  device.license({.length = days(1)});
  const Digest chain = state().licence_chain;
  device.live(days(1) + hours(12));
  EXPECT_LT(state().grace_left, hours(13));
  device.license({.length = days(1)});
  EXPECT_GE(state().grace_left, hours(23));
  EXPECT_NE(state().licence_chain, chain);
  EXPECT_EQ(device.standing(), Standing::licensed);
}

TEST_F(LicencesTest, ADenialConsumesTheRequestAndItsNumber) {
  ASSERT_EQ(verdict(device.try_license({.denial = "finding"})), "ok");
  EXPECT_EQ(state().last_leaf, 1U);
  EXPECT_FALSE(state().request_held);
  EXPECT_FALSE(state().current.held);
  const auto owned = device.client().status();
  ASSERT_EQ(verdict(owned), "ok");
  EXPECT_EQ(owned->status.denied, 1U);
  EXPECT_EQ(owned->status.denial_reason, "finding");
}

}  // namespace
}  // namespace daymark::governor
