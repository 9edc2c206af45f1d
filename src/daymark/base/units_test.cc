#include "daymark/base/units.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/bytes.h"

namespace daymark {
namespace {

constexpr auto most = std::numeric_limits<std::int64_t>::max();
constexpr auto least = std::numeric_limits<std::int64_t>::min();

/// The naive sum, in a type that holds it.
std::int64_t naive_sum(std::int64_t a, std::int64_t b) {
  __extension__ using Wide = __int128;
  const Wide sum = static_cast<Wide>(a) + b;
  if (sum > most) return most;
  return sum < least ? least : static_cast<std::int64_t>(sum);
}

TEST(Units, SumsStopAtTheEnds) {
  EXPECT_EQ(UnixMillis{most} + seconds(1), UnixMillis{most});
  EXPECT_EQ(UnixMillis{least} - seconds(1), UnixMillis{least});
  EXPECT_EQ((-Millis{least}).value, most);
  EXPECT_EQ((UnixMillis{most} - UnixMillis{least}).value, most);
  EXPECT_EQ((TickMillis{5} - TickMillis{7}).value, -2);
}

RC_GTEST_PROP(Units, SumEqualsWideSum, (std::int64_t a, std::int64_t b)) {
  RC_ASSERT(add_saturating(a, b) == naive_sum(a, b));
}

TEST(Units, SpansAreMilliseconds) {
  EXPECT_EQ(seconds(2), Millis{2000});
  EXPECT_EQ(minutes(2), seconds(120));
  EXPECT_EQ(hours(2), minutes(120));
  EXPECT_EQ(days(2), hours(48));
}

RC_GTEST_PROP(Bytes, BigEndianReturns, (std::uint64_t value)) {
  ByteArray<8> bytes{};
  put_big_endian(value, std::span(bytes));
  RC_ASSERT(bytes[0] == static_cast<Byte>(value >> 56));
  RC_ASSERT(bytes[7] == static_cast<Byte>(value & 0xFF));
  RC_ASSERT(get_big_endian<std::uint64_t>(bytes) == value);
}

TEST(Bytes, EqualComparesLengthAndContent) {
  EXPECT_TRUE(equal({}, {}));
  EXPECT_TRUE(equal(bytes_of("ab"), bytes_of("ab")));
  EXPECT_FALSE(equal(bytes_of("ab"), bytes_of("abc")));
  EXPECT_FALSE(equal(bytes_of("ab"), bytes_of("aB")));
}

TEST(Bytes, ArrayOfCopiesOnlyTheExactLength) {
  EXPECT_EQ(array_of<2>(bytes_of("ab")), (ByteArray<2>{'a', 'b'}));
  EXPECT_EQ(array_of<2>(bytes_of("abc")), (ByteArray<2>{}));
}

}  // namespace
}  // namespace daymark
