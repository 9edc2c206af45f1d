#include "daymark/report/projection.h"

#include <cmath>

#include <gtest/gtest.h>

namespace daymark::report {
namespace {

geo::LatLon at(double latitude, double longitude) {
  return geo::LatLon::of(latitude, longitude).value();
}

TEST(Projection, KeepsDistancesAndDirectionsFromTheMiddle) {
  for (const geo::LatLon middle : {at(0, 0), at(52, 13), at(-33, 179), at(90, 0), at(-90, 0)}) {
    const Projection projection(middle, {100, 100}, 1000, 1e7);
    for (double azimuth = -180; azimuth < 180; azimuth += 30) {
      const geo::LatLon place = destination(middle, azimuth, Metres{3e6});
      const Pixel pixel = projection.project(place);
      EXPECT_NEAR(std::hypot(pixel.x - 100, pixel.y - 100), 3000, 20);
    }
    const Pixel self = projection.project(middle);
    EXPECT_NEAR(self.x, 100, 1e-9);
    EXPECT_NEAR(self.y, 100, 1e-9);
  }
}

TEST(Projection, ComesBackFromPixels) {
  const Projection projection(at(20, 170), {480, 360}, 20'000, 2e7);
  for (double x = 0; x <= 960; x += 60) {
    for (double y = 70; y <= 650; y += 58) {
      const auto place = projection.place_at({x, y});
      ASSERT_TRUE(place);
      const Pixel pixel = projection.project(*place);
      EXPECT_NEAR(pixel.x, x, 1e-6);
      EXPECT_NEAR(pixel.y, y, 1e-6);
    }
  }
  EXPECT_FALSE(projection.place_at({480 + 1100, 360}));
}

TEST(Projection, RunsRoundTheViewBeyondItsReach) {
  const Projection projection(at(0, 0), {0, 0}, 1000, 5e6);
  // A line on the far side, from west to east over the pole: never nearer than the reach.
  const auto line = projection.project({at(1, -100), at(80, 180), at(1, 100), at(-80, 179)});
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const Pixel middle{(line[i].x + line[i + 1].x) / 2, (line[i].y + line[i + 1].y) / 2};
    EXPECT_GT(std::hypot(middle.x, middle.y), 4500);
    EXPECT_LE(std::hypot(line[i].x, line[i].y), 5001);
  }
}

TEST(Projection, LeavesOutPointsThatHardlyMove) {
  const Projection projection(at(0, 0), {0, 0}, 1000, 5e6);
  std::vector<geo::LatLon> dense;
  for (int i = 0; i < 1000; ++i)
    dense.push_back(at(0, i * 1e-4));
  EXPECT_LT(projection.project(dense).size(), 20U);
}

}  // namespace
}  // namespace daymark::report
