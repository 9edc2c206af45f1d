#include "daymark/geo/zone.h"

#include <cmath>

#include <gtest/gtest.h>

#include "daymark/geo/errors.h"
#include "daymark/geo/geo_testing.h"

namespace daymark::geo {
namespace {

/// Walks down the cells from the faces and hands each to `look` until it says stop.
template <class Look>
void walk(const Look& look, int budget) {
  std::vector<Cell> open;
  for (const Cell& face : face_cells())
    open.push_back(face);
  for (std::size_t i = 0; i < open.size() && static_cast<int>(i) < budget; ++i)
    if (look(open[i]))
      for (const Cell& part : parts_of(open[i]))
        open.push_back(part);
}

TEST(Circle, BoundsCellsForCertain) {
  RandomPlaces random(1);
  for (int round = 0; round < 40; ++round) {
    const LatLon centre = round % 4 == 0 ? at(round % 8 == 0 ? 90 : -90, 0) : random.anywhere();
    const double radius = std::pow(10, random.number(0, 7.3));
    const Circle circle(centre, radius);
    walk(
        [&](const Cell& cell) {
          const Placement placement = circle.place(cell);
          if (placement.cell == Relation::mixed) return true;
          for (const LatLon corner : corners_of(cell))
            EXPECT_EQ(distance(centre, corner).value <= radius, placement.cell == Relation::inside);
          EXPECT_EQ(placement.centre, placement.cell);
          return false;
        },
        200);
  }
}

TEST(Circle, HoldsTheWholeEarthAtHalfItsGirth) {
  for (const Cell& face : face_cells())
    EXPECT_EQ(Circle(at(12, 34), half_equator_m * 2).place(face).cell, Relation::inside);
}

TEST(Zone, RefusesRadiiOutOfRange) {
  EXPECT_TRUE(Zone::within(at(0, 0), Metres{0}));
  for (const double radius : {-1.0, 2.1e7, std::nan("")})
    EXPECT_EQ(Zone::within(at(0, 0), Metres{radius}).error().code, errc::distance_malformed);
}

TEST(Zone, DescribesItself) {
  const Borders borders = shipped_borders();
  const Zone circle = Zone::within(at(24.8104, 113.5976), Metres{500'000}).value();
  const Zone country = Zone::in(borders.country("ZA").value());
  EXPECT_EQ(circle.describe(), "within 500 km of 24.8104,113.5976");
  EXPECT_EQ(Zone::not_in(borders.country("CN").value()).describe(), "not in CN");
  EXPECT_EQ(Zone::any_of({circle, country}).describe(),
            "within 500 km of 24.8104,113.5976 or in ZA");
}

TEST(Zone, ComplementAndUnionAnswerAsTheirParts) {
  const Borders borders = shipped_borders();
  const Zone in = Zone::in(borders.country("ZA").value());
  const Zone out = Zone::not_in(borders.country("ZA").value());
  const Zone circle = Zone::within(at(-29, 25), Metres{400'000}).value();
  const Zone both = Zone::any_of({in, circle});
  const Zone none = Zone::any_of({});
  int decided = 0;
  walk(
      [&](const Cell& cell) {
        const Relation one = in.relation(cell);
        const Relation two = circle.relation(cell);
        const Relation joined = both.relation(cell);
        EXPECT_EQ(out.relation(cell) == Relation::inside, one == Relation::outside);
        EXPECT_EQ(out.relation(cell) == Relation::outside, one == Relation::inside);
        EXPECT_EQ(joined == Relation::inside, one == Relation::inside || two == Relation::inside);
        EXPECT_EQ(joined == Relation::outside,
                  one == Relation::outside && two == Relation::outside);
        EXPECT_EQ(none.relation(cell), Relation::outside);
        EXPECT_NE(in.centre_relation(cell), out.centre_relation(cell));
        if (one == Relation::inside) ++decided;
        return joined == Relation::mixed;
      },
      2000);
  EXPECT_GT(decided, 100);
}

}  // namespace
}  // namespace daymark::geo
