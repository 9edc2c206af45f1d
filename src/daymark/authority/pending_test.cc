// Orders that wait for witnesses: across failures of others, and across an amendment.
#include <gtest/gtest.h>

#include "daymark/authority/authority_testing.h"
#include "daymark/authority/error_status.h"
#include "daymark/authority/errors.h"
#include "daymark/governor/errors.h"
#include "daymark/tlog/errors.h"

namespace daymark::authority {
namespace {

using order::OrderKind;
using order::testing::Chip;
using order::testing::World;
using testing::Office;
using testing::verdict;

class PendingTest : public ::testing::Test {
 protected:
  Outcome<Acceptance> submit_policy() {
    return office.submit(office.world.policy({}), {"owner", "regulator-a"});
  }

  Outcome<Acceptance> submit_suspension() {
    return office.submit(office.world.suspend_chip({chip.id, 1, {}}, hours(12)),
                         {"owner", "regulator-a"});
  }

  /// An amendment in the log; the witnesses go down an hour before it binds.
  void amend_and_cut() {
    next = office.world.successor();
    next.name = "Amended fleet";
    const auto done = office.submit(office.world.amend(next), {"owner", "regulator-a"});
    ASSERT_EQ(verdict(done), "ok");
    binds_at = done->publication->binds_at;
    office.world.now = binds_at - hours(1);
    office.down = office.everybody();
  }

  /// The amendment binds, and the witnesses are back.
  void pass_amendment() {
    office.world.now = binds_at + hours(1);
    office.down.clear();
  }

  Outcome<PendingReport> publish() { return office.desk->publish_pending(); }

  /// The only order that waits, and why.
  std::string_view reason() {
    const auto report = publish();
    if (!report || report->unpublished.size() != 1) return "not one order";
    return verdict(Outcome<void>(std::unexpected(report->unpublished.front().why)));
  }

  Office office;
  Chip chip = World::chip(1);
  order::Charter next;
  UnixMillis binds_at;
};

TEST_F(PendingTest, NothingToDoAsksNobody) {
  const auto report = publish();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->published, 0U);
  EXPECT_TRUE(report->unpublished.empty());
  EXPECT_FALSE(report->worth_another());
  EXPECT_EQ(office.asked, 0);
}

TEST_F(PendingTest, AllThatWaitIsPublishedByOneRoundOfWitnesses) {
  office.down = office.everybody();
  EXPECT_EQ(verdict(submit_policy()), "proof_quorum");
  EXPECT_EQ(verdict(submit_suspension()), "proof_quorum");
  EXPECT_EQ(verdict(submit_policy()), "proof_quorum");
  office.asked = 0;
  EXPECT_EQ(publish()->unpublished.size(), 3U);
  EXPECT_EQ(office.asked, 4);
  office.down.clear();
  office.asked = 0;
  EXPECT_EQ(publish()->published, 3U);
  EXPECT_EQ(office.asked, 4);
  EXPECT_EQ(office.desk->feed(chip.id, 0, 0)->size(), 3U);
  EXPECT_EQ(office.publisher->log().head().size.value, 3U);
}

TEST_F(PendingTest, AnOrderWhoseTimeIsOverHoldsUpNoOther) {
  office.down = office.everybody();
  EXPECT_EQ(verdict(submit_suspension()), "proof_quorum");
  office.world.now = office.world.now + hours(23);
  EXPECT_EQ(verdict(submit_policy()), "proof_quorum");
  office.world.now = office.world.now + hours(2);
  office.down.clear();
  const auto report = publish();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->published, 1U);
  ASSERT_EQ(report->unpublished.size(), 1U);
  EXPECT_EQ(report->unpublished.front().why.error.code, errc::authority_order_late);
  EXPECT_TRUE(report->unpublished.front().hopeless);
  EXPECT_FALSE(report->worth_another());
  // From now on it costs the witnesses nothing.
  office.asked = 0;
  EXPECT_EQ(reason(), "authority_order_late");
  EXPECT_EQ(office.asked, 0);
}

TEST_F(PendingTest, ADamagedRecordHoldsUpNoOther) {
  office.down = office.everybody();
  ASSERT_TRUE(office.records->add_order({Digest{7}, OrderKind::policy, {1, 2, 3}, {}}, {}));
  EXPECT_EQ(verdict(submit_policy()), "proof_quorum");
  office.down.clear();
  const auto report = publish();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->published, 1U);
  ASSERT_EQ(report->unpublished.size(), 1U);
  EXPECT_EQ(report->unpublished.front().hash, Digest{7});
  EXPECT_TRUE(report->worth_another());
}

TEST_F(PendingTest, WhatWasCosignedBeforeACrashKeepsItsTime) {
  office.down = office.everybody();
  const UnixMillis cosigned_at = office.world.now;
  EXPECT_EQ(verdict(submit_policy()), "proof_quorum");
  office.down.clear();
  // The crash comes after the witnesses answered and before the order's record says so.
  ASSERT_TRUE(office.publisher->cosigned_checkpoint(office.world.charter()));
  office.world.now = office.world.now + days(2);
  office.down = office.everybody();
  EXPECT_EQ(publish()->published, 1U);
  EXPECT_EQ(office.records->orders()->front().publication->logged_at, cosigned_at);
}

