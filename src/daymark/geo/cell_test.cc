#include "daymark/geo/cell.h"

#include <gtest/gtest.h>

#include "daymark/geo/geo_testing.h"

namespace daymark::geo {
namespace {

/// The cell at `place`, `depth` halvings below its face.
Cell cell_around(LatLon place, int depth) {
  Cell best = cell_at(place);
  for (const Cell& face : face_cells()) {
    Cell cell = face;
    for (int i = 0; i <= depth; ++i) {
      // An S2 id is a prefix and a trailing 1: a part's id is nearest to that of its places.
      const std::uint64_t low = cell.id & (~cell.id + 1);
      if (best.id < cell.id - low + 1 || best.id > cell.id + low - 1) break;
      if (i == depth) return cell;
      for (const Cell& part : parts_of(cell)) {
        const std::uint64_t step = part.id & (~part.id + 1);
        if (best.id >= part.id - step + 1 && best.id <= part.id + step - 1) cell = part;
      }
    }
  }
  return best;
}

TEST(Cell, HoldsItsPlacesWithinItsReach) {
  RandomPlaces random(1);
  for (int i = 0; i < 3000; ++i) {
    const LatLon place = random.anywhere();
    const Cell cell = cell_around(place, i % 20);
    EXPECT_LE(distance(cell.centre, place).value, cell.reach_m);
  }
}

TEST(Cell, HoldsItsCornersWithinItsReach) {
  RandomPlaces random(2);
  for (int i = 0; i < 2000; ++i) {
    const Cell cell = cell_around(random.anywhere(), i % 20);
    double farthest = 0;
    for (const LatLon corner : corners_of(cell))
      farthest = std::max(farthest, distance(cell.centre, corner).value);
    EXPECT_LE(farthest, cell.reach_m);
    EXPECT_GE(farthest, cell.reach_m * 0.98);
  }
}

TEST(Cell, FacesCoverTheEllipsoid) {
  double area = 0;
  for (const Cell& face : face_cells()) {
    for (const Cell& part : parts_of(face))
      for (const Cell& part_of_part : parts_of(part))
        area += area_m2(part_of_part);
  }
  EXPECT_GE(area / 1e6, 510065621.7);
  EXPECT_LE(area / 1e6, 510065621.7 * 1.01);
}

TEST(Cell, EndsAtTheSmallest) {
  const Cell cell = cell_at(at(24.8104, 113.5976));
  EXPECT_TRUE(is_smallest(cell));
  EXPECT_LT(cell.reach_m, 0.02);
  EXPECT_FALSE(is_smallest(face_cells()[0]));
}

TEST(Cell, HoldsItsPartsAndNothingElse) {
  RandomPlaces random(8);
  for (int round = 0; round < 200; ++round) {
    const LatLon place = random.anywhere();
    const Cell smallest = cell_at(place);
    int holders = 0;
    for (const Cell& face : face_cells())
      holders += holds(face, smallest) ? 1 : 0;
    EXPECT_EQ(holders, 1);
    EXPECT_TRUE(holds(smallest, smallest));
    for (const Cell& face : face_cells()) {
      int parts = 0;
      for (const Cell& part : parts_of(face)) {
        EXPECT_TRUE(holds(face, part));
        EXPECT_FALSE(holds(part, face));
        parts += holds(part, smallest) ? 1 : 0;
      }
      EXPECT_EQ(parts, holds(face, smallest) ? 1 : 0);
    }
  }
}

}  // namespace
}  // namespace daymark::geo
