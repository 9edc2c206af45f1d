#include "daymark/base/time.h"

#include <array>
#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"

namespace daymark {
namespace {

constexpr std::int64_t last_milli = 253'402'300'799'999;

/// Day by day from 1970 on, by the leap rule alone.
std::string naive_rfc3339(std::int64_t millis) {
  constexpr std::array<int, 12> lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const auto leap = [](int y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; };
  std::int64_t day = millis / 86'400'000;
  const std::int64_t rest = millis % 86'400'000;
  int year = 1970;
  for (; day >= (leap(year) ? 366 : 365); ++year)
    day -= leap(year) ? 366 : 365;
  std::size_t month = 0;
  const auto length = [&](std::size_t m) { return lengths[m] + (m == 1 && leap(year) ? 1 : 0); };
  for (; day >= length(month); ++month)
    day -= length(month);
  std::string out = fmt::format("{}-{:02}-{:02}T{:02}:{:02}:{:02}", year, month + 1, day + 1,
                                rest / 3'600'000, rest / 60'000 % 60, rest / 1000 % 60);
  return rest % 1000 == 0 ? out + "Z" : out + fmt::format(".{:03}Z", rest % 1000);
}

TEST(Rfc3339, ReadsVectors) {
  const std::pair<std::string_view, std::int64_t> vectors[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"2026-03-01T12:00:00Z", 1'772'366'400'000},
      {"2000-02-29T23:59:59.999Z", 951'868'799'999},
      {"9999-12-31T23:59:59.999Z", last_milli},
      // RFC 3339 §5.8.
      {"1985-04-12T23:20:50.52Z", 482'196'050'520},
      {"1996-12-19T16:39:57-08:00", 851'042'397'000},
      {"1996-12-20T00:39:57Z", 851'042'397'000},
      {"2026-03-01T20:00:00+08:00", 1'772'366'400'000},
      {"2026-03-01t12:00:00z", 1'772'366'400'000},
      {"2026-03-01T12:00:00.1234567Z", 1'772'366'400'123}};
  for (const auto& [text, millis] : vectors) {
    const auto time = from_rfc3339(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(time->value, millis) << text;
  }
}

TEST(Rfc3339, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "Z",
                           "2026-03-01",
                           "2026-03-01T12:00:00",
                           "2026-03-01 12:00:00Z",
                           "2026-3-01T12:00:00Z",
                           "2026-02-29T12:00:00Z",
                           "2026-13-01T12:00:00Z",
                           "2026-00-01T12:00:00Z",
                           "2026-01-00T12:00:00Z",
                           "2026-01-32T12:00:00Z",
                           "2026-01-01T24:00:00Z",
                           "2026-01-01T12:60:00Z",
                           "2026-01-01T12:00:60Z",
                           "2026-01-01T12:00:00.Z",
                           "2026-01-01T12:00:00ZZ",
                           "2026-01-01T12:00:00Z ",
                           "2026-01-01T12:00:00+8:00",
                           "2026-01-01T12:00:00+0800",
                           "2026-01-01T12:00:00+24:00",
                           "2026-01-01T12:00:00+08:60",
                           "2026-01-01T12:00:00+",
                           "2026-01-01T12:00:00.5",
                           "-026-01-01T12:00:00Z",
                           "1969-12-31T23:59:59Z",
                           "10000-01-01T00:00:00Z",
                           "1970-01-01T00:00:00+00:01",
                           "9999-12-31T23:59:59-00:01",
                           "2026-01-01T12-00:00Z"}) {
    const auto time = from_rfc3339(text);
    ASSERT_FALSE(time) << text;
    EXPECT_EQ(time.error().code, errc::time_malformed) << text;
  }
}

RC_GTEST_PROP(Rfc3339, EqualsNaiveAndReturns, ()) {
  const auto millis = *rc::gen::inRange<std::int64_t>(0, last_milli + 1);
  const std::string text = to_rfc3339({millis});
  RC_ASSERT(text == naive_rfc3339(millis));
  RC_ASSERT((from_rfc3339(text) == UnixMillis{millis}));
}

TEST(Rfc3339, ShowsTheNearestTimeForOthers) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(to_rfc3339({-1}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339({most}), "9999-12-31T23:59:59.999Z");
}

TEST(Duration, ReadsEachUnit) {
  EXPECT_EQ(parse_duration("250ms"), Millis{250});
  EXPECT_EQ(parse_duration("90s"), seconds(90));
  EXPECT_EQ(parse_duration("15m"), minutes(15));
  EXPECT_EQ(parse_duration("6h"), hours(6));
  EXPECT_EQ(parse_duration("2d"), days(2));
  EXPECT_EQ(parse_duration("0s"), Millis{0});
  EXPECT_EQ(parse_duration("1000000000d"), days(1'000'000'000));
}

TEST(Duration, RefusesTheRest) {
  for (const char* text : {"", "s", "5", "-5s", "-0s", "+5s", "5 s", " 5s", "5s ", "5S", "5.5s",
                           "5min", "1000000001s", "99999999999999999999s", "0x5s"}) {
    const auto span = parse_duration(text);
    ASSERT_FALSE(span) << text;
    EXPECT_EQ(span.error().code, errc::duration_malformed) << text;
  }
}

TEST(Duration, SpeaksToPeople) {
  EXPECT_EQ(to_words(hours(6)), "6 h");
  EXPECT_EQ(to_words(days(2) + hours(3) + minutes(4)), "2 d 3 h");
  EXPECT_EQ(to_words(seconds(45)), "45 s");
  EXPECT_EQ(to_words(Millis{250}), "250 ms");
  EXPECT_EQ(to_words(Millis{0}), "0 ms");
  EXPECT_EQ(to_words(-hours(1)), "-1 h");
  EXPECT_EQ(to_words({std::numeric_limits<std::int64_t>::min()}).front(), '-');
}

TEST(Clock, SystemTickNeverGoesBack) {
  SystemClock clock;
  TickMillis last = clock.tick();
  for (int i = 0; i < 1000; ++i) {
    const TickMillis now = clock.tick();
    ASSERT_GE(now, last);
    last = now;
  }
  EXPECT_GT(clock.now(), *from_rfc3339("2025-01-01T00:00:00Z"));
}

TEST(Clock, ControlledAddsTheOffsetOfItsFile) {
  const std::string file = testing::TempDir() + "daymark_clock_offset";
  std::filesystem::remove(file);
  SystemClock system;
  ControlledClock clock(file);
  EXPECT_LT(clock.now() - system.now(), seconds(60));
  ASSERT_TRUE(write_text(file, "86400000\n"));
  EXPECT_GE(clock.now() - system.now(), days(1) - seconds(60));
  EXPECT_GE(clock.tick() - system.tick(), days(1) - seconds(60));
  ASSERT_TRUE(write_text(file, "nonsense"));
  EXPECT_LT(clock.now() - system.now(), seconds(60));
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace daymark