TEST_F(PendingTest, AnOrderIsProvenUnderTheCharterThatItNames) {
  amend_and_cut();
  EXPECT_EQ(verdict(submit_policy()), "proof_quorum");
  office.down.clear();
  ASSERT_TRUE(office.publisher->cosigned_checkpoint(office.world.charter()));
  pass_amendment();
  ASSERT_EQ(office.desk->charter()->name, "Amended fleet");
  const auto report = publish();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->published, 1U);
  EXPECT_EQ(office.desk->feed(chip.id, 0, 0)->size(), 2U);
}

TEST_F(PendingTest, AnOrderThatWasLoggedUnderALeftCharterIsNot) {
  amend_and_cut();
  EXPECT_EQ(verdict(submit_policy()), "proof_quorum");
  pass_amendment();
  office.asked = 0;
  EXPECT_EQ(reason(), "gov_charter_left");
  EXPECT_EQ(office.asked, 0);
  EXPECT_FALSE(publish()->worth_another());
  EXPECT_EQ(verdict(office.desk->submit(office.last)), "gov_charter_left");
}

TEST_F(PendingTest, AReliefIsLoggedUnderItsCharterAndHandedOutWithoutThatProof) {
  amend_and_cut();
  const auto lifted =
      office.submit(office.world.scope_order(OrderKind::resume, {{chip.id, 1, {}}}), {"owner"});
  ASSERT_EQ(verdict(lifted), "ok");
  EXPECT_FALSE(lifted->publication);
  pass_amendment();
  EXPECT_EQ(publish()->published, 1U);
  const auto stored = office.records->order(lifted->hash).value();
  ASSERT_TRUE(stored && stored->publication);
  EXPECT_GE(stored->publication->logged_at, binds_at);
  const auto feed = office.desk->feed(chip.id, 1, 0);
  ASSERT_EQ(feed->size(), 1U);
  const HandedOrder& handed = feed->front();
  EXPECT_TRUE(handed.proof.empty());
  // As a chip judges it: what binds by its quorum was in time.
  const auto scratch = std::make_unique<order::ProofScratch>();
  const auto proven =
      order::prove_order({handed.envelope, handed.proof, handed.salt, handed.content},
                         office.world.charter(), *scratch);
  ASSERT_EQ(order::testing::verdict(proven), "ok");
  EXPECT_LT(proven->logged_at(), binds_at);
}

TEST_F(PendingTest, AfterAnAmendmentTheNewCharterSigns) {
  amend_and_cut();
  pass_amendment();
  const order::OrderFile old = office.world.policy({});
  order::OrderFile signed_old = old;
  office.world.sign(signed_old, {"owner", "regulator-a"});
  EXPECT_EQ(verdict(office.desk->submit(order::print_order_file(signed_old))), "order_charter");
  office.world.set_charter(next);
  EXPECT_EQ(verdict(submit_policy()), "ok");
}

TEST_F(PendingTest, AnAmendmentTakesEffectOnce) {
  office.down = office.everybody();
  next = office.world.successor();
  EXPECT_EQ(verdict(office.submit(office.world.amend(next), {"owner", "regulator-a"})),
            "proof_quorum");
  office.down.clear();
  EXPECT_EQ(publish()->published, 1U);
  ASSERT_EQ(verdict(office.desk->load()), "ok");
  EXPECT_EQ(verdict(office.desk->load()), "ok");
  binds_at = office.records->orders()->front().publication->binds_at;
  office.world.now = binds_at - Millis{1};
  EXPECT_EQ(office.desk->charter()->revision, 1U);
  office.world.now = binds_at;
  EXPECT_EQ(office.desk->charter()->revision, 2U);
}

TEST_F(PendingTest, AMissingQuorumNamesTheWitnessThatKnowsALongerLog) {
  ASSERT_EQ(verdict(submit_policy()), "ok");
  office.down = {"http://w0"};
  office.ahead = {"http://w1"};
  const auto done = submit_policy();
  ASSERT_EQ(verdict(done), "net_witness_ahead");
  EXPECT_EQ(done.error().subject, "http://w1");
  EXPECT_EQ(error_response(done.error()).status, 503U);
  // The quorum decides, not one witness.
  office.down.clear();
  EXPECT_EQ(publish()->published, 1U);
}

TEST_F(PendingTest, AnOlderCopyOfTheLogStopsTheDesk) {
  ASSERT_EQ(verdict(submit_policy()), "ok");
  const auto backup = office.log_files();
  ASSERT_EQ(verdict(submit_policy()), "ok");
  office.restore_log(backup);
  OrderDesk desk(*office.records, office.archive, *office.publisher, office.clock,
                 office.world.encoded_charter());
  const auto loaded = desk.load();
  ASSERT_EQ(verdict(loaded), "log_behind");
  EXPECT_EQ(error_response(loaded.error()).status, 503U);
  order::OrderFile file = office.world.policy({});
  office.world.sign(file, {"owner", "regulator-a"});
  EXPECT_EQ(verdict(desk.submit(order::print_order_file(file))), "log_behind");
}

}  // namespace
}  // namespace daymark::authority
