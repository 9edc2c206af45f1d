#include "daymark/authority/batch_desk.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "daymark/authority/chip_testing.h"
#include "daymark/base/hex.h"
#include "daymark/order/finding_testing.h"

namespace daymark::authority {
namespace {

using governor::testing::Device;
using testing::verdict;

class BatchDeskTest : public ::testing::Test {
 protected:
  std::vector<order::Leaf> drafted(const std::string& terms) {
    const auto draft = desk.draft(terms);
    EXPECT_EQ(verdict(draft), "ok");
    last = *draft;
    std::vector<order::Leaf> out;
    seen = last_leaves();
    for (const std::vector<Byte>& leaf : seen)
      out.push_back(order::parse_leaf(leaf).value());
    return out;
  }

  LeafList last_leaves() {
    return office().archive.page(last.content.root, {0, last.content.leaves}).value();
  }

  Outcome<Acceptance> publish() {
    order::OrderFile file = order::parse_order_file(last.order_file).value();
    office().world.sign(file, {"authority"});
    return office().desk->submit(order::print_order_file(file));
  }

  /// What the chip's agent would fetch.
  governor::LeafParts leaf_of(const Device& device) {
    LeafDesk leaves(*office().records, office().archive);
    const ChipRecord chip = office().records->chip(device.chip.id)->value();
    const LeafRecord record = leaves.newest(chip).value().value();
    const StoredOrder batch = office().records->order(record.batch).value().value();
    return {testing::parts_of(office().desk->handed(batch).value()), record.leaf, record.index,
            record.path};
  }

  void request(Device& device) {
    const std::vector<Byte> bytes = device.client().request_renewal().value();
    EXPECT_EQ(verdict(office().renewals->take_one(bytes)), "ok");
  }

  [[nodiscard]] testing::Office& office() { return fleet.office; }

