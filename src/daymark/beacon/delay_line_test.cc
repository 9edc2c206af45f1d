#include "daymark/beacon/delay_line.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace daymark::beacon {

namespace {

const std::vector<Byte> sample_content{1, 2, 3};

TEST(DelayLine, GivesNothingBeforeItIsDue) {
  DelayLine line(4);
  EXPECT_FALSE(line.next_due());
  ASSERT_TRUE(line.push(100, {2, 7, false}, sample_content));
  EXPECT_EQ(line.next_due(), 100);
  EXPECT_FALSE(line.pop_due(99));
  const auto packet = line.pop_due(100);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->content, sample_content);
  EXPECT_EQ(packet->route.pair, 2U);
  EXPECT_EQ(packet->route.client, 7U);
  EXPECT_FALSE(packet->route.up);
  EXPECT_EQ(line.size(), 0U);
}

TEST(DelayLine, IsBounded) {
  DelayLine line(2);
  EXPECT_TRUE(line.push(1, {}, sample_content));
  EXPECT_TRUE(line.push(2, {}, sample_content));
  EXPECT_FALSE(line.push(3, {}, sample_content));
  ASSERT_TRUE(line.pop_due(1));
  EXPECT_TRUE(line.push(3, {}, sample_content));
}

RC_GTEST_PROP(DelayLine, OrderIsThatOfAStableSort, ()) {
  const auto dues =
      *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, 10));
  DelayLine line(dues.size());
  std::vector<std::pair<std::int64_t, std::size_t>> expected;
  for (std::size_t i = 0; i < dues.size(); ++i) {
    RC_ASSERT(line.push(dues[i], {i, 0, true}, sample_content));
    expected.emplace_back(dues[i], i);
  }
  std::ranges::sort(expected);  // by due time, then by the order of their coming
  for (const auto& [due, index] : expected) {
    const auto packet = line.pop_due(10);
    RC_ASSERT(packet.has_value());
    RC_ASSERT(packet->route.pair == index);
  }
}

}  // namespace

}  // namespace daymark::beacon
