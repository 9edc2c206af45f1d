#include "daymark/order/leaf.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/order/errors.h"
#include "daymark/order/order_testing.h"

namespace daymark::order {
namespace {

using testing::Chip;
using testing::encoded;
using testing::LeafDelivery;
using testing::Logged;
using testing::verdict;
using testing::World;
using testing::world_start;

Fence small_fence() {
  Fence out;
  out.faults = 1;
  for (Byte i = 0; i < 3; ++i)
    out.beacons[out.beacon_count++] = {{{i}}, i, {i, -i}};
  out.alternatives[0] = {2, {{{0, 1500}, {2, 2500}}}, 2};
  out.alternatives[1] = {1, {{{1, 900}}}, 1};
  out.alternative_count = 2;
  return out;
}

Leaf licence() {
  Leaf out = testing::licence_for(World::chip(1), {4}, world_start, days(7));
  out.id = 41;
  out.fleet = {3, {1}};
  out.own = {2, {2}};
  out.has_fence = true;
  out.fence = small_fence();
  out.program_root = {8};
  out.level_least = 3;
  out.salt = {9};
  return out;
}

Leaf denial() {
  Leaf out = licence();
  out.kind = LeafKind::denial;
  out.denial_reason = "reports are missing";
  out.finding = {6};
  out.appeal_until = world_start + days(3);
  return out;
}

TEST(Leaf, RoundTrip) {
  for (const Leaf& leaf : {licence(), denial()}) {
    const auto bytes = encoded(leaf);
    const auto parsed = parse_leaf(bytes);
    ASSERT_EQ(verdict(parsed), "ok");
    EXPECT_EQ(encoded(*parsed), bytes);
    EXPECT_EQ(parsed->id, 41U);
    EXPECT_EQ(parsed->own, leaf.own);
    EXPECT_EQ(parsed->fence.alternatives[0].clauses[1].round_trip_us_max, 2500U);
    EXPECT_EQ(parsed->denial_reason, leaf.denial_reason);
    EXPECT_EQ(parsed->not_after, leaf.not_after);
  }
}

TEST(Leaf, LargestFits) {
  Leaf leaf = denial();
  const std::string reason(reason_size_max, 'r');
  leaf.denial_reason = reason;
  leaf.fence.beacon_count = beacons_max;
  leaf.fence.alternative_count = fence_alternatives_max;
  for (Byte i = 0; i < beacons_max; ++i)
    leaf.fence.beacons[i] = {{{i}}, i, {-900'000'000, -1'800'000'000}};
  for (FenceAlternative& alternative : leaf.fence.alternatives) {
    alternative.needed = fence_clauses_max;
    alternative.clause_count = fence_clauses_max;
    for (Byte i = 0; i < fence_clauses_max; ++i)
      alternative.clauses[i] = {i, 0xFFFF'FFFF};
  }
  const auto bytes = encoded(leaf);
  EXPECT_LE(bytes.size(), leaf_size_max);
  EXPECT_EQ(verdict(parse_leaf(bytes)), "ok");
}

TEST(Leaf, RefusesPrefixesAndTrailingBytes) {
  for (const Leaf& leaf : {licence(), denial()}) {
    auto bytes = encoded(leaf);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      ASSERT_FALSE(parse_leaf(ByteView(bytes).first(size)));
    bytes.push_back(0);
    EXPECT_EQ(verdict(parse_leaf(bytes)), "cbor_trailing");
  }
}

TEST(Leaf, RefusesAnEmptyTerm) {
  Leaf leaf = licence();
  leaf.not_after = leaf.not_before;
  EXPECT_EQ(verdict(parse_leaf(encoded(leaf))), "leaf_malformed");
  // A denial grants nothing, so it has no term.
  leaf = denial();
  leaf.not_after = leaf.not_before;
  EXPECT_EQ(verdict(parse_leaf(encoded(leaf))), "ok");
}

TEST(Leaf, DenialSaysWhy) {
  Leaf leaf = denial();
  leaf.denial_reason = "";
  EXPECT_EQ(verdict(parse_leaf(encoded(leaf))), "leaf_malformed");
  auto bytes = encoded(denial());
  bytes[2] = 0;  // behind the head of the array and the version stands the kind
  EXPECT_EQ(verdict(parse_leaf(bytes)), "cbor_type");
}

TEST(Fence, RefusesIndicesAndCountsThatPointNowhere) {
  Leaf leaf = licence();
  leaf.fence.alternatives[0].clauses[1].beacon = 3;
  EXPECT_EQ(verdict(parse_leaf(encoded(leaf))), "leaf_malformed");
  leaf = licence();
  leaf.fence.alternatives[0].needed = 3;
  EXPECT_EQ(verdict(parse_leaf(encoded(leaf))), "leaf_malformed");
  leaf.fence.alternatives[0].needed = 0;
  EXPECT_EQ(verdict(parse_leaf(encoded(leaf))), "leaf_malformed");
  leaf = licence();
  leaf.fence.alternatives[0].clauses[1].beacon = 0;  // one beacon must not count twice
  EXPECT_EQ(verdict(parse_leaf(encoded(leaf))), "leaf_malformed");
}

RC_GTEST_PROP(Leaf, ParsesToItselfOrNotAtAll, ()) {
  auto bytes = encoded(*rc::gen::element(licence(), denial()));
  const auto changes = *rc::gen::inRange(1, 4);
  for (int i = 0; i < changes; ++i)
    bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<Byte>();
  const auto parsed = parse_leaf(bytes);
  if (parsed) RC_ASSERT(encoded(*parsed) == bytes);
}

TEST(Request, RoundTripAndRefusals) {
  const RenewalRequest request{World::chip(1).id, {1}, {2, {3}}, {4, {5}}, {6}, 7, 8};
  std::vector<Byte> bytes(request_size_max);
  bytes.resize(write_request(request, bytes)->size());
  const auto parsed = parse_request(bytes);
  ASSERT_EQ(verdict(parsed), "ok");
  EXPECT_EQ(parsed->chip, request.chip);
  EXPECT_EQ(parsed->own, request.own);
  EXPECT_EQ(parsed->counter, 7U);
  EXPECT_EQ(parsed->licence, 8U);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(parse_request(ByteView(bytes).first(size)));
  bytes[1] = 2;
  EXPECT_EQ(verdict(parse_request(bytes)), "request_malformed");
  bytes.resize(request_size_max + 1);
  EXPECT_EQ(verdict(parse_request(bytes)), "request_malformed");
}

class ProveLeafTest : public ::testing::Test {
 protected:
  ProveLeafTest() {
    for (std::uint64_t i = 0; i < 13; ++i)
      leaves.push_back(encoded(testing::licence_for(World::chip(i), {}, world_start, days(7))));
    logged = world.prove(world.batch(leaves, deliveries), {"authority"});
    batch = prove_order(logged.message(), world.charter(), *scratch);
  }

  std::string_view verdict_of(ByteView leaf, const LeafPath& where) {
    return verdict(prove_leaf(leaf, where, *batch, storage));
  }

  World world;
  std::vector<std::vector<Byte>> leaves;
  std::vector<LeafDelivery> deliveries;
  Logged logged;
  std::unique_ptr<ProofScratch> scratch = std::make_unique<ProofScratch>();
  Result<ProvenOrder> batch = fail(errc::order_kind);
  Leaf storage;
};

TEST_F(ProveLeafTest, AcceptsEveryLeaf) {
  ASSERT_EQ(verdict(batch), "ok");
  for (std::size_t i = 0; i < deliveries.size(); ++i) {
    const auto proven = prove_leaf(deliveries[i].leaf, deliveries[i].where(), *batch, storage);
    ASSERT_EQ(verdict(proven), "ok") << i;
    EXPECT_EQ(proven->leaf().chip, World::chip(i).id);
    EXPECT_EQ(proven->hash(), tlog::hash_leaf(deliveries[i].leaf, tlog::batch_tree));
  }
}

TEST_F(ProveLeafTest, RefusesAnotherPlaceOrPath) {
  ASSERT_EQ(verdict(batch), "ok");
  LeafDelivery delivery = deliveries[5];
  delivery.index = 4;
  EXPECT_EQ(verdict_of(delivery.leaf, delivery.where()), "tlog_root");
  delivery.index = 13;
  EXPECT_EQ(verdict_of(delivery.leaf, delivery.where()), "tlog_index");
  delivery = deliveries[5];
  delivery.path.pop_back();
  EXPECT_EQ(verdict_of(delivery.leaf, delivery.where()), "tlog_path_length");
  delivery = deliveries[5];
  delivery.path.front().front() ^= 1;
  EXPECT_EQ(verdict_of(delivery.leaf, delivery.where()), "tlog_root");
}

TEST_F(ProveLeafTest, NoBitOfALeafCanChange) {
  ASSERT_EQ(verdict(batch), "ok");
  LeafDelivery delivery = deliveries[7];
  for (std::size_t i = 0; i < delivery.leaf.size() * 8; ++i) {
    const auto bit = static_cast<Byte>(1U << (i % 8));
    delivery.leaf[i / 8] ^= bit;
    EXPECT_FALSE(prove_leaf(delivery.leaf, delivery.where(), *batch, storage)) << i;
    delivery.leaf[i / 8] ^= bit;
  }
}

TEST_F(ProveLeafTest, WantsALicence) {
  auto other = std::make_unique<ProofScratch>();
  const Logged stop = world.prove(world.suspend_fleet(days(1)), {"owner", "maker"});
  const auto proven = prove_order(stop.message(), world.charter(), *other);
  ASSERT_EQ(verdict(proven), "ok");
  EXPECT_EQ(verdict(prove_leaf(deliveries[0].leaf, deliveries[0].where(), *proven, storage)),
            "order_kind");
}

}  // namespace
}  // namespace daymark::order
