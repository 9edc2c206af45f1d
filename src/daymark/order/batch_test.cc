#include "daymark/order/batch.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/order/order_testing.h"

namespace daymark::order {
namespace {

using testing::encoded;
using testing::verdict;
using testing::World;
using testing::world_start;

std::vector<ChipId> chips(std::uint64_t count) {
  std::vector<ChipId> out;
  for (std::uint64_t i = 0; i < count; ++i)
    out.push_back(World::chip(i).id);
  return out;
}

std::vector<std::vector<Byte>> leaves(std::uint64_t count) {
  std::vector<std::vector<Byte>> out;
  for (std::uint64_t i = 0; i < count; ++i)
    out.push_back(encoded(testing::licence_for(World::chip(i), {}, world_start, days(7))));
  return out;
}

/// RFC 6962 §2.1 word for word, with the prefixes of batches.
Digest naive_root(std::span<const std::vector<Byte>> list) {
  const auto hash = [](Byte prefix, std::initializer_list<ByteView> parts) {
    std::vector<Byte> all{prefix};
    for (const ByteView part : parts)
      all.insert(all.end(), part.begin(), part.end());
    return crypto::sha256(all);
  };
  if (list.size() == 1) return hash(0x10, {list.front()});
  std::size_t split = 1;
  while (split * 2 < list.size())
    split *= 2;
  const Digest left = naive_root(list.first(split));
  const Digest right = naive_root(list.subspan(split));
  return hash(0x11, {left, right});
}

RC_GTEST_PROP(Batch, SortsByEnrolmentAndProvesEveryLeaf, ()) {
  const auto count = *rc::gen::inRange<std::uint64_t>(1, 40);
  const auto in_order = leaves(count);
  auto shuffled = in_order;
  std::ranges::reverse(shuffled);
  std::swap(shuffled.front(), shuffled[*rc::gen::inRange<std::size_t>(0, count)]);
  const auto batch = Batch::build(chips(count), shuffled);
  RC_ASSERT(batch.has_value());
  RC_ASSERT(batch->content().root == naive_root(in_order));
  RC_ASSERT(batch->content().leaves == count);
  for (std::size_t i = 0; i < count; ++i) {
    const LeafFile file = batch->leaf_file(i);
    RC_ASSERT(file.leaf == in_order[i]);
    const auto root = tlog::root_from_path(tlog::hash_leaf(file.leaf, tlog::batch_tree), file.index,
                                           file.size, file.path, tlog::batch_tree);
    RC_ASSERT(root.has_value() && *root == batch->content().root);
  }
}

TEST(Batch, NamesTheOmittedChip) {
  auto list = leaves(5);
  list.erase(list.begin() + 3);
  const auto batch = Batch::build(chips(5), list);
  ASSERT_EQ(verdict(batch), "batch_omits");
  EXPECT_EQ(batch.error().offset, 3U);
}

TEST(Batch, RefusesTwoLeavesAndStrangers) {
  auto list = leaves(5);
  list.push_back(list[2]);
  EXPECT_EQ(verdict(Batch::build(chips(5), list)), "batch_twice");
  EXPECT_EQ(verdict(Batch::build(chips(4), leaves(5))), "batch_stranger");
  auto scope = chips(5);
  scope[1] = scope[0];
  EXPECT_EQ(verdict(Batch::build(scope, leaves(5))), "batch_twice");
  EXPECT_EQ(verdict(Batch::build(chips(1), {{0x01}})), "cbor_type");
}

TEST(Batch, ADenialIsALeaf) {
  Leaf denial = testing::licence_for(World::chip(0), {}, world_start, days(1));
  denial.kind = LeafKind::denial;
  denial.denial_reason = "finding 7";
  EXPECT_EQ(verdict(Batch::build(chips(1), {encoded(denial)})), "ok");
}

TEST(Batch, CompletenessFitsTheStatedRoot) {
  const auto list = leaves(6);
  const auto batch = Batch::build(chips(6), list);
  ASSERT_TRUE(batch);
  BatchContent stated = batch->content();
  EXPECT_EQ(verdict(verify_batch_complete(chips(6), list, stated)), "ok");
  stated.root.front() ^= 1;
  EXPECT_EQ(verdict(verify_batch_complete(chips(6), list, stated)), "tlog_root");
  stated = batch->content();
  ++stated.leaves;
  EXPECT_EQ(verdict(verify_batch_complete(chips(6), list, stated)), "tlog_root");
  EXPECT_EQ(verdict(verify_batch_complete(chips(7), list, batch->content())), "batch_omits");
}

std::string_view checked(std::span<const ChipId> scope, std::span<const std::vector<Byte>> list,
                         const BatchContent& stated) {
  BatchChecker checker(stated);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto leaf = checker.add(i < scope.size() ? scope[i] : ChipId{}, list[i]);
    if (!leaf) return verdict(leaf);
  }
  return verdict(checker.finish());
}

RC_GTEST_PROP(BatchChecker, AgreesWithAllLeavesInHand, ()) {
  const auto count = *rc::gen::inRange<std::uint64_t>(1, 30);
  auto list = leaves(count);
  BatchContent stated = Batch::build(chips(count), list)->content();
  const int harm = *rc::gen::inRange(0, 4);
  const auto at = *rc::gen::inRange<std::size_t>(0, count);
  const auto offset = static_cast<std::ptrdiff_t>(at);
  if (harm == 1) stated.root[at] ^= 1;
  if (harm == 2) list.erase(list.begin() + offset);
  if (harm == 3) list[at].back() ^= 1;
  const auto scope = chips(count);
  RC_ASSERT((checked(scope, list, stated) == "ok") == (harm == 0));
  RC_ASSERT(verify_batch_complete(scope, list, stated).has_value() == (harm == 0));
}

TEST(BatchChecker, NamesThePlaceWhereAnotherLeafStands) {
  const auto list = leaves(4);
  BatchChecker checker(Batch::build(chips(4), list)->content());
  const auto first = checker.add(World::chip(0).id, list[0]);
  ASSERT_EQ(verdict(first), "ok");
  EXPECT_EQ((*first)->chip, World::chip(0).id);
  const auto gap = checker.add(World::chip(1).id, list[2]);
  ASSERT_EQ(verdict(gap), "batch_omits");
  EXPECT_EQ(gap.error().offset, 1U);
  EXPECT_EQ(verdict(checker.finish()), "tlog_root");
}

TEST(LeafFile, RoundTripAndRefusals) {
  const auto batch = Batch::build(chips(9), leaves(9));
  ASSERT_TRUE(batch);
  const auto bytes = print_leaf_file(batch->leaf_file(8));
  const auto parsed = parse_leaf_file(bytes);
  ASSERT_EQ(verdict(parsed), "ok");
  EXPECT_EQ(print_leaf_file(*parsed), bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(parse_leaf_file(ByteView(bytes).first(size)));
  LeafFile beyond = *parsed;
  beyond.index = {9};
  EXPECT_EQ(verdict(parse_leaf_file(print_leaf_file(beyond))), "leaf_file_malformed");
}

}  // namespace
}  // namespace daymark::order
