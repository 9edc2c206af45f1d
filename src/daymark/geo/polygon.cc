#include "daymark/geo/polygon.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "daymark/base/file.h"
#include "daymark/base/json_internal.h"
#include "daymark/geo/errors.h"

namespace daymark::geo {

namespace {

using PolygonJson = nlohmann::json;

constexpr std::size_t polygon_file_most = 16UL << 20;
constexpr std::size_t polygons_most = 10'000;
constexpr std::size_t polygon_vertices_most = 500'000;
// A chord of 0.1 degree strays 1.2 m from its parallel at most, and vertices are rounded by 0.8 m.
constexpr double edge_most_degrees = 0.1;
constexpr double vertex_units = 1e5;
constexpr int nesting_most = 6;

struct Position {
  double longitude = 0;
  double latitude = 0;

  friend auto operator<=>(const Position&, const Position&) = default;
};

BorderVertex vertex_at(const Position& position) {
  BorderVertex out{static_cast<std::int32_t>(std::lround(position.longitude * vertex_units)),
                   static_cast<std::int32_t>(std::lround(position.latitude * vertex_units))};
  if (out.longitude == -18'000'000) out.longitude = 18'000'000;
  return out;
}

/// Collects polygons; false from any of its members means that the text is refused.
class PolygonReader {
 public:
  Result<std::vector<CountryBorders>> read(const PolygonJson& root) {
    if (!take(root, 0) || out_.empty()) return fail(errc::polygon_malformed);
    return std::move(out_);
  }

 private:
  bool take(const PolygonJson& node, int depth) {
    if (depth == nesting_most || !node.is_object() || !node.contains("type")) return false;
    const PolygonJson& type = node["type"];
    if (type == "FeatureCollection") return take_all(node, "features", depth);
    if (type == "GeometryCollection") return take_all(node, "geometries", depth);
    if (type == "Feature") return node.contains("geometry") && take(node["geometry"], depth + 1);
    if (!node.contains("coordinates") || !node["coordinates"].is_array()) return false;
    const PolygonJson& coordinates = node["coordinates"];
    if (type == "Polygon") return take_polygon(coordinates);
    return type == "MultiPolygon" &&
           std::ranges::all_of(coordinates, [this](const auto& one) { return take_polygon(one); });
  }

  bool take_all(const PolygonJson& node, const char* name, int depth) {
    if (!node.contains(name) || !node[name].is_array()) return false;
    return std::ranges::all_of(
        node[name], [this, depth](const PolygonJson& part) { return take(part, depth + 1); });
  }

  bool take_polygon(const PolygonJson& rings) {
    if (!rings.is_array() || rings.empty() || out_.size() == polygons_most) return false;
    CountryBorders polygon;
    for (const PolygonJson& ring : rings) {
      if (!take_ring(ring, polygon.rings.emplace_back())) return false;
    }
    out_.push_back(std::move(polygon));
    return true;
  }

  bool take_ring(const PolygonJson& positions, BorderRing& out) {
    if (!positions.is_array() || positions.size() < 4) return false;
    std::vector<Position> line;
    line.reserve(positions.size());
    for (const PolygonJson& position : positions) {
      line.emplace_back();
      if (!take_position(position, line.back())) return false;
    }
    if (line.front() != line.back()) return false;
    for (std::size_t i = 0; i + 1 < line.size(); ++i)
      if (!add_edge(line[i], line[i + 1], out)) return false;
    return true;
  }

  static bool take_position(const PolygonJson& position, Position& out) {
    if (!position.is_array() || position.size() < 2) return false;
    if (!position[0].is_number() || !position[1].is_number()) return false;
    out = {position[0].get<double>(), position[1].get<double>()};
    return LatLon::of(out.latitude, out.longitude).has_value();
  }

  /// From `from` up to but without `to`. Both directions of an edge give the same vertices, so that
  /// the two sides of a cut at the 180th meridian match.
  bool add_edge(const Position& from, const Position& to, BorderRing& out) {
    const double east = std::abs(to.longitude - from.longitude);
    if (east > 180) return false;
    const double most = std::max(east, std::abs(to.latitude - from.latitude));
    const auto steps = static_cast<std::size_t>(std::max(1.0, std::ceil(most / edge_most_degrees)));
    vertices_ += steps;
    if (vertices_ > polygon_vertices_most) return false;
    const auto [low, high] = std::minmax(from, to);
    for (std::size_t i = 0; i < steps; ++i) {
      const std::size_t at = from == low ? i : steps - i;
      const double part = static_cast<double>(at) / static_cast<double>(steps);
      out.push_back(vertex_at({std::lerp(low.longitude, high.longitude, part),
                               std::lerp(low.latitude, high.latitude, part)}));
    }
    return true;
  }

  std::vector<CountryBorders> out_;
  std::size_t vertices_ = 0;
};

}  // namespace

Result<std::vector<CountryBorders>> parse_polygons(std::string_view geojson) {
  DAYMARK_TRY(const PolygonJson root, internal::parse_json(geojson));
  return PolygonReader().read(root);
}

Outcome<Country> load_polygons(const std::string& path, const std::string& name) {
  DAYMARK_TRY(const std::string text, read_text(path, polygon_file_most));
  DAYMARK_TRY(const std::vector<CountryBorders> polygons, about(parse_polygons(text), path));
  std::vector<Country> parts;
  parts.reserve(polygons.size());
  for (const CountryBorders& polygon : polygons) {
    DAYMARK_TRY(Country part, about(Country::build(polygon), path));
    parts.push_back(std::move(part));
  }
  return about(Country::united(name, parts), path);
}

}  // namespace daymark::geo
