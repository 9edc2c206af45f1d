#include "daymark/monitor/fleet_view.h"

#include <gtest/gtest.h>

#include "daymark/monitor/errors.h"
#include "daymark/monitor/monitor_testing.h"
#include "daymark/order/errors.h"
#include "daymark/order/leaf.h"

namespace daymark::monitor {
namespace {

using order::testing::Logged;
using order::testing::World;
using order::testing::world_start;

constexpr UnixMillis soon{world_start.value + 60'000};

/// The view of an owner who follows chip 0, entry by entry.
class Fleet : public ::testing::Test {
 protected:
  Fleet() { open(true); }

  void open(bool with_key) { open(with_key, world_.encoded_charter()); }

  void open(bool with_key, const std::vector<Byte>& charter) {
    Following following{{World::chip(0).id}, std::nullopt};
    if (with_key) following.key = world_.party("owner").key.open;
    auto view = FleetView::open(charter, std::move(following));
    ASSERT_TRUE(view);
    view_.emplace(*std::move(view));
  }

  std::vector<Alarm> take(const Logged& logged, LoggedSpan span = {world_start, soon}) {
    return view_->take({{next_++}, logged.envelope, span, logged.proof});
  }

  Logged enrol(std::uint64_t chip) {
    return world_.prove(world_.enrol(World::chip(chip), Digest{7}), {"owner", "authority"});
  }

  /// Enrols chips 0 to count - 1, an hour before the next order.
  void enrol_all(std::uint64_t count) {
    for (std::uint64_t chip = 0; chip < count; ++chip)
      static_cast<void>(take(enrol(chip)));
    world_.now = world_.now + hours(1);
  }

  /// A batch with a leaf for each of `chips`.
  Logged batch(const std::vector<std::uint64_t>& chips, Millis length = hours(20)) {
    std::vector<std::vector<Byte>> leaves;
    for (const std::uint64_t chip : chips) {
      leaves.push_back(order::testing::encoded(
          order::testing::licence_for(World::chip(chip), {}, world_.now, length)));
    }
    return world_.prove(world_.batch(leaves, deliveries_), {"authority"});
  }

  [[nodiscard]] order::LeafFile leaf_file(std::size_t i) const {
    const auto& delivery = deliveries_.at(i);
    return {delivery.leaf, {delivery.index}, {deliveries_.size()}, delivery.path};
  }

  std::string leaf_names(std::size_t i) {
    const auto alarms = view_->check_leaf(leaf_file(i), "leaf");
    return alarms ? testing::names(*alarms) : "refused";
  }

  static order::Target target(std::uint64_t chip) { return {World::chip(chip).id, 2, Digest{1}}; }

  World world_;
  std::optional<FleetView> view_;
  std::uint64_t next_ = 0;
  std::vector<order::testing::LeafDelivery> deliveries_;
};

TEST_F(Fleet, TellsOrdersThatNameAFollowedChipBeforeTheyBind) {
  const auto alarms =
      take(world_.prove(world_.suspend_chip(target(0), days(2)), {"owner", "regulator-a"}));
  ASSERT_EQ("monitor_names_chip", testing::names(alarms));
  const AlarmOrder& order = *alarms[0].order;
  EXPECT_EQ(std::vector{World::chip(0).id}, order.chips);
  EXPECT_EQ("test of a stop", order.reason);
  EXPECT_EQ(world_start + world_.charter().bounds.notice, order.binds_at);
  const std::string json = to_json(alarms[0], world_start);
  EXPECT_NE(std::string::npos,
            json.find("\"notice_left_s\":" +
                      std::to_string(world_.charter().bounds.notice.value / 1000)));
  EXPECT_EQ(std::string::npos, json.find('\n'));
}

TEST_F(Fleet, IsSilentAboutOtherChips) {
  const auto alarms =
      take(world_.prove(world_.suspend_chip(target(1), days(2)), {"owner", "regulator-a"}));
  EXPECT_EQ("", testing::names(alarms));
}

TEST_F(Fleet, WithoutAKeyTellsThatItCannotTell) {
  open(false);
  const auto alarms =
      take(world_.prove(world_.suspend_chip(target(1), days(2)), {"owner", "regulator-a"}));
  EXPECT_EQ("monitor_sealed", testing::names(alarms));
}

TEST_F(Fleet, TellsOrdersForTheWholeFleet) {
  EXPECT_EQ(
      "monitor_names_fleet",
      testing::names(take(world_.prove(world_.suspend_fleet(days(2)), {"owner", "regulator-a"}))));
}

TEST_F(Fleet, TellsContentThatDoesNotOpenForItsReader) {
  // The payload ends with one sealed key of 80 bytes behind a head of two for each of five parties;
  // the owner's comes first.
  constexpr std::size_t sealed_keys = 5 * std::size_t{82};
  order::OrderFile file = world_.suspend_chip(target(0), days(2));
  file.payload[file.payload.size() - sealed_keys + 40] ^= 1;
  const Logged broken = world_.prove(file, {"owner", "regulator-a"});
  EXPECT_EQ("monitor_unopened", testing::names(take(broken)));
  // To others it opens, and whoever has no key can't tell.
  Following maker{{World::chip(1).id}, world_.party("maker").key.open};
  auto view = FleetView::open(world_.encoded_charter(), maker);
  ASSERT_TRUE(view);
  EXPECT_EQ("", testing::names(view->take({{0}, broken.envelope, {world_start, soon}, {}})));
  open(false);
  EXPECT_EQ("monitor_sealed", testing::names(take(broken)));
}

TEST_F(Fleet, TellsWhatBreaksTheCharter) {
  const auto cause = [&](const Logged& logged, LoggedSpan span = {world_start, soon}) {
    const auto alarms = take(logged, span);
    if (alarms.empty() || alarms[0].code != errc::monitor_unlawful) return std::string("none");
    return std::string(entry_of(*alarms[0].cause).name);
  };
  EXPECT_EQ("order_quorum",
            cause(world_.prove(world_.suspend_chip(target(1), days(2)), {"regulator-a"})));
  const Logged lawful =
      world_.prove(world_.suspend_chip(target(1), days(2)), {"owner", "regulator-a"});
  EXPECT_EQ("none", cause(lawful));
  // Not in an earlier head that is younger than its expiry: it was logged too late.
  EXPECT_EQ("order_expired", cause(lawful, {world_start + days(2), world_start + days(3)}));
  const Millis longest = world_.charter().bounds.suspension_longest;
  EXPECT_EQ("order_bounds", cause(world_.prove(world_.suspend_chip(target(1), longest + hours(2)),
                                               {"owner", "regulator-a"})));
}

TEST_F(Fleet, TellsAGapInTheFleetStream) {
  const Logged first = world_.prove(world_.suspend_fleet(days(2)), {"owner", "regulator-a"});
  const Logged second = world_.prove(world_.suspend_fleet(days(2)), {"owner", "regulator-a"});
  const auto alarms = take(second);
  ASSERT_FALSE(alarms.empty());
  EXPECT_EQ(errc::monitor_unlawful, alarms[0].code);
  EXPECT_EQ(errc::order_stream, alarms[0].cause);
  EXPECT_EQ("monitor_names_fleet", testing::names(take(first)));
  EXPECT_EQ("monitor_names_fleet", testing::names(take(second)));
}

TEST_F(Fleet, FollowsAnAmendmentThatItCanOpen) {
  const std::vector<Byte> first = world_.encoded_charter();
  const Logged amend = world_.prove(world_.amend(world_.successor()), {"owner", "regulator-a"});
  EXPECT_EQ("monitor_names_fleet", testing::names(take(amend)));
  world_.set_charter(world_.successor());
  const Logged after =
      world_.prove(world_.suspend_chip(target(1), days(2)), {"owner", "regulator-a"});
  EXPECT_EQ("", testing::names(take(after)));
  // Without the key the charter stays sealed.
  open(false, first);
  static_cast<void>(take(amend));
  EXPECT_EQ("monitor_charter_unknown", testing::names(take(after)));
}

TEST_F(Fleet, TellsWhatIsNoOrderAndSkipsOtherFleets) {
  const std::vector<Byte> noise{1, 2, 3};
  EXPECT_EQ("monitor_entry", testing::names(view_->take({{0}, noise, {}, {}})));
  World other;
  const Logged theirs = other.prove(other.suspend_fleet(days(2)), {"owner", "regulator-a"});
  order::Charter stranger = world_.source();
  stranger.fleet.bytes.front() ^= 1;
  World elsewhere;
  elsewhere.set_charter(stranger);
  const Logged order = elsewhere.prove(elsewhere.suspend_fleet(days(2)), {"owner", "regulator-a"});
  EXPECT_EQ("", testing::names(take(order)));
  EXPECT_EQ("monitor_names_fleet", testing::names(take(theirs)));
}

TEST_F(Fleet, TellsOfAppealsByTheOwnerOnly) {
  const auto appeal = world_.appeal(Digest{7});
  const auto told = view_->take({{0}, appeal.envelope, {}, {}});
  ASSERT_EQ("monitor_appeal", testing::names(told));
  EXPECT_NE(told.front().detail.find("the finding is wrong"), std::string::npos);
  const auto forged = world_.appeal(Digest{7}, "regulator-a");
  const auto noise = view_->take({{1}, forged.envelope, {}, {}});
  ASSERT_EQ("monitor_entry", testing::names(noise));
  EXPECT_EQ(noise.front().cause, errc::appeal_signer);
}

TEST_F(Fleet, CountsTheLeavesOfABatch) {
  enrol_all(3);
  EXPECT_EQ("", testing::names(take(batch({0, 1, 2}))));
  const auto alarms = take(batch({1, 2}));
  ASSERT_EQ("monitor_batch_short", testing::names(alarms));
  EXPECT_EQ("3 enrolments stand before it, it has 2 leaves", alarms[0].detail);
}

TEST_F(Fleet, ForgivesABatchThatWasDraftedBeforeAnEnrolment) {
  enrol_all(2);
  const Logged drafted = batch({0, 1});
  world_.now = world_.now + minutes(1);
  static_cast<void>(take(enrol(2)));
  EXPECT_EQ("", testing::names(take(drafted)));
}

TEST_F(Fleet, HoldsTheOwnersLeafAgainstTheNewestBatch) {
  enrol_all(2);
  const Logged first = batch({0, 1});
  static_cast<void>(take(first));
  EXPECT_EQ("", leaf_names(0));
  const auto old = leaf_file(0);
  // The count is right, but the place of chip 0 is filled with a second leaf of chip 1.
  EXPECT_EQ("", testing::names(take(batch({1, 1}))));
  const auto alarms = view_->check_leaf(old, "leaf");
  ASSERT_TRUE(alarms);
  EXPECT_EQ("monitor_leaf_missing", testing::names(*alarms));
}

TEST_F(Fleet, TellsALeafThatIsInNoBatch) {
  enrol_all(2);
  static_cast<void>(take(batch({0, 1})));
  order::LeafFile file = leaf_file(0);
  file.path[0][0] ^= 1;
  EXPECT_EQ("monitor_leaf_unlogged", testing::names(*view_->check_leaf(file, "leaf")));
  world_.now = world_.now + seconds(1);
  static_cast<void>(batch({0, 1}));
  EXPECT_EQ("monitor_leaf_unlogged", leaf_names(0));
  file.leaf = {1};
  EXPECT_FALSE(view_->check_leaf(file, "leaf"));
}

TEST_F(Fleet, TellsALicenceBeyondTheLongest) {
  enrol_all(1);
  static_cast<void>(take(batch({0}, world_.charter().bounds.licence_longest)));
  EXPECT_EQ("", leaf_names(0));
  static_cast<void>(take(batch({0}, world_.charter().bounds.licence_longest + seconds(1))));
  EXPECT_EQ("monitor_unlawful", leaf_names(0));
}

}  // namespace
}  // namespace daymark::monitor
