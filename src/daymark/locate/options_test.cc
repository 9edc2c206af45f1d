#include "daymark/locate/options.h"

#include <gtest/gtest.h>

#include "daymark/locate/errors.h"

namespace daymark::locate {
namespace {

TEST(Speed, KnowsTwoByName) {
  EXPECT_EQ(parse_speed("light")->km_per_ms, 299.792458);
  EXPECT_NEAR(parse_speed("fiber")->km_per_ms, 199.8616387, 1e-7);
  EXPECT_EQ(parse_speed("133.5")->km_per_ms, 133.5);
  EXPECT_EQ(parse_speed("1000")->km_per_ms, 1000);
}

TEST(Speed, RefusesTheRest) {
  for (const char* text : {"", "0", "-1", "1000.1", "nan", "inf", "1e2", "fibre ", "Fiber", "200 "})
    EXPECT_EQ(parse_speed(text).error().code, errc::locate_speed) << text;
}

TEST(Selection, ReadsItsThreeForms) {
  for (const char* text :
       {"nearest:1", "nearest:10000", "random:5:0", "random:20:18446744073709551615", "all"})
    EXPECT_EQ(to_text(parse_selection(text).value()), text);
}

TEST(Selection, RefusesTheRest) {
  for (const char* text :
       {"", "nearest", "nearest:", "nearest:0", "nearest:10001", "nearest:5:1", "nearest:-1",
        "random:5", "random:5:", "random:5:-1", "random::1", "random:5:18446744073709551616",
        "random:5:1:2", "all:1", "ALL", "farthest:3", "nearest: 3", "nearest:3 "})
    EXPECT_EQ(parse_selection(text).error().code, errc::locate_selection) << text;
}

}  // namespace
}  // namespace daymark::locate
