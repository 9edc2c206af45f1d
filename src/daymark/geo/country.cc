#include "daymark/geo/country.h"

#include <utility>
#include <vector>

#include <s2/s2builder.h>
#include <s2/s2builder_layer.h>
#include <s2/s2builderutil_s2polygon_layer.h>
#include <s2/s2builderutil_snap_functions.h>
#include <s2/s2cell.h>
#include <s2/s2latlng.h>
#include <s2/s2polygon.h>

#include "daymark/geo/borders.h"
#include "daymark/geo/errors.h"

namespace daymark::geo {

namespace {

S2Point point_of(LatLon place) {
  return S2LatLng::FromDegrees(place.latitude(), place.longitude()).ToPoint();
}

std::vector<S2Point> points_of(const BorderRing& ring) {
  std::vector<S2Point> out;
  out.reserve(ring.size());
  for (const BorderVertex& vertex : ring)
    out.push_back(point_of(place_of(vertex)));
  return out;
}

/// Joins all rings into one valid polygon. Edges that two rings share cancel (parts of a country
/// that were cut at the 180th meridian); vertices stay on the grid of 1e-6 degree where they are.
bool join(const CountryBorders& borders, S2Polygon& out) {
  S2Builder::Options options{s2builderutil::IntLatLngSnapFunction(6)};
  options.set_split_crossing_edges(true);
  S2Builder builder(options);
  s2builderutil::S2PolygonLayer::Options layer;
  layer.set_edge_type(S2Builder::EdgeType::UNDIRECTED);
  builder.StartLayer(std::make_unique<s2builderutil::S2PolygonLayer>(&out, layer));
  for (const BorderRing& ring : borders.rings) {
    const std::vector<S2Point> points = points_of(ring);
    for (std::size_t i = 0; i < points.size(); ++i)
      builder.AddEdge(points[i], points[i + 1 < points.size() ? i + 1 : 0]);
  }
  S2Error error;
  if (!builder.Build(&error) || out.is_empty() || out.is_full()) return false;
  // Undirected edges leave open which side is meant: no country holds half of the sphere.
  constexpr double half_sphere = 6.283185307179586;
  if (out.GetArea() > half_sphere) out.Invert();
  return !out.is_empty();
}

}  // namespace

struct Country::Shape {
  std::string code;
  std::string name;
  S2Polygon polygon;
  double area_m2 = 0;
};

Country::Country(std::shared_ptr<const Shape> shape) : shape_(std::move(shape)) {}

Result<Country> Country::build(const CountryBorders& borders) {
  const auto shape = std::make_shared<Shape>();
  shape->code = borders.code;
  shape->name = borders.name;
  if (!join(borders, shape->polygon)) return fail(errc::country_geometry, field::country_code);
  const S2LatLng middle(shape->polygon.GetCentroid());
  shape->area_m2 = shape->polygon.GetArea() * area_per_steradian_m2(middle.lat().degrees());
  // Queries are const only once the index is complete.
  shape->polygon.index().ForceBuild();
  return Country(shape);
}

const std::string& Country::code() const {
  return shape_->code;
}

const std::string& Country::name() const {
  return shape_->name;
}

Relation Country::relation(const Cell& cell) const {
  const S2Cell s2{S2CellId(cell.id)};
  if (!shape_->polygon.MayIntersect(s2)) return Relation::outside;
  return shape_->polygon.Contains(s2) ? Relation::inside : Relation::mixed;
}

bool Country::contains(LatLon place) const {
  return shape_->polygon.Contains(point_of(place));
}

double Country::area_m2() const {
  return shape_->area_m2;
}

}  // namespace daymark::geo
