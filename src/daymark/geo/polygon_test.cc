#include "daymark/geo/polygon.h"

#include <array>
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "daymark/geo/errors.h"
#include "daymark/geo/geo_testing.h"

namespace daymark::geo {
namespace {

std::string box_of(double west, double south, double east, double north) {
  return fmt::format("[[{0},{1}],[{2},{1}],[{2},{3}],[{0},{3}],[{0},{1}]]", west, south, east,
                     north);
}

std::string polygon_of(const std::string& rings) {
  return fmt::format(R"({{"type":"Polygon","coordinates":[{}]}})", rings);
}

Country area_of(const std::string& geojson) {
  std::vector<Country> parts;
  const auto polygons = parse_polygons(geojson).value();
  parts.reserve(polygons.size());
  for (const CountryBorders& one : polygons)
    parts.push_back(Country::build(one).value());
  return Country::united("area", parts).value();
}

TEST(Polygon, EdgesAreStraightInDegrees) {
  // A great circle along 49 degrees north from west to east bows 3 degrees to the north.
  const Country area = area_of(polygon_of(box_of(-125, 40, -65, 49)));
  for (double longitude = -124.5; longitude < -65; longitude += 0.731) {
    EXPECT_TRUE(area.contains(at(48.99997, longitude))) << longitude;
    EXPECT_FALSE(area.contains(at(49.00003, longitude))) << longitude;
  }
  RandomPlaces places(7);
  for (int i = 0; i < 20'000; ++i) {
    const LatLon place = at(places.number(35, 55), places.number(-130, -60));
    const bool truth = place.latitude() > 40 && place.latitude() < 49 && place.longitude() > -125 &&
                       place.longitude() < -65;
    EXPECT_EQ(area.contains(place), truth) << to_text(place);
  }
}

TEST(Polygon, HolesCutsAndUnions) {
  const Country holed = area_of(polygon_of(box_of(0, 0, 10, 10) + "," + box_of(4, 4, 6, 6)));
  EXPECT_TRUE(holed.contains(at(2, 2)));
  EXPECT_FALSE(holed.contains(at(5, 5)));
  // Cut at the 180th meridian (RFC 7946 §3.1.9): no seam is left.
  const Country fiji =
      area_of(fmt::format(R"({{"type":"Feature","properties":null,"geometry":)"
                          R"({{"type":"MultiPolygon","coordinates":[[{}],[{}]]}}}})",
                          box_of(177, -20, 180, -15), box_of(-180, -20, -178, -15)));
  const auto seam = cell_at(at(-17.01, 180));
  EXPECT_EQ(fiji.relation(seam), Relation::inside);
  EXPECT_TRUE(fiji.contains(at(-17, 178)) && fiji.contains(at(-17, -179)));
  EXPECT_FALSE(fiji.contains(at(-17, -177)));
  // Parts that touch and overlap are one area; what two hold is held.
  const Country both = area_of(fmt::format(
      R"({{"type":"GeometryCollection","geometries":[{},{},{}]}})", polygon_of(box_of(0, 0, 2, 2)),
      polygon_of(box_of(2, 0, 4, 2)), polygon_of(box_of(1, 1, 3, 3))));
  EXPECT_TRUE(both.contains(at(1.5, 1.5)) && both.contains(at(2.5, 2.5)));
  EXPECT_EQ(both.relation(cell_at(at(0.5, 2))), Relation::inside);
  EXPECT_FALSE(both.contains(at(2.5, 0.5)));
  EXPECT_EQ(both.rings().size(), 1U);
}

TEST(Polygon, NeighboursUnitedHaveNoBorderBetweenThem) {
  const Borders borders = shipped_borders();
  const std::array parts{borders.country("US").value(), borders.country("CA").value()};
  const Country both = Country::united("US+CA", parts).value();
  EXPECT_NEAR(both.area_m2(), parts[0].area_m2() + parts[1].area_m2(), 1e-2 * both.area_m2());
  const std::array<Disc, 1> disc{{{at(49, -110), 300e3, 0}}};
  const Region region = Region::of(disc, 0).value();
  EXPECT_EQ(region.decide(Zone::in(both)).verdict, Verdict::inside);
  EXPECT_EQ(region.decide(Zone::in(parts[0])).verdict, Verdict::undecided);
  EXPECT_EQ(region.decide(Zone::not_in(both)).verdict, Verdict::outside);
  EXPECT_FALSE(Country::united("none", {}));
}

TEST(Polygon, IsReadStrictly) {
  const std::string good = polygon_of(box_of(0, 0, 1, 1));
  EXPECT_TRUE(parse_polygons(good));
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string(R"({"type":"Point","coordinates":[1,2]})"),
        std::string(R"({"type":"FeatureCollection","features":[]})"),
        std::string(R"({"type":"Polygon"})"), std::string(R"({"type":"Polygon","coordinates":[]})"),
        std::string(R"({"type":"Feature","geometry":null})"),
        polygon_of("[[0,0],[1,0],[1,1],[0,1]]"), polygon_of("[[0,0],[1,0],[0,0]]"),
        polygon_of("[[0,0],[1,0],[1,91],[0,0]]"), polygon_of("[[0,0],[1],[1,1],[0,0]]"),
        polygon_of(R"([[0,0],["1",0],[1,1],[0,0]])"), polygon_of("7"),
        polygon_of(box_of(-170, 0, 170, 10)), good + good}) {
    EXPECT_FALSE(parse_polygons(text)) << text;
  }
  std::string deep = good;
  for (int i = 0; i < 8; ++i)
    deep = fmt::format(R"({{"type":"GeometryCollection","geometries":[{}]}})", deep);
  EXPECT_FALSE(parse_polygons(deep));
  EXPECT_EQ(load_polygons("missing.json", "x").error().subject, "missing.json");
}

}  // namespace
}  // namespace daymark::geo
