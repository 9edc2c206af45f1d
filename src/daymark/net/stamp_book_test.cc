#include "daymark/net/stamp_book.h"

#include <algorithm>
#include <map>
#include <random>

#include <gtest/gtest.h>

namespace daymark::net {
namespace {

Stamp stamp_at(std::int64_t nanos) {
  return {nanos, StampSource::kernel};
}

TEST(StampBook, GivesEachDatagramItsOwnStamp) {
  StampBook book;
  book.open(3);
  EXPECT_TRUE(book.take(2, stamp_at(30)));
  EXPECT_TRUE(book.take(0, stamp_at(10)));
  EXPECT_EQ(book.missing(), 1U);
  EXPECT_EQ(book.at(0)->nanos, 10);
  EXPECT_FALSE(book.at(1));
  EXPECT_EQ(book.at(2)->nanos, 30);
}

TEST(StampBook, TakesNoStampTwiceNorOfOtherPages) {
  StampBook book;
  book.open(2);
  EXPECT_TRUE(book.take(0, stamp_at(1)));
  EXPECT_FALSE(book.take(0, stamp_at(9)));
  EXPECT_EQ(book.at(0)->nanos, 1);
  EXPECT_FALSE(book.take(2, stamp_at(9)));
  book.open(2);
  EXPECT_FALSE(book.take(1, stamp_at(9)));  // late, of the page before
  EXPECT_TRUE(book.take(3, stamp_at(4)));
  EXPECT_EQ(book.at(1)->nanos, 4);
  EXPECT_EQ(book.missing(), 1U);
}

TEST(StampBook, CountsModulo32BitsAsTheKernelDoes) {
  StampBook book;
  book.restart(0xFFFFFFFE);
  EXPECT_FALSE(book.take(0xFFFFFFFE, stamp_at(1)));
  book.open(4);
  EXPECT_TRUE(book.take(0xFFFFFFFF, stamp_at(2)));
  EXPECT_TRUE(book.take(1, stamp_at(4)));
  EXPECT_FALSE(book.take(2, stamp_at(5)));
  EXPECT_EQ(book.at(1)->nanos, 2);
  EXPECT_EQ(book.at(3)->nanos, 4);
  EXPECT_EQ(book.next(), 2U);
}

TEST(StampBook, BeginsAnewWhenTheKernelDoes) {
  StampBook book;
  book.open(5);
  book.restart();
  EXPECT_EQ(book.missing(), 0U);
  EXPECT_FALSE(book.take(0, stamp_at(1)));
  book.open(1);
  EXPECT_TRUE(book.take(0, stamp_at(1)));
}

/// Against a plain map from numbers to stamps, with loss, repetition and any order.
TEST(StampBook, AgreesWithAMap) {
  std::mt19937 random(11);
  StampBook book;
  std::uint32_t first = 0;
  for (int page = 0; page < 200; ++page) {
    const std::size_t count = random() % 9;
    book.open(count);
    std::map<std::uint32_t, std::int64_t> expected;
    for (int notice = 0; notice < 20; ++notice) {
      const std::uint32_t number = first + static_cast<std::uint32_t>(random() % 14) - 3;
      const bool fresh =
          number - first < static_cast<std::uint32_t>(count) && !expected.contains(number);
      if (fresh) expected[number] = notice;
      EXPECT_EQ(book.take(number, stamp_at(notice)), fresh);
    }
    EXPECT_EQ(book.missing(), count - expected.size());
    for (std::size_t i = 0; i < count; ++i) {
      const auto found = expected.find(first + static_cast<std::uint32_t>(i));
      ASSERT_EQ(book.at(i).has_value(), found != expected.end());
      EXPECT_TRUE(!book.at(i) || book.at(i)->nanos == found->second);
    }
    first += static_cast<std::uint32_t>(count);
  }
}

}  // namespace
}  // namespace daymark::net