  testing::Fleet fleet;
  Device& first = fleet.enrol(1);
  Device& second = fleet.enrol(2);
  BatchDesk desk{{*fleet.office.records, fleet.office.archive, fleet.office.renewals->chips()},
                 *fleet.office.desk,
                 fleet.office.clock,
                 fleet.office.world.random()};
  BatchDraft last;
  LeafList seen;  ///< what the parsed leaves view
};

TEST_F(BatchDeskTest, EachChipGetsALeafInTheOrderOfItsSlot) {
  request(first);
  const auto leaves = drafted(R"({"validity_s": 3600, "cluster_max": 8})");
  ASSERT_EQ(leaves.size(), 2U);
  EXPECT_EQ(leaves[0].chip, first.chip.id);
  EXPECT_EQ(leaves[0].kind, order::LeafKind::licence);
  EXPECT_EQ(leaves[0].cluster_max, 8U);
  EXPECT_EQ(leaves[0].not_after - leaves[0].not_before, hours(1));
  EXPECT_EQ(leaves[0].request, office().renewals->chips().at(0)->newest.hash);
  EXPECT_EQ(leaves[0].own.seq, 1U);
  EXPECT_EQ(leaves[1].chip, second.chip.id);
  EXPECT_EQ(leaves[1].kind, order::LeafKind::denial);
  EXPECT_EQ(leaves[1].denial_reason, "no renewal request was received");
}

TEST_F(BatchDeskTest, TheOrderCommitsToTheLeaves) {
  drafted(R"({"validity_s": 3600})");
  const order::OrderFile file = order::parse_order_file(last.order_file).value();
  const order::Order order = order::parse_order(file.payload).value();
  EXPECT_EQ(order.kind, order::OrderKind::license);
  EXPECT_EQ(order.count, 2U);
  EXPECT_EQ(order.batch_root, last.content.root);
  EXPECT_TRUE(file.signatures.empty());
  tlog::Tree tree(tlog::batch_tree);
  for (const std::vector<Byte>& leaf : last_leaves())
    tree.append(leaf);
  EXPECT_EQ(order.batch_root, tree.head().root);
  const auto facts = office().archive.find(order.batch_root)->value();
  EXPECT_EQ(facts.slots, 2U);
  EXPECT_EQ(facts.until, order.expires);
}

TEST_F(BatchDeskTest, AGovernorAcceptsItsLeafAndNoOther) {
  request(first);
  request(second);
  drafted(R"({"validity_s": 604800, "allowance_teraops": 1000})");
  ASSERT_EQ(verdict(publish()), "ok");
  EXPECT_NE(verdict(second.client().accept_leaf(leaf_of(first))), "ok");
  governor::LeafParts swapped = leaf_of(first);
  swapped.leaf = leaf_of(second).leaf;
  EXPECT_NE(verdict(second.client().accept_leaf(swapped)), "ok");
  for (Device* device : {&first, &second}) {
    EXPECT_EQ(verdict(device->client().accept_leaf(leaf_of(*device))), "ok");
    EXPECT_EQ(device->standing(), governor::Standing::licensed);
  }
}

TEST_F(BatchDeskTest, IdsAndBatchNumbersRise) {
  request(first);
  EXPECT_EQ(drafted(R"({"validity_s": 3600})")[0].id, 1U);
  // A draft that nobody signed changes nothing.
  EXPECT_EQ(drafted(R"({"validity_s": 3600})")[0].id, 1U);
  ASSERT_EQ(verdict(publish()), "ok");
  const auto seq_of = [&] {
    return order::parse_order(order::parse_order_file(last.order_file).value().payload)->seq;
  };
  EXPECT_EQ(seq_of(), 1U);
  request(first);
  EXPECT_EQ(drafted(R"({"validity_s": 3600})")[0].id, 2U);
  EXPECT_EQ(seq_of(), 2U);
}

TEST_F(BatchDeskTest, ADenialSaysWhy) {
  // How it came on record is the finding desk's.
  const order::FindingFile file = order::testing::finding_about(office().world, first.chip.id);
  const Digest finding = order::read_finding(file)->hash;
  ASSERT_TRUE(office().records->add_finding(
      {finding, order::print_finding_file(file), {1}, "proof", office().world.now}));
  request(first);
  request(second);
  const auto leaves = drafted(fmt::format(
      R"({{"validity_s": 3600, "deny": {{"{}": {{"reason": "broken seal", "finding": "{}"}}}}}})",
      to_hex(first.chip.id.view()), to_hex(finding)));
  EXPECT_EQ(leaves[0].kind, order::LeafKind::denial);
  EXPECT_EQ(leaves[0].denial_reason, "broken seal");
  EXPECT_EQ(leaves[1].kind, order::LeafKind::licence);
  ASSERT_EQ(verdict(publish()), "ok");
  const auto decision = first.client().accept_leaf(leaf_of(first));
  ASSERT_EQ(verdict(decision), "ok");
  EXPECT_EQ(decision->denial_reason, "broken seal");
}

TEST_F(BatchDeskTest, AChipsOwnTermsReplaceTheCommonOnes) {
  request(first);
  request(second);
  const auto leaves = drafted(fmt::format(
      R"({{"validity_s": 3600, "cluster_max": 8, "terms": {{"{}": {{"cluster_max": 2}}}}}})",
      to_hex(second.chip.id.view())));
  EXPECT_EQ(leaves[0].cluster_max, 8U);
  EXPECT_EQ(leaves[1].cluster_max, 2U);
  EXPECT_EQ(leaves[1].not_after, leaves[0].not_after);
}

TEST_F(BatchDeskTest, AReleasedChipGetsNoLicence) {
  const order::StreamHead own = office().records->head(first.chip.id).value();
  request(first);
  ASSERT_EQ(verdict(office().submit(office().world.scope_order(order::OrderKind::release,
                                                               {{first.chip.id, 2, own.hash}}),
                                    {"owner"})),
            "ok");
  EXPECT_EQ(drafted(R"({"validity_s": 3600})")[0].denial_reason, "released");
}

TEST_F(BatchDeskTest, AnOmissionIsARehearsalsAndShowsInTheCount) {
  const auto leaves = drafted(fmt::format(R"({{"validity_s": 3600, "simulate_omission": ["{}"]}})",
                                          to_hex(first.chip.id.view())));
  ASSERT_EQ(leaves.size(), 1U);
  EXPECT_EQ(leaves[0].chip, second.chip.id);
  const order::OrderFile file = order::parse_order_file(last.order_file).value();
  EXPECT_EQ(order::parse_order(file.payload)->count, 1U);
}

TEST_F(BatchDeskTest, IdsRiseThroughOmissionsAndForNewChips) {
  const auto ids = [&](const std::string& omitted) {
    std::vector<std::uint64_t> out;
    for (const order::Leaf& leaf :
         drafted(fmt::format(R"({{"validity_s": 3600, "simulate_omission": [{}]}})", omitted)))
      out.push_back(leaf.id);
    EXPECT_EQ(verdict(publish()), "ok");
    return out;
  };
  const std::string one = fmt::format("\"{}\"", to_hex(first.chip.id.view()));
  const std::string two = fmt::format("\"{}\"", to_hex(second.chip.id.view()));
  using Ids = std::vector<std::uint64_t>;
  EXPECT_EQ(ids(""), (Ids{1, 1}));
  EXPECT_EQ(ids(one), (Ids{2}));
  EXPECT_EQ(ids(""), (Ids{2, 3}));
  EXPECT_EQ(ids(two), (Ids{3}));
  fleet.enrol(3);
  EXPECT_EQ(ids(two), (Ids{4, 1}));
  EXPECT_EQ(ids(""), (Ids{5, 4, 2}));
}

TEST_F(BatchDeskTest, ADraftThatNobodySignedIsRemovedWithTheNext) {
  drafted(R"({"validity_s": 3600})");
  const Digest forgotten = last.content.root;
  office().world.now = office().world.now + hours(3);
  drafted(R"({"validity_s": 3600})");
  EXPECT_FALSE(office().archive.find(forgotten)->has_value());
  EXPECT_TRUE(office().archive.find(last.content.root)->has_value());
}

TEST_F(BatchDeskTest, LeavesOfEqualTermsDifferBySalt) {
  const auto leaves = drafted(R"({"validity_s": 3600})");
  EXPECT_NE(leaves[0].salt, leaves[1].salt);
  EXPECT_NE(drafted(R"({"validity_s": 3600})")[0].salt, leaves[0].salt);
}

TEST_F(BatchDeskTest, WrongTermsDraftNothing) {
  EXPECT_EQ(verdict(desk.draft("")), "json_malformed");
  EXPECT_EQ(verdict(desk.draft("{}")), "json_malformed");
  EXPECT_EQ(verdict(desk.draft(R"({"validity_s": 1, "x": 1})")), "json_malformed");
}

}  // namespace
}  // namespace daymark::authority
