#include "daymark/monitor/monitor.h"

#include <gtest/gtest.h>

#include "daymark/governor/documents.h"
#include "daymark/governor/errors.h"
#include "daymark/monitor/errors.h"
#include "daymark/monitor/monitor_testing.h"
#include "daymark/order/leaf.h"
#include "daymark/tlog/errors.h"

namespace daymark::monitor {
namespace {

using order::testing::Cosigning;
using order::testing::Logged;
using order::testing::World;
using order::testing::world_start;

/// A log, one mirror, and an owner's monitor on disks in memory.
class Following : public ::testing::Test {
 protected:
  void SetUp() override { start(); }

  /// Opens the monitor again on the same disks, as after a restart or a crash.
  void start() {
    monitor_.reset();
    auto memory = disks_.memory(testing::log_vkey(world_));
    ASSERT_TRUE(memory) << describe(memory.error());
    MonitorOptions options;
    options.charter = world_.encoded_charter();
    options.following = {{World::chip(0).id}, world_.party("owner").key.open};
    auto monitor = Monitor::open(*std::move(memory), std::move(options), clock_);
    ASSERT_TRUE(monitor) << describe(monitor.error());
    monitor_ = *std::move(monitor);
  }

  void enrol(World& world, std::uint64_t chip) const {
    static_cast<void>(
        world.prove(world.enrol(World::chip(chip), Digest{7}), {"owner", "authority"}));
  }

  void suspend(World& world, std::uint64_t chip) const {
    const order::Target target{World::chip(chip).id, 2, Digest{1}};
    static_cast<void>(world.prove(world.suspend_chip(target, days(2)), {"owner", "regulator-a"}));
  }

  /// One round; the names of what was found.
  std::string look() {
    const auto done = monitor_->look(log_, mirrors_);
    return (done ? "" : "unreachable: ") + testing::names(monitor_->take_alarms());
  }

  void publish() {
    const Cosigning now{.time = world_.now};
    log_.show(world_, now);
    mirror_.show(world_, now);
  }

