// Which batch a chip's leaf is in: against a plain search through all leaves.
#include "daymark/authority/leaf_desk.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/authority/authority_testing.h"
#include "daymark/authority/leaf_archive_testing.h"
#include "daymark/authority/records_testing.h"

namespace daymark::authority {
namespace {

using order::testing::World;
using testing::verdict;

/// Records and an archive, filled by hand.
struct Shelf {
  /// Chips 0 to `slots`, without those of `omitted`; leaf ids are the number of the batch.
  Digest draft(std::uint64_t number, std::uint64_t slots, const std::set<std::uint64_t>& omitted) {
    const auto writer = archive.begin().value();
    for (std::uint64_t slot = 0; slot < slots; ++slot) {
      if (omitted.contains(slot)) continue;
      order::Leaf leaf =
          order::testing::licence_for(World::chip(slot), {}, order::testing::world_start, days(1));
      leaf.id = number;
      EXPECT_TRUE(writer->add(order::testing::encoded(leaf)));
    }
    return writer->finish(slots, {5000})->root;
  }

  void accept(std::uint64_t number, const Digest& root) {
    const BatchFacts facts = archive.find(root)->value();
    EXPECT_TRUE(records.add_licence(order_of(number), {root, number, facts.leaves, facts.slots}));
  }

  void publish(std::uint64_t number) {
    EXPECT_TRUE(records.publish_order(order_of(number).hash, {{number}, "proof", {1}, {1}}));
  }

  void issue(std::uint64_t number, std::uint64_t slots,
             const std::set<std::uint64_t>& omitted = {}) {
    accept(number, draft(number, slots, omitted));
    publish(number);
  }

  static StoredOrder order_of(std::uint64_t number) {
    StoredOrder out;
    out.hash[0] = static_cast<Byte>(number);
    out.kind = order::OrderKind::license;
    out.file = {static_cast<Byte>(number)};
    return out;
  }

  static ChipRecord chip(std::uint64_t slot) {
    const auto one = World::chip(slot);
    return {one.id, one.key, slot, "", "", false};
  }

  /// The id of the chip's newest leaf; 0 where it has none.
  std::uint64_t newest(std::uint64_t slot) {
    const auto found = desk.newest(chip(slot));
    EXPECT_EQ(verdict(found), "ok");
    if (!*found) return 0;
    const auto leaf = order::parse_leaf((*found)->leaf);
    EXPECT_EQ(leaf->chip, chip(slot).chip);
    EXPECT_EQ((*found)->batch, order_of(leaf->id).hash);
    return leaf->id;
  }

  testing::MemoryRecords records;
  testing::MemoryArchive archive;
  LeafDesk desk{records, archive};
};

TEST(LeafDesk, TheNewestPublicBatchCounts) {
  Shelf shelf;
  EXPECT_EQ(shelf.newest(0), 0U);
  shelf.issue(1, 3);
  EXPECT_EQ(shelf.newest(0), 1U);
  EXPECT_EQ(shelf.newest(3), 0U) << "it came later";
  shelf.accept(2, shelf.draft(2, 4, {}));
  EXPECT_EQ(shelf.newest(0), 1U) << "accepted is not public";
  shelf.publish(2);
  EXPECT_EQ(shelf.newest(0), 2U);
  EXPECT_EQ(shelf.newest(3), 2U);
}

TEST(LeafDesk, AChipThatWasLeftOutKeepsItsFormerLeaf) {
  Shelf shelf;
  shelf.issue(1, 6);
  shelf.issue(2, 6, {2, 3});
  for (const std::uint64_t slot : {0U, 1U, 4U, 5U})
    EXPECT_EQ(shelf.newest(slot), 2U) << slot;
  for (const std::uint64_t slot : {2U, 3U})
    EXPECT_EQ(shelf.newest(slot), 1U) << slot;
}

TEST(LeafDesk, FormerLeavesAreFoundThroughManyBatches) {
  Shelf shelf;
  for (std::uint64_t number = 1; number <= 20; ++number)
    shelf.issue(number, 3,
                number % 2 == 0 ? std::set<std::uint64_t>{1} : std::set<std::uint64_t>{});
  for (std::uint64_t id = 1; id <= 20; ++id) {
    for (std::uint64_t slot = 0; slot < 3; ++slot) {
      const auto found = shelf.desk.former(Shelf::chip(slot), id);
      ASSERT_EQ(verdict(found), "ok");
      ASSERT_EQ(found->has_value(), slot != 1 || id % 2 == 1) << id << " " << slot;
      EXPECT_TRUE(!*found || order::parse_leaf((*found)->leaf)->id == id);
    }
  }
  EXPECT_FALSE(shelf.desk.former(Shelf::chip(0), 21)->has_value());
  EXPECT_FALSE(shelf.desk.former(Shelf::chip(0), 0)->has_value());
}

RC_GTEST_PROP(LeafDesk, FindsWhatASearchThroughAllFinds, ()) {
  Shelf shelf;
  std::map<std::uint64_t, std::uint64_t> wanted;
  std::uint64_t slots = 0;
  const auto batches = *rc::gen::inRange<std::uint64_t>(1, 12);
  for (std::uint64_t number = 1; number <= batches; ++number) {
    slots += *rc::gen::inRange<std::uint64_t>(0, 4);
    const auto drawn =
        *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 40));
    const std::set<std::uint64_t> left_out(drawn.begin(), drawn.end());
    shelf.issue(number, slots, left_out);
    for (std::uint64_t slot = 0; slot < slots; ++slot) {
      if (!left_out.contains(slot)) wanted[slot] = number;
    }
  }
  for (std::uint64_t slot = 0; slot <= slots; ++slot)
    RC_ASSERT(shelf.newest(slot) == (wanted.contains(slot) ? wanted[slot] : 0));
}

TEST(LeafDesk, PagesLeadThroughTheBatch) {
  Shelf shelf;
  const Digest root = shelf.draft(1, 10, {});
  std::size_t count = 0;
  std::optional<std::uint64_t> next = 0;
  while (next) {
    const auto page = shelf.desk.page(root, {*next, 4});
    ASSERT_EQ(verdict(page), "ok");
    count += page->leaves.size();
    next = page->next;
  }
  EXPECT_EQ(count, 10U);
  EXPECT_TRUE(shelf.desk.page(root, {10, 4})->leaves.empty());
  EXPECT_EQ(verdict(shelf.desk.page(Digest{1}, {0, 4})), "authority_not_found");
}

TEST(LeafDesk, OnlyDraftsThatNobodyBroughtInTimeAreRemoved) {
  Shelf shelf;
  const Digest draft = shelf.draft(9, 2, {});
  const Digest accepted = shelf.draft(1, 3, {});
  shelf.accept(1, accepted);
  shelf.issue(2, 4);
  ASSERT_EQ(verdict(shelf.desk.remove_stale_drafts({5000})), "ok");
  EXPECT_EQ(shelf.archive.roots()->size(), 3U) << "its time is not over";
  ASSERT_EQ(verdict(shelf.desk.remove_stale_drafts({5001})), "ok");
  EXPECT_EQ(shelf.archive.roots()->size(), 2U);
  EXPECT_FALSE(shelf.archive.find(draft)->has_value());
  EXPECT_TRUE(shelf.archive.find(accepted)->has_value());
}

}  // namespace
}  // namespace daymark::authority
