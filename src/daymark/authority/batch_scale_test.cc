// A large fleet drafted to the archive on disk. With a database and its memory measured:
// bench/bench_batch.cc.
#include <gtest/gtest.h>

#include "daymark/authority/authority_testing.h"
#include "daymark/authority/batch_desk.h"
#include "daymark/authority/records_testing.h"

namespace daymark::authority {
namespace {

using testing::verdict;

/// Chips that nobody had to enrol. No more of them are asked for at once than a page has.
class ManyChips final : public testing::MemoryRecords {
 public:
  explicit ManyChips(std::uint64_t count) : count_(count) {}

  static ChipRecord chip_at(std::uint64_t slot) {
    ChipRecord out{.chip = {}, .key = {}, .slot = slot, .model = {}, .serial = {}};
    for (std::size_t i = 0; i < 8; ++i)
      out.chip.bytes[i] = static_cast<Byte>(slot >> (8 * i));
    return out;
  }

  Outcome<std::vector<ChipRecord>> chips() override {
    ADD_FAILURE() << "all chips at once";
    return std::vector<ChipRecord>{};
  }

  Outcome<std::vector<StoredOrder>> orders() override {
    ADD_FAILURE() << "all orders at once";
    return std::vector<StoredOrder>{};
  }

  Outcome<std::vector<ChipRecord>> chips_page(const Page& page) override {
    EXPECT_LE(page.limit, 4096U);
    std::vector<ChipRecord> out;
    for (std::uint64_t slot = page.after; slot < count_ && out.size() < page.limit; ++slot)
      out.push_back(chip_at(slot));
    return out;
  }

 private:
  std::uint64_t count_;
};

class BatchScale : public ::testing::Test {
 protected:
  /// Drafts batch `number` for that many chips and looks at some of its leaves.
  order::BatchContent draft(ManyChips& records, std::uint64_t number, std::uint64_t count) {
    BatchDesk desk({records, *archive, office.renewals->chips()}, *office.desk, office.clock,
                   office.world.random());
    const auto draft = desk.draft(R"({"validity_s": 3600})");
    EXPECT_EQ(verdict(draft), "ok");
    EXPECT_EQ(draft->content.leaves, count);
    for (const std::uint64_t slot : {0UL, 1023UL, 1024UL, count / 2, count - 1}) {
      const auto found = archive->leaf(draft->content.root, {slot});
      EXPECT_EQ(verdict(found), "ok");
      EXPECT_LE(found->path.size(), 20U);
      const auto leaf = order::parse_leaf(found->leaf);
      EXPECT_EQ(leaf->id, number);
      EXPECT_EQ(leaf->chip, ManyChips::chip_at(slot).chip);
    }
    return draft->content;
  }

  testing::Office office;
  testing::QuickFolder folder;
  PosixCalls calls;
  std::unique_ptr<LeafArchive> archive =
      open_leaf_archive(calls, folder.path() + "/batches").value();
};

TEST_F(BatchScale, AMillionChipsAreDraftedToDisk) {
  constexpr std::uint64_t count = 1'000'000;
  ManyChips records(count);
  draft(records, 1, count);
}

TEST_F(BatchScale, TheNextBatchIsDraftedBesideTheLeavesOfTheLast) {
  constexpr std::uint64_t count = 50'000;
  ManyChips records(count);
  for (std::uint64_t number = 1; number <= 3; ++number) {
    const order::BatchContent content = draft(records, number, count);
    StoredOrder order;
    order.hash[0] = static_cast<Byte>(number);
    ASSERT_TRUE(records.add_licence(order, {content.root, number, count, count}));
    ASSERT_TRUE(records.publish_order(order.hash, {{number}, "proof", {1}, {1}}));
  }
}

}  // namespace
}  // namespace daymark::authority
