#include "daymark/authority/chip_index.h"

#include <random>

#include <gtest/gtest.h>

#include "daymark/authority/authority_testing.h"
#include "daymark/authority/records_testing.h"

namespace daymark::authority {
namespace {

using testing::verdict;

ChipRecord numbered_chip(std::uint64_t slot, std::mt19937& random) {
  ChipRecord out;
  for (Byte& byte : out.key.bytes)
    byte = static_cast<Byte>(random());
  out.chip = crypto::chip_id(out.key);
  out.slot = slot;
  return out;
}

TEST(ChipIndex, FindsEveryChipByItsKeyAndNoOther) {
  std::mt19937 random(7);
  testing::MemoryRecords records;
  ChipIndex index;
  ASSERT_TRUE(index.catch_up(records));
  EXPECT_EQ(index.size(), 0U);
  EXPECT_EQ(index.at(0), nullptr);
  std::vector<ChipRecord> chips;
  // Crosses blocks, pages and several sizes of the table.
  for (const std::size_t size : {1U, 2U, 1023U, 1024U, 1025U, 5000U}) {
    while (chips.size() < size) {
      chips.push_back(numbered_chip(chips.size(), random));
      ASSERT_TRUE(records.put_chip(chips.back()));
    }
    ASSERT_TRUE(index.catch_up(records));
    ASSERT_EQ(index.size(), size);
    for (const ChipRecord& chip : chips) {
      const IndexedChip* const found = index.find(crypto::key_id(chip.key), chip.chip);
      ASSERT_NE(found, nullptr);
      ASSERT_EQ(found, index.at(chip.slot));
      ASSERT_EQ(found->key, chip.key);
      ASSERT_FALSE(found->has_asked());
    }
  }
  for (int i = 0; i < 1000; ++i) {
    const ChipRecord stranger = numbered_chip(0, random);
    EXPECT_EQ(index.find(crypto::key_id(stranger.key), stranger.chip), nullptr);
    EXPECT_EQ(index.find(crypto::key_id(stranger.key), chips[0].chip), nullptr);
    EXPECT_EQ(index.find(crypto::key_id(chips[0].key), stranger.chip), nullptr);
  }
  EXPECT_EQ(index.at(5000), nullptr);
}

TEST(ChipIndex, AChipStaysWhereItIs) {
  std::mt19937 random(8);
  testing::MemoryRecords records;
  ChipIndex index;
  const ChipRecord first = numbered_chip(0, random);
  ASSERT_TRUE(records.put_chip(first));
  ASSERT_TRUE(index.catch_up(records));
  IndexedChip* const found = index.find(crypto::key_id(first.key), first.chip);
  ASSERT_NE(found, nullptr);
  found->newest.counter = 9;
  for (std::uint64_t slot = 1; slot < 3000; ++slot)
    ASSERT_TRUE(records.put_chip(numbered_chip(slot, random)));
  // A release replaces the record and leaves key and slot.
  ChipRecord released = first;
  released.released = true;
  ASSERT_TRUE(records.put_chip(released));
  ASSERT_TRUE(index.catch_up(records));
  EXPECT_EQ(index.find(crypto::key_id(first.key), first.chip), found);
  EXPECT_EQ(found->newest.counter, 9U);
}

TEST(ChipIndex, AGapInTheSlotsIsRefused) {
  std::mt19937 random(9);
  testing::MemoryRecords records;
  ASSERT_TRUE(records.put_chip(numbered_chip(0, random)));
  ASSERT_TRUE(records.put_chip(numbered_chip(2, random)));
  ChipIndex index;
  EXPECT_EQ(verdict(index.catch_up(records)), "store_constraint");
}

}  // namespace
}  // namespace daymark::authority
