// A large fleet drafted to the archive on disk. A million chips: bench/bench_batch.cc.
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

TEST(BatchScale, AHundredThousandChipsAreDraftedToDisk) {
  constexpr std::uint64_t count = 100'000;
  testing::Office office;
  const testing::QuickFolder folder;
  PosixCalls calls;
  const auto archive = open_leaf_archive(calls, folder.path() + "/batches").value();
  ManyChips records(count);
  BatchDesk desk(records, *archive, *office.desk, office.clock, office.world.random());
  for (std::uint64_t number = 1; number <= 2; ++number) {
    const auto draft = desk.draft(R"({"validity_s": 3600})");
    ASSERT_EQ(verdict(draft), "ok");
    ASSERT_EQ(draft->content.leaves, count);
    for (const std::uint64_t slot : {0UL, 1023UL, 1024UL, 50'000UL, count - 1}) {
      const auto found = archive->leaf(draft->content.root, {slot});
      ASSERT_EQ(verdict(found), "ok");
      EXPECT_LE(found->path.size(), 17U);
      const auto leaf = order::parse_leaf(found->leaf);
      EXPECT_EQ(leaf->id, number);
      EXPECT_EQ(leaf->chip, ManyChips::chip_at(slot).chip);
    }
    StoredOrder order;
    order.hash[0] = static_cast<Byte>(number);
    ASSERT_TRUE(records.add_licence(order, {draft->content.root, number, count, count}));
    ASSERT_TRUE(records.publish_order(order.hash, {{number}, "proof", {1}, {1}}));
  }
}

}  // namespace
}  // namespace daymark::authority
