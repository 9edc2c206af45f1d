#include "daymark/geo/land.h"

#include <gtest/gtest.h>

#include "daymark/geo/geo_testing.h"

namespace daymark::geo {
namespace {

TEST(Land, KnowsLandFromSea) {
  const Land land(shipped_borders());
  for (const LatLon place : {at(51.5, -0.1), at(1.35, 103.82), at(-33.9, 18.4), at(24.81, 113.6),
                             at(-17.8, 178.0), at(64.1, -21.9), at(-29.5, 28.2), at(21.3, -157.8)})
    EXPECT_TRUE(land.is_near(place)) << to_text(place);
  for (const LatLon place : {at(0, -30), at(-40, -120), at(30, 180), at(30, -180), at(60, -30),
                             at(-5, 80), at(15, 65), at(25, -90)})
    EXPECT_FALSE(land.is_near(place)) << to_text(place);
}

TEST(Land, HoldsEveryPlaceThatACountryHolds) {
  const Borders borders = shipped_borders();
  const Land land(borders);
  RandomPlaces random(4);
  int seen = 0;
  for (const char* code : {"AU", "FJ", "RU", "BR", "LS"}) {
    const Country country = borders.country(code).value();
    for (int i = 0; i < 4000; ++i) {
      const LatLon place = random.anywhere();
      if (!country.contains(place)) continue;
      EXPECT_TRUE(land.is_near(place)) << code << ' ' << to_text(place);
      ++seen;
    }
  }
  EXPECT_GT(seen, 200);
}

}  // namespace
}  // namespace daymark::geo
