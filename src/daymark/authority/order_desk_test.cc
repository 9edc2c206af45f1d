#include "daymark/authority/order_desk.h"

#include <gtest/gtest.h>

#include "daymark/authority/authority_testing.h"
#include "daymark/authority/batch_desk.h"
#include "daymark/authority/error_status.h"
#include "daymark/tlog/errors.h"

namespace daymark::authority {
namespace {

using order::testing::Chip;
using order::testing::World;
using testing::Office;
using testing::verdict;

class OrderDeskTest : public ::testing::Test {
 protected:
  Outcome<Acceptance> submit_policy() {
    return office.submit(office.world.policy({}), {"owner", "regulator-a"});
  }

  Outcome<Acceptance> submit_enrolment() {
    return office.submit(office.world.enrol(chip, Digest{1}), {"owner", "authority"});
  }

  std::size_t feed_size() {
    const auto feed = office.desk->feed(chip.id, 0, 0);
    EXPECT_EQ(verdict(feed), "ok");
    return feed ? feed->size() : 0;
  }

  std::uint64_t log_size() { return office.publisher->log().head().size.value; }

  Office office;
  Chip chip = World::chip(1);
};

TEST_F(OrderDeskTest, AnAcceptedOrderIsPublicAndProvesItself) {
  const auto done = submit_policy();
  ASSERT_EQ(verdict(done), "ok");
  ASSERT_TRUE(done->publication);
  EXPECT_EQ(done->kind, order::OrderKind::policy);
  EXPECT_EQ(done->publication->index.value, 0U);
  const auto feed = office.desk->feed(chip.id, 0, 0);
  ASSERT_EQ(verdict(feed), "ok");
  ASSERT_EQ(feed->size(), 1U);
  const HandedOrder& handed = feed->front();
  const auto scratch = std::make_unique<order::ProofScratch>();
  const auto proven =
      order::prove_order({handed.envelope, handed.proof, handed.salt, handed.content},
                         office.world.charter(), *scratch);
  ASSERT_EQ(order::testing::verdict(proven), "ok");
  EXPECT_EQ(proven->order().hash, done->hash);
  EXPECT_EQ(proven->binds_at(), done->publication->binds_at);
}

TEST_F(OrderDeskTest, TheSameOrderAgainChangesNothing) {
  const auto first = submit_policy();
  ASSERT_EQ(verdict(first), "ok");
  const auto again = office.desk->submit(office.last);
  ASSERT_EQ(verdict(again), "ok");
  EXPECT_EQ(again->hash, first->hash);
  EXPECT_EQ(again->publication->proof, first->publication->proof);
  EXPECT_EQ(log_size(), 1U);
}

TEST_F(OrderDeskTest, TheFeedGoesOnAfterAPosition) {
  ASSERT_EQ(verdict(submit_policy()), "ok");
  ASSERT_EQ(verdict(submit_policy()), "ok");
  ASSERT_EQ(verdict(submit_enrolment()), "ok");
  EXPECT_EQ(feed_size(), 3U);
  EXPECT_EQ(office.desk->feed(chip.id, 1, 0)->size(), 2U);
  EXPECT_EQ(office.desk->feed(chip.id, 2, 1)->size(), 0U);
  EXPECT_EQ(office.desk->feed(World::chip(2).id, 0, 0)->size(), 2U);
}

TEST_F(OrderDeskTest, TheFeedKeepsTheOrderOfTheLogOverBothStreams) {
  std::vector<std::vector<Byte>> envelopes;
  const auto took = [&](const Outcome<Acceptance>& done) {
    EXPECT_EQ(verdict(done), "ok");
    const order::OrderFile file = order::parse_order_file(office.last).value();
    envelopes.push_back(order::envelope_of(file).value());
    return done ? done->hash : Digest{};
  };
  const Digest enrolled = took(submit_enrolment());
  took(submit_policy());
  const Digest stopped = took(office.submit(
      office.world.suspend_chip({chip.id, 2, enrolled}, hours(12)), {"owner", "regulator-a"}));
  took(submit_policy());
  const auto fed = [&] {
    std::vector<std::vector<Byte>> out;
    const auto feed = office.desk->feed(chip.id, 0, 0).value();
    for (const HandedOrder& order : feed)
      out.push_back(order.envelope);
    return out;
  };
  EXPECT_EQ(fed(), envelopes);
  // A relief that is not public yet has no place in the log: it comes behind what has one.
  office.down = office.everybody();
  const Digest lifted = took(office.submit(
      office.world.scope_order(order::OrderKind::resume, {{chip.id, 3, stopped}}), {"owner"}));
  EXPECT_EQ(fed(), envelopes);
  // What follows it in its stream still does, and both stand where the follower was logged.
  office.down.clear();
  took(office.submit(office.world.suspend_chip({chip.id, 4, lifted}, hours(12)),
                     {"owner", "regulator-a"}));
  took(submit_policy());
  EXPECT_EQ(fed(), envelopes);
}

TEST_F(OrderDeskTest, AnOrderBesideTheStreamIsRefused) {
  const order::OrderFile rival = office.world.policy({});
  ASSERT_EQ(verdict(submit_policy()), "ok");
  EXPECT_EQ(verdict(office.submit(rival, {"owner", "regulator-a"})), "order_stream");
  EXPECT_EQ(log_size(), 1U);
  EXPECT_EQ(feed_size(), 1U);
}

TEST_F(OrderDeskTest, TooFewSignersLeaveNoTrace) {
  EXPECT_EQ(verdict(office.submit(office.world.policy({}), {"owner"})), "order_quorum");
  EXPECT_EQ(log_size(), 0U);
  EXPECT_TRUE(office.records->orders()->empty());
}

TEST_F(OrderDeskTest, AFlippedSignatureIsRefused) {
  order::OrderFile file = office.world.policy({});
  office.world.sign(file, {"owner", "regulator-a"});
  file.signatures.front().signature.bytes[9] ^= 1;
  EXPECT_EQ(verdict(office.desk->submit(order::print_order_file(file))), "cose_signature");
}

TEST_F(OrderDeskTest, NoiseIsRefused) {
  EXPECT_FALSE(office.desk->submit({}));
  const std::vector<Byte> noise(40, 0xA5);
  EXPECT_FALSE(office.desk->submit(noise));
}

TEST_F(OrderDeskTest, AnOrderAfterItsTimeIsRefused) {
  order::OrderFile file = office.world.policy({});
  office.world.sign(file, {"owner", "regulator-a"});
  office.world.now = office.world.now + days(1);
  EXPECT_EQ(verdict(office.desk->submit(order::print_order_file(file))), "authority_order_late");
}

TEST_F(OrderDeskTest, OneWitnessMayBeDown) {
  office.down = {"http://w1"};
  EXPECT_EQ(verdict(submit_policy()), "ok");
}

TEST_F(OrderDeskTest, WithoutTheQuorumAnOrderWaits) {
  office.down = {"http://w0", "http://w2"};
  const auto done = submit_policy();
  ASSERT_EQ(verdict(done), "proof_quorum");
  EXPECT_EQ(error_response(done.error()).status, 503U);
  const auto stored = office.records->orders();
  ASSERT_EQ(stored->size(), 1U);
  EXPECT_FALSE(stored->front().publication);
  EXPECT_EQ(feed_size(), 0U);
  const auto refused = office.desk->publish_pending();
  ASSERT_EQ(refused->unpublished.size(), 1U);
  EXPECT_EQ(refused->unpublished.front().why.error.code, errc::proof_quorum);
  EXPECT_TRUE(refused->worth_another());
  office.down.clear();
  EXPECT_EQ(office.desk->publish_pending()->published, 1U);
  EXPECT_EQ(feed_size(), 1U);
  // Asked for three times, logged once.
  EXPECT_EQ(log_size(), 1U);
  EXPECT_EQ(verdict(office.desk->submit(office.last)), "ok");
}

TEST_F(OrderDeskTest, WithoutTheMirrorAnOrderWaits) {
  office.down = {"http://m"};
  const auto done = submit_policy();
  ASSERT_EQ(verdict(done), "proof_mirrors");
  EXPECT_EQ(error_response(done.error()).status, 503U);
  office.down.clear();
  EXPECT_EQ(verdict(office.desk->submit(office.last)), "ok");
  EXPECT_EQ(log_size(), 1U);
}

TEST_F(OrderDeskTest, AnEnrolmentMakesAChip) {
  ASSERT_EQ(verdict(submit_enrolment()), "ok");
  const auto chips = office.records->chips();
  ASSERT_EQ(chips->size(), 1U);
  EXPECT_EQ(chips->front().chip, chip.id);
  EXPECT_EQ(chips->front().model, "test");
  EXPECT_EQ(chips->front().serial, "0001");
  EXPECT_FALSE(chips->front().released);
}

TEST_F(OrderDeskTest, AReliefNeedsNoWitness) {
  const auto enrolled = submit_enrolment();
  ASSERT_EQ(verdict(enrolled), "ok");
  office.down = {"http://w0", "http://w1", "http://w2", "http://m"};
  const auto done = office.submit(
      office.world.scope_order(order::OrderKind::release, {{chip.id, 2, enrolled->hash}}),
      {"owner"});
  ASSERT_EQ(verdict(done), "ok");
  EXPECT_FALSE(done->publication);
  EXPECT_TRUE(office.records->chips()->front().released);
  const auto feed = office.desk->feed(chip.id, 0, 1);
  ASSERT_EQ(feed->size(), 1U);
  EXPECT_TRUE(feed->front().proof.empty());
  office.down.clear();
  EXPECT_EQ(office.desk->publish_pending()->published, 1U);
  EXPECT_FALSE(office.desk->feed(chip.id, 0, 1)->front().proof.empty());
}

TEST_F(OrderDeskTest, AnAmendmentBindsAfterItsNoticeAndSurvivesARestart) {
  order::Charter next = office.world.successor();
  next.name = "Amended fleet";
  const std::vector<Byte> before = office.desk->charter_bytes();
  const auto done = office.submit(office.world.amend(next), {"owner", "regulator-a"});
  ASSERT_EQ(verdict(done), "ok");
  EXPECT_EQ(office.desk->charter_bytes(), before);
  OrderDesk restarted(*office.records, office.archive, *office.publisher, office.clock, before);
  ASSERT_EQ(verdict(restarted.load()), "ok");
  EXPECT_EQ(restarted.charter_bytes(), before);
  office.world.now = done->publication->binds_at;
  EXPECT_EQ(office.desk->charter()->name, "Amended fleet");
  EXPECT_EQ(restarted.charter()->name, "Amended fleet");
}

TEST_F(OrderDeskTest, ABatchThatWasNotDraftedHereIsRefused) {
  std::vector<order::testing::LeafDelivery> deliveries;
  const std::vector<std::vector<Byte>> leaves{{1}, {2}};
  EXPECT_EQ(verdict(office.submit(office.world.batch(leaves, deliveries), {"authority"})),
            "authority_batch_unknown");
}

TEST_F(OrderDeskTest, ADraftedBatchHandsOutItsLeaves) {
  ASSERT_EQ(verdict(submit_enrolment()), "ok");
  BatchDesk batches({*office.records, office.archive, office.renewals->chips()}, *office.desk,
                    office.clock, office.world.random());
  const auto draft = batches.draft(R"({"validity_s": 3600})");
  ASSERT_EQ(verdict(draft), "ok");
  ASSERT_EQ(draft->content.leaves, 1U);
  order::OrderFile file = order::parse_order_file(draft->order_file).value();
  office.world.sign(file, {"authority"});
  LeafDesk desk(*office.records, office.archive);
  const ChipRecord record = office.records->chip(chip.id)->value();
  EXPECT_FALSE(desk.newest(record).value());
  const auto done = office.desk->submit(order::print_order_file(file));
  ASSERT_EQ(verdict(done), "ok");
  const auto leaf = desk.newest(record).value();
  ASSERT_TRUE(leaf);
  EXPECT_EQ(leaf->batch, done->hash);
  // It sent no renewal request, and is told so.
  const auto parsed = order::parse_leaf(leaf->leaf);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->kind, order::LeafKind::denial);
}

}  // namespace
}  // namespace daymark::authority
