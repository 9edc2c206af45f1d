#include "daymark/locate/reach.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daymark/locate/errors.h"
#include "daymark/locate/locate_testing.h"

namespace daymark::locate {
namespace {

/// One set for all tests: each country is built once.
const geo::Borders& reach_borders() {
  static const geo::Borders borders = shipped_borders();
  return borders;
}

ReachRequest shaoguan(std::vector<double> delays) {
  return {at(24.8104, 113.5976),
          std::move(delays),
          {{"guangzhou", at(23.1291, 113.2644), "Guangzhou", "CN"},
           {"zhanjiang", at(21.2707, 110.3594), "Zhanjiang", "CN"}}};
}

TEST(Reach, OneWayReachesTwiceAsFar) {
  const Reach reach = reach_of(shaoguan({5}), reach_borders()).value();
  ASSERT_EQ(reach.circles.size(), 4U);
  EXPECT_NEAR(reach.circles[0].radius_km, 499.65, 0.01);  // 5 ms x 2/3 c / 2
  EXPECT_NEAR(reach.circles[1].radius_km, 749.48, 0.01);
  EXPECT_NEAR(reach.circles[2].radius_km, 2 * reach.circles[0].radius_km, 1e-9);
  EXPECT_EQ(reach.circles[2].reading, Reading::one_way);
  EXPECT_NEAR(reach.circles[0].area_km2, 0.784e6, 0.03e6);
  // A round trip of 5 ms can't have come from Zhanjiang in glass.
  EXPECT_EQ(reach.circles[0].places, std::vector<std::string>{"guangzhou"});
  EXPECT_EQ(reach.circles[1].places.size(), 2U);
  EXPECT_EQ(reach.places.front().id, "guangzhou");
  EXPECT_GT(reach.places.back().least_rtt_fiber_ms, 5);
}

TEST(Reach, SaysWhatACircleProves) {
  const Reach reach = reach_of(shaoguan({1, 3}), reach_borders()).value();
  EXPECT_EQ(reach.circles[0].within, "CN");
  EXPECT_EQ(reach.circles[0].countries, std::vector<std::string>{"CN"});
  const std::vector<std::string>& three = reach.circles[4].countries;
  EXPECT_TRUE(reach.circles[4].within.empty());
  EXPECT_NE(std::ranges::find(three, "HK"), three.end());
  EXPECT_EQ(std::ranges::find(three, "TW"), three.end());
  const auto json = nlohmann::json::parse(to_json(reach));
  EXPECT_EQ(json["circles"][0]["proves_in"], "CN");
  EXPECT_TRUE(json["circles"][4]["proves_in"].is_null());
}

TEST(Reach, RefusesWhatIsNoDelay) {
  for (const double ms : {0.0, -1.0, 1e7})
    EXPECT_EQ(reach_of(shaoguan({ms}), reach_borders()).error().error.code, errc::locate_delay);
}

}  // namespace
}  // namespace daymark::locate
