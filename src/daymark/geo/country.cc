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

  /// What follows from the polygon.
  void complete() {
    const S2LatLng middle(polygon.GetCentroid());
    area_m2 = polygon.GetArea() * area_per_steradian_m2(middle.lat().degrees());
    // Queries are const only once the index is complete.
    polygon.index().ForceBuild();
  }
};

Country::Country(std::shared_ptr<const Shape> shape) : shape_(std::move(shape)) {}

Result<Country> Country::build(const CountryBorders& borders) {
  const auto shape = std::make_shared<Shape>();
  shape->code = borders.code;
  shape->name = borders.name;
  if (!join(borders, shape->polygon)) return fail(errc::country_geometry, field::country_code);
  shape->complete();
  return Country(shape);
}

Result<Country> Country::united(const std::string& code, std::span<const Country> parts) {
  if (parts.empty()) return fail(errc::country_geometry, field::country_code);
  const auto shape = std::make_shared<Shape>();
  shape->code = code;
  shape->name = code;
  shape->polygon.Copy(parts.front().shape_->polygon);
  for (const Country& part : parts.subspan(1)) {
    S2Polygon sum;
    sum.InitToUnion(shape->polygon, part.shape_->polygon);
    shape->polygon.Copy(sum);
  }
  shape->complete();
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

std::vector<std::vector<LatLon>> Country::rings() const {
  std::vector<std::vector<LatLon>> out;
  for (int i = 0; i < shape_->polygon.num_loops(); ++i) {
    const S2Loop& loop = *shape_->polygon.loop(i);
    std::vector<LatLon>& ring = out.emplace_back();
    for (int j = 0; j < loop.num_vertices(); ++j) {
      const S2Point& point = loop.vertex(j);
      ring.push_back(daymark::geo::place_of({point.x(), point.y(), point.z()}));
    }
  }
  return out;
}

double Country::area_m2() const {
  return shape_->area_m2;
}

}  // namespace daymark::geo
