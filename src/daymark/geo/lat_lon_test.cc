#include "daymark/geo/lat_lon.h"

#include <cmath>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>

#include "daymark/geo/errors.h"
#include "daymark/geo/geo_testing.h"

namespace daymark::geo {
namespace {

TEST(LatLon, RefusesWhatIsNoPlace) {
  EXPECT_TRUE(LatLon::of(90, -180));
  EXPECT_TRUE(LatLon::of(-90, 180));
  EXPECT_EQ(LatLon::of(90.001, 0).error().field, field::latitude);
  EXPECT_EQ(LatLon::of(0, -180.001).error().field, field::longitude);
  EXPECT_FALSE(LatLon::of(std::numeric_limits<double>::quiet_NaN(), 0));
  EXPECT_FALSE(LatLon::of(0, std::numeric_limits<double>::infinity()));
}

TEST(LatLon, ParsesPairsOfDecimalNumbersOnly) {
  EXPECT_EQ(LatLon::parse("24.8104,113.5976").value(), at(24.8104, 113.5976));
  EXPECT_EQ(LatLon::parse("-0.5,-180").value(), at(-0.5, -180));
  for (const char* text : {"", ",", "1", "1,", ",1", "1,2,3", "1;2", " 1,2", "1, 2", "1,2 ",
                           "1e1,2", "nan,0", "inf,0", "91,0", "0,181", "+1,2", "0x1,2", "1..0,2"}) {
    EXPECT_FALSE(LatLon::parse(text)) << text;
  }
}

TEST(Distance, AgreesWithPublishedGeodesics) {
  // The example of GeographicLib's own manual, from New York to London.
  EXPECT_NEAR(distance(at(40.6, -73.8), at(51.6, -0.5)).value, 5551759.400, 0.001);
  // A quarter of a meridian of WGS-84 is 10 001 965.729 m.
  EXPECT_NEAR(distance(at(0, 0), at(90, 0)).value, 10001965.729, 0.001);
  // One degree of the equator.
  EXPECT_NEAR(distance(at(0, 179.5), at(0, -179.5)).value, 111319.491, 0.001);
  EXPECT_EQ(distance(at(12, 34), at(12, 34)).value, 0);
  EXPECT_LT(distance(at(0, 0), at(0, 180)).value, half_equator_m);
}

TEST(Distance, LiesWithinTheBoundsOfCurvature) {
  RandomPlaces random(1);
  double least = 2;
  double most = 0;
  for (int i = 0; i < 20'000; ++i) {
    const LatLon a = random.anywhere();
    const LatLon b = i % 2 == 0 ? random.anywhere() : random.near(a, 5000);
    const double angle = angle_between(vector_of(a), vector_of(b));
    const double metres = distance(a, b).value;
    EXPECT_LE(metres, angle * greatest_curvature_radius_m + 1e-6);
    EXPECT_GE(metres, angle * least_curvature_radius_m - 1e-6);
    const double part = metres / angle / greatest_curvature_radius_m;
    least = std::min(least, part);
    most = std::max(most, part);
  }
  // The bounds are no wider than the ellipsoid makes them.
  EXPECT_LT(least, 0.9915);
  EXPECT_GT(most, 0.9995);
}

TEST(Destination, ComesBackAtTheSameDistance) {
  RandomPlaces random(2);
  for (int i = 0; i < 1000; ++i) {
    const LatLon from = random.anywhere();
    const double length = random.number(0, 1.9e7);
    const LatLon to = destination(from, random.number(-180, 180), Metres{length});
    EXPECT_NEAR(distance(from, to).value, length, 1e-3);
  }
}

TEST(Vector, ConvertsForthAndBack) {
  RandomPlaces random(3);
  for (int i = 0; i < 1000; ++i) {
    const LatLon place = random.anywhere();
    EXPECT_LT(distance(place, place_of(vector_of(place))).value, 1e-6);
  }
  EXPECT_EQ(place_of({0, 0, 2}).latitude(), 90);
  EXPECT_EQ(place_of({0, 0, -1}).latitude(), -90);
}

TEST(Area, SumsToThatOfTheEllipsoid) {
  // Integral over latitude against the known area of WGS-84, 510 065 621.7 km².
  double sum = 0;
  constexpr int steps = 20'000;
  for (int i = 0; i < steps; ++i) {
    const double latitude = -90 + 180 * (i + 0.5) / steps;
    sum += area_per_steradian_m2(latitude) * std::cos(latitude * std::numbers::pi / 180);
  }
  const double area = sum * (std::numbers::pi / steps) * 2 * std::numbers::pi;
  EXPECT_NEAR(area / 1e6, 510065621.7, 10);
}

}  // namespace
}  // namespace daymark::geo
