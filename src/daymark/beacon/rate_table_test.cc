#include "daymark/beacon/rate_table.h"

#include <deque>
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace daymark::beacon {

namespace {

TEST(RateTable, AllowsTheBurstAndThenOneEach) {
  RateTable<int> table({3, 10}, 8);
  EXPECT_TRUE(table.take(1, 0));
  EXPECT_TRUE(table.take(1, 0));
  EXPECT_TRUE(table.take(1, 0));
  EXPECT_FALSE(table.take(1, 0));
  EXPECT_FALSE(table.take(1, 9));
  EXPECT_TRUE(table.take(1, 10));
  EXPECT_FALSE(table.take(1, 10));
}

TEST(RateTable, KeysDoNotShareABucket) {
  RateTable<int> table({1, 10}, 8);
  EXPECT_TRUE(table.take(1, 0));
  EXPECT_FALSE(table.take(1, 0));
  EXPECT_TRUE(table.take(2, 0));
}

TEST(RateTable, IsBoundedAndForgetsTheIdle) {
  RateTable<int> table({1, 10}, 2);
  EXPECT_TRUE(table.take(1, 0));
  EXPECT_TRUE(table.take(2, 5));
  EXPECT_FALSE(table.take(3, 6));  // full of keys in use
  EXPECT_EQ(table.size(), 2U);
  const std::int64_t later = 2'000'000'000;
  EXPECT_TRUE(table.take(3, later));
  EXPECT_EQ(table.size(), 1U);
}

/// Within any window of time t, no key gets more than burst + t / each.
RC_GTEST_PROP(RateTable, NeverExceedsItsRate, ()) {
  const Rate rate{*rc::gen::inRange<std::int64_t>(1, 5), *rc::gen::inRange<std::int64_t>(1, 50)};
  RateTable<int> table(rate, 4);
  std::deque<std::int64_t> taken;
  std::int64_t now = 0;
  for (int i = 0; i < 200; ++i) {
    now += *rc::gen::inRange<std::int64_t>(0, 20);
    if (table.take(0, now)) taken.push_back(now);
  }
  for (std::size_t from = 0; from < taken.size(); ++from) {
    const auto uses = static_cast<std::int64_t>(taken.size() - from);
    RC_ASSERT(uses <= rate.burst + (taken.back() - taken[from]) / rate.nanos_each + 1);
  }
}

}  // namespace

}  // namespace daymark::beacon
