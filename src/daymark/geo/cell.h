// Cells that divide the Earth: six faces, each halved twice again and again (the S2 hierarchy).
#pragma once

#include <array>
#include <cstdint>

#include "daymark/geo/lat_lon.h"

namespace daymark::geo {

/// How a set of places lies to another: all within, none within, or not known to be either.
enum class Relation { inside, outside, mixed };

/// One cell. Every place of it lies within `radius` radians of `direction` on the sphere of
/// geodetic latitudes and longitudes, hence within `reach_m` metres of `centre` on WGS-84; both are
/// rounded up. `centre` is a place of the cell.
struct Cell {
  std::uint64_t id = 0;
  LatLon centre;
  UnitVector direction;
  double radius = 0;
  double reach_m = 0;
};

/// The six cells that cover the Earth.
[[nodiscard]] std::array<Cell, 6> face_cells();

/// A smallest cell, about 1 cm wide: it has no children.
[[nodiscard]] bool is_smallest(const Cell& cell);

/// The four parts of a cell that is not a smallest one.
[[nodiscard]] std::array<Cell, 4> parts_of(const Cell& cell);

/// The smallest cell that holds `place`.
[[nodiscard]] Cell cell_at(LatLon place);

/// Whether `part` is `whole` or one of its parts, at any depth.
[[nodiscard]] bool holds(const Cell& whole, const Cell& part);

/// Area on WGS-84, rounded up by less than the change of curvature across the cell.
[[nodiscard]] double area_m2(const Cell& cell);

/// The corners, counter-clockwise.
[[nodiscard]] std::array<LatLon, 4> corners_of(const Cell& cell);

}  // namespace daymark::geo
