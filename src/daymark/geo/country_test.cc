#include "daymark/geo/country.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "daymark/geo/errors.h"
#include "daymark/geo/geo_testing.h"

namespace daymark::geo {
namespace {

/// A second opinion: crossings of a meridian towards the north, edges as great circles.
bool by_crossings(const CountryBorders& country, LatLon place) {
  bool odd = false;
  const UnitVector p = vector_of(place);
  for (const BorderRing& ring : country.rings) {
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const LatLon a = place_of(ring[i]);
      const LatLon b = place_of(ring[i + 1 < ring.size() ? i + 1 : 0]);
      const double wa = std::remainder(a.longitude() - place.longitude(), 360);
      const double wb = std::remainder(b.longitude() - place.longitude(), 360);
      if ((wa > 0) == (wb > 0) || std::abs(wa - wb) > 180) continue;
      // North of the place where the edge's great circle passes its meridian?
      const UnitVector u = vector_of(a);
      const UnitVector v = vector_of(b);
      const double side = p.x * (u.y * v.z - u.z * v.y) + p.y * (u.z * v.x - u.x * v.z) +
                          p.z * (u.x * v.y - u.y * v.x);
      if ((wa < wb) == (side < 0)) odd = !odd;
    }
  }
  return odd;
}

struct Expectation {
  const char* what;
  const char* code;
  double latitude;
  double longitude;
  bool within;
};

constexpr std::array expectations{
    Expectation{"Shaoguan", "CN", 24.8104, 113.5976, true},
    Expectation{"Hong Kong is an entry of its own", "CN", 22.40, 114.11, false},
    Expectation{"Hong Kong", "HK", 22.40, 114.11, true},
    Expectation{"Taichung", "TW", 24.15, 120.75, true},
    Expectation{"Hainan", "CN", 19.2, 109.7, true},
    Expectation{"Maseru lies in an enclave", "ZA", -29.4, 28.0, false},
    Expectation{"Lesotho", "LS", -29.4, 28.0, true},
    Expectation{"Durban's hinterland", "ZA", -29.6, 30.4, true},
    Expectation{"Fiji west of 180", "FJ", -17.8, 178.0, true},
    Expectation{"Taveuni at 180", "FJ", -16.85, 179.97, true},
    Expectation{"Chukotka east of 180", "RU", 66.5, -175.0, true},
    Expectation{"Chukotka west of 180", "RU", 67.5, 175.0, true},
    Expectation{"Chukotka at 180", "RU", 68.0, 180.0, true},
    Expectation{"Kaliningrad", "RU", 54.6, 21.3, true},
    Expectation{"Alaska", "US", 65, -150, true},
    Expectation{"south of the 49th parallel", "US", 48.95, -110, true},
    Expectation{"north of the 49th parallel", "US", 49.10, -110, false},
    Expectation{"the south pole", "AQ", -90, 0, true},
    Expectation{"beside the south pole", "AQ", -89.9995, 33, true},
    Expectation{"the north pole", "RU", 90, 0, false},
    Expectation{"Singapore", "SG", 1.36, 103.82, true},
    Expectation{"Vatican", "VA", 41.902, 12.435, true},
    Expectation{"Vatican is not Italy", "IT", 41.902, 12.435, false},
    Expectation{"San Marino is not Italy", "IT", 43.94, 12.46, false},
    Expectation{"Cayenne's forest is France", "FR", 4.0, -53.0, true},
};

TEST(Country, HoldsKnownPlaces) {
  const Borders borders = shipped_borders();
  for (const Expectation& expected : expectations) {
    const Country country = borders.country(expected.code).value();
    EXPECT_EQ(country.contains(at(expected.latitude, expected.longitude)), expected.within)
        << expected.what;
  }
}

TEST(Country, HasThePublishedArea) {
  // Land areas in Mkm² that notes on the same data give: China 9.371, USA 9.439, Russia 16.880.
  const Borders borders = shipped_borders();
  EXPECT_NEAR(borders.country("CN")->area_m2() / 1e12, 9.371, 0.05);
  EXPECT_NEAR(borders.country("US")->area_m2() / 1e12, 9.439, 0.05);
  EXPECT_NEAR(borders.country("RU")->area_m2() / 1e12, 16.880, 0.15);
  EXPECT_NEAR(borders.country("LS")->area_m2() / 1e9, 30.4, 0.6);
}

TEST(Country, AgreesWithCountingCrossings) {
  const Borders borders = shipped_borders();
  RandomPlaces random(4);
  for (const char* code : {"CN", "ZA", "LS", "FJ", "RU", "US", "ID", "NO", "CL", "KI", "GR"}) {
    const CountryBorders& entry = *borders.find(code);
    const Country country = borders.country(code).value();
    for (int i = 0; i < 400; ++i) {
      const BorderRing& ring = entry.rings[random.whole(0, entry.rings.size() - 1)];
      const LatLon vertex = place_of(ring[random.whole(0, ring.size() - 1)]);
      const LatLon place = random.near(vertex, i % 2 == 0 ? 20'000 : 300'000);
      EXPECT_EQ(country.contains(place), by_crossings(entry, place))
          << code << " " << to_text(place);
    }
  }
}

/// Checks places well inside a cell, which surely are places of it.
void expect_places(const CountryBorders& entry, const Cell& cell, bool within) {
  for (const LatLon corner : corners_of(cell)) {
    const UnitVector a = vector_of(cell.centre);
    const UnitVector b = vector_of(corner);
    const LatLon place = place_of({a.x + 0.9 * b.x, a.y + 0.9 * b.y, a.z + 0.9 * b.z});
    EXPECT_EQ(by_crossings(entry, place), within) << entry.code;
  }
}

TEST(Country, AnswersForCellsAsForTheirPlaces) {
  const Borders borders = shipped_borders();
  RandomPlaces random(5);
  std::array<int, 3> seen{};
  for (const char* code : {"CN", "LS", "FJ", "AQ", "ZA", "MC"}) {
    const Country country = borders.country(code).value();
    const auto faces = face_cells();
    std::vector<Cell> mixed(faces.begin(), faces.end());
    for (int i = 0; i < 1600; ++i) {
      const auto parts = parts_of(mixed[random.whole(0, mixed.size() - 1)]);
      const Cell part = parts[random.whole(0, 3)];
      const Relation relation = country.relation(part);
      ++seen[static_cast<std::size_t>(relation)];
      if (relation == Relation::mixed) mixed.push_back(part);
      if (relation != Relation::mixed)
        expect_places(*borders.find(code), part, relation == Relation::inside);
    }
  }
  for (const int count : seen)
    EXPECT_GT(count, 50);
}

TEST(Country, BuildsEveryEntry) {
  const Borders borders = shipped_borders();
  for (const CountryBorders& entry : borders.all()) {
    const auto country = Country::build(entry);
    ASSERT_TRUE(country) << entry.code;
    EXPECT_GT(country->area_m2(), 1e5) << entry.code;
    EXPECT_LT(country->area_m2(), 2e13) << entry.code;
  }
}

TEST(Country, RefusesRingsThatEncloseNothing) {
  const CountryBorders flat{"AA", "Flat", {{{0, 0}, {100'000, 0}, {0, 0}}}};
  EXPECT_EQ(Country::build(flat).error().code, errc::country_geometry);
}

}  // namespace
}  // namespace daymark::geo
