// Areas that a user brings along: polygons in GeoJSON (RFC 7946).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/base/result.h"
#include "daymark/geo/borders.h"
#include "daymark/geo/country.h"

namespace daymark::geo {

/// Each polygon of a Polygon, MultiPolygon, Feature, FeatureCollection or GeometryCollection, with
/// its holes; other geometries are refused. Edges are straight in longitude and latitude (RFC 7946
/// §3.1.1), so long ones are divided until great circles follow them within 2 m. Of the two sides
/// of a polygon the smaller one is meant. Errors: errc::polygon_malformed, errc::json_malformed.
[[nodiscard]] Result<std::vector<CountryBorders>> parse_polygons(std::string_view geojson);

/// All polygons of a file of at most 16 MiB as one area that is called `name`. Errors: those of
/// read_text, parse_polygons and Country.
[[nodiscard]] Outcome<Country> load_polygons(const std::string& path, const std::string& name);

}  // namespace daymark::geo