  World world_;
  testing::FixedClock clock_;
  testing::Disks disks_;
  testing::FakeSource log_{"log"};
  testing::FakeSource mirror_{"mirror"};
  std::vector<LogSource*> mirrors_{&mirror_};
  std::unique_ptr<Monitor> monitor_;
};

TEST_F(Following, AnHonestLogRaisesOnlyWhatNamesTheChips) {
  enrol(world_, 1);
  publish();
  EXPECT_EQ("", look());
  EXPECT_EQ("", look());
  suspend(world_, 0);
  suspend(world_, 1);
  publish();
  EXPECT_EQ("monitor_names_chip", look());
  EXPECT_EQ("", look());
  EXPECT_EQ(TreeSize{3}, monitor_->head().size);
  start();
  EXPECT_EQ("", look());
  EXPECT_EQ(TreeSize{3}, monitor_->head().size);
}

TEST_F(Following, ALogThatGoesBackIsTold) {
  enrol(world_, 1);
  publish();
  const std::string older = log_.note;
  suspend(world_, 1);
  publish();
  EXPECT_EQ("", look());
  log_.note = older;
  EXPECT_EQ("monitor_log_back", look());
  // A mirror may lag behind; the log may not, and a restart doesn't make it forgotten.
  start();
  EXPECT_EQ("monitor_log_back", look());
  publish();
  EXPECT_EQ("", look());
  mirror_.note = older;
  EXPECT_EQ("", look());
}

TEST_F(Following, ASplitViewOfOneSizeIsTold) {
  World other;
  enrol(world_, 1);
  enrol(other, 2);
  publish();
  EXPECT_EQ("", look());
  ASSERT_TRUE(monitor_->hear(other.checkpoint({}), "a friend"));
  const auto alarms = monitor_->take_alarms();
  ASSERT_EQ("log_split", testing::names(alarms));
  EXPECT_EQ("a friend", alarms[0].subject);
  EXPECT_EQ(2U, alarms[0].evidence.size());
  // The same head again is no news, and our own from elsewhere is none at all.
  ASSERT_TRUE(monitor_->hear(other.checkpoint({}), "a friend"));
  ASSERT_TRUE(monitor_->hear(world_.checkpoint({}), "another friend"));
  EXPECT_EQ("", testing::names(monitor_->take_alarms()));
}

TEST_F(Following, AHistoryThatIsRewrittenIsTold) {
  enrol(world_, 1);
  publish();
  EXPECT_EQ("", look());
  World other;
  enrol(other, 2);
  enrol(other, 3);
  log_.show(other, {});
  EXPECT_EQ("monitor_history", look());
  EXPECT_EQ(TreeSize{1}, monitor_->head().size);
  // Once refuted, the other history is not fetched again.
  const int fetches = log_.fetches;
  EXPECT_EQ("", look());
  EXPECT_EQ(fetches, log_.fetches);
}

TEST_F(Following, AMirrorThatShowsAnotherHistoryIsTold) {
  World other;
  enrol(world_, 1);
  enrol(other, 2);
  publish();
  mirror_.show(other, {});
  EXPECT_EQ("log_split", look());
}

TEST_F(Following, AnEntryThatIsWithheldIsTold) {
  enrol(world_, 1);
  suspend(world_, 0);
  publish();
  log_.served.pop_back();
  mirror_.silent = true;
  EXPECT_EQ("monitor_withheld", look());
  EXPECT_EQ(TreeSize{0}, monitor_->head().size);
  // The mirror has it: the order becomes known although the log holds it back.
  mirror_.silent = false;
  EXPECT_EQ("monitor_names_chip", look());
  EXPECT_EQ(TreeSize{2}, monitor_->head().size);
}

TEST_F(Following, AnEntryThatIsReplacedIsTold) {
  enrol(world_, 1);
  suspend(world_, 1);
  publish();
  log_.served.back() = {1, 2, 3};
  mirrors_.clear();
  EXPECT_EQ("monitor_withheld", look());
}

TEST_F(Following, AHeadFromElsewhereThatTheLogDoesNotServeIsTold) {
  enrol(world_, 1);
  publish();
  const std::string shown = log_.note;
  const auto served = log_.served;
  suspend(world_, 0);
  ASSERT_TRUE(monitor_->hear(world_.checkpoint({}), "a friend"));
  mirrors_.clear();
  EXPECT_EQ("monitor_withheld", look());
  publish();
  EXPECT_EQ("monitor_names_chip", look());
}

TEST_F(Following, SilenceIsNoAlarm) {
  enrol(world_, 1);
  publish();
  log_.silent = true;
  mirror_.silent = true;
  EXPECT_EQ("unreachable: ", look());
  EXPECT_EQ(1U, monitor_->unheard().size());
  log_.silent = false;
  EXPECT_EQ("", look());
}

TEST_F(Following, AHeadWithoutItsQuorumIsTold) {
  enrol(world_, 1);
  log_.show(world_, {.witnesses = 0b001});
  mirrors_.clear();
  EXPECT_EQ("monitor_quorum", look());
  suspend(world_, 1);
  log_.show(world_, {.mirrors = 0});
  EXPECT_EQ("monitor_quorum", look());
  suspend(world_, 1);
  log_.show(world_, {});
  EXPECT_EQ("", look());
}

TEST_F(Following, AForgedHeadIsTheForgersShame) {
  enrol(world_, 1);
  publish();
  std::string forged = log_.note;
  forged[forged.find('\n') + 1] = '7';
  EXPECT_EQ(errc::note_signature, monitor_->hear(forged, "a liar").error().error.code);
  EXPECT_EQ("", testing::names(monitor_->take_alarms()));
  log_.note = forged;
  mirrors_.clear();
  EXPECT_EQ("note_signature", look());
}

TEST_F(Following, ACrashBeforeJudgingJudgesAfterwards) {
  enrol(world_, 1);
  suspend(world_, 0);
  publish();
  // The power goes while the alarm is written: the entries are kept, but none counts as judged.
  disks_.state->cut_at = disks_.state->changes + 3;
  static_cast<void>(monitor_->look(log_, mirrors_));
  disks_.state->repair();
  start();
  EXPECT_EQ("monitor_names_chip", look());
}

TEST_F(Following, AnAttestedHeadIsComparedToo) {
  enrol(world_, 0);
  publish();
  EXPECT_EQ("monitor_names_chip", look());
  const auto attest = [&](const tlog::TreeHead& head, std::uint64_t chip) {
    governor::Attestation claims;
    const Digest nonce{1};
    claims.nonce = nonce;
    claims.chip = World::chip(chip).key;
    claims.checkpoint = head;
    std::vector<Byte> payload(governor::document_size_max);
    const auto written = governor::write_attestation(claims, payload);
    EXPECT_TRUE(written);
    std::vector<Byte> out(governor::document_size_max);
    std::vector<Byte> scratch(governor::document_size_max + 256);
    const auto message = cbor::make_sign1(*written, governor::attestation_purpose,
                                          World::chip(chip).secret, out, scratch);
    EXPECT_TRUE(message);
    return std::vector<Byte>(message->begin(), message->end());
  };
  EXPECT_TRUE(monitor_->check_attestation(attest(world_.log().head(), 0), "chip"));
  EXPECT_EQ("", testing::names(monitor_->take_alarms()));
  World other;
  enrol(other, 3);
  EXPECT_TRUE(monitor_->check_attestation(attest(other.log().head(), 0), "chip"));
  EXPECT_EQ("monitor_history", testing::names(monitor_->take_alarms()));
  enrol(other, 4);
  EXPECT_TRUE(monitor_->check_attestation(attest(other.log().head(), 0), "chip"));
  EXPECT_EQ("monitor_withheld", testing::names(monitor_->take_alarms()));
  EXPECT_EQ(errc::monitor_attester_unknown,
            monitor_->check_attestation(attest(world_.log().head(), 5), "chip").error().error.code);
}

TEST_F(Following, ABatchWithoutALeafForEveryChipIsTold) {
  enrol(world_, 1);
  enrol(world_, 2);
  world_.now = world_.now + hours(1);
  const auto batch = [&](std::size_t count) {
    std::vector<std::vector<Byte>> leaves;
    for (std::uint64_t i = 1; i <= count; ++i) {
      leaves.push_back(order::testing::encoded(
          order::testing::licence_for(World::chip(i), {}, world_.now, hours(20))));
    }
    std::vector<order::testing::LeafDelivery> deliveries;
    static_cast<void>(world_.prove(world_.batch(leaves, deliveries), {"authority"}));
    const auto& own = deliveries.back();
    return order::print_leaf_file({own.leaf, {own.index}, {count}, own.path});
  };
  const auto leaf = batch(2);
  publish();
  EXPECT_EQ("", look());
  EXPECT_TRUE(monitor_->check_leaf(leaf, "leaf"));
  EXPECT_EQ("", testing::names(monitor_->take_alarms()));
  static_cast<void>(batch(1));
  publish();
  EXPECT_EQ("monitor_batch_short", look());
  EXPECT_TRUE(monitor_->check_leaf(leaf, "leaf"));
  EXPECT_EQ("monitor_leaf_missing", testing::names(monitor_->take_alarms()));
}

TEST_F(Following, APolicyAloneComparesHeads) {
  const std::string policy(world_.charter().log_policy);
  const testing::Disks disks;
  MonitorOptions options;
  options.policy = policy;
  auto monitor = Monitor::open(*disks.memory(""), std::move(options), clock_);
  ASSERT_TRUE(monitor);
  World other;
  enrol(world_, 1);
  enrol(other, 2);
  ASSERT_TRUE((*monitor)->hear(world_.checkpoint({}), "a"));
  ASSERT_TRUE((*monitor)->hear(other.checkpoint({}), "b"));
  EXPECT_EQ("log_split", testing::names((*monitor)->take_alarms()));
}

}  // namespace
}  // namespace daymark::monitor
