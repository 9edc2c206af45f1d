#include "daymark/geo/cell.h"

#include <algorithm>
#include <numbers>

#include <s2/s2cap.h>
#include <s2/s2cell.h>
#include <s2/s2cell_id.h>
#include <s2/s2latlng.h>

namespace daymark::geo {

namespace {

// Covers the rounding of the centre and of the cap's radius, both about 1e-15.
constexpr double angle_slack = 1e-13;

Cell cell_of(S2CellId id) {
  const S2Cap cap = S2Cell(id).GetCapBound();
  const S2Point& axis = cap.center();
  Cell out;
  out.id = id.id();
  out.direction = {axis.x(), axis.y(), axis.z()};
  out.centre = place_of(out.direction);
  out.radius = cap.GetRadius().radians() + angle_slack;
  out.reach_m = out.radius * greatest_curvature_radius_m;
  return out;
}

}  // namespace

std::array<Cell, 6> face_cells() {
  std::array<Cell, 6> out;
  for (std::size_t face = 0; face < out.size(); ++face)
    out[face] = cell_of(S2CellId::FromFace(static_cast<int>(face)));
  return out;
}

bool is_smallest(const Cell& cell) {
  return S2CellId(cell.id).is_leaf();
}

std::array<Cell, 4> parts_of(const Cell& cell) {
  const S2CellId id(cell.id);
  return {cell_of(id.child(0)), cell_of(id.child(1)), cell_of(id.child(2)), cell_of(id.child(3))};
}

Cell cell_at(LatLon place) {
  return cell_of(S2CellId(S2LatLng::FromDegrees(place.latitude(), place.longitude()).Normalized()));
}

bool holds(const Cell& whole, const Cell& part) {
  return S2CellId(whole.id).contains(S2CellId(part.id));
}

double area_m2(const Cell& cell) {
  const double widest = std::abs(cell.centre.latitude()) + cell.radius * 180 / std::numbers::pi;
  return S2Cell(S2CellId(cell.id)).ExactArea() * area_per_steradian_m2(widest);
}

std::array<LatLon, 4> corners_of(const Cell& cell) {
  const S2Cell s2(S2CellId(cell.id));
  std::array<LatLon, 4> out;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const S2Point corner = s2.GetVertex(static_cast<int>(i));
    out[i] = place_of({corner.x(), corner.y(), corner.z()});
  }
  return out;
}

}  // namespace daymark::geo
