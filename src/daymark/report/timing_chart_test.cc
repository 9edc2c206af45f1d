#include "daymark/report/timing_chart.h"

#include <gtest/gtest.h>

namespace daymark::report {
namespace {

TEST(TimingChart, PlacesTheCurveWhereTheTimesAre) {
  const auto times = order::lapse_times({hours(6), hours(24), hours(48)});
  ASSERT_TRUE(times);
  const std::string svg = timing_chart(*times);
  EXPECT_TRUE(svg.starts_with("<svg"));
  EXPECT_NE(svg.find("first chip stops after 66.0 h"), std::string::npos);
  // 66 of 79.2 hours on 660 pixels from 60 on, at full height; 72 of them at none.
  EXPECT_NE(svg.find("610"), std::string::npos);
  EXPECT_NE(svg.find("660"), std::string::npos);
  EXPECT_EQ(svg.find("http://", svg.find('>')), std::string::npos) << "nothing from outside";
}

TEST(TimingChart, SameTimesSameBytes) {
  const auto one = order::lapse_times({hours(1), hours(2), hours(0)});
  const auto other = order::lapse_times({hours(1), hours(3), hours(0)});
  EXPECT_EQ(timing_chart(*one), timing_chart(*one));
  EXPECT_NE(timing_chart(*one), timing_chart(*other));
}

}  // namespace
}  // namespace daymark::report
