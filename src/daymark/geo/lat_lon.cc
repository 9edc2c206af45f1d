#include "daymark/geo/lat_lon.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

#include <GeographicLib/Geodesic.hpp>
#include <fmt/format.h>

#include "daymark/geo/errors.h"

namespace daymark::geo {

namespace {

constexpr double degree = std::numbers::pi / 180;
constexpr double equatorial_radius_m = 6378137.0;
constexpr double flattening = 1 / 298.257223563;
constexpr double eccentricity_squared = flattening * (2 - flattening);

/// Reads one decimal number that fills `text`; no exponent, no infinity.
Result<double> number_of(std::string_view text) {
  double value = 0;
  const auto [stop, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || stop != text.data() + text.size() || text.size() > 32)
    return fail(errc::place_malformed);
  return value;
}

}  // namespace

Result<LatLon> LatLon::of(double latitude, double longitude) {
  // Written so that NaN fails.
  if (!(std::abs(latitude) <= 90)) return fail(errc::place_malformed, field::latitude);
  if (!(std::abs(longitude) <= 180)) return fail(errc::place_malformed, field::longitude);
  return LatLon(latitude, longitude);
}

Result<LatLon> LatLon::parse(std::string_view text) {
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) return fail(errc::place_malformed);
  DAYMARK_TRY(const double latitude, number_of(text.substr(0, comma)));
  DAYMARK_TRY(const double longitude, number_of(text.substr(comma + 1)));
  return of(latitude, longitude);
}

std::string to_text(LatLon place) {
  return fmt::format("{:.4f},{:.4f}", place.latitude(), place.longitude());
}

UnitVector vector_of(LatLon place) {
  const double lat = place.latitude() * degree;
  const double lon = place.longitude() * degree;
  return {std::cos(lat) * std::cos(lon), std::cos(lat) * std::sin(lon), std::sin(lat)};
}

LatLon place_of(const UnitVector& v) {
  const double lat = std::atan2(v.z, std::hypot(v.x, v.y)) / degree;
  const double lon = std::atan2(v.y, v.x) / degree;
  return LatLon::of(std::clamp(lat, -90.0, 90.0), std::clamp(lon, -180.0, 180.0))
      .value_or(LatLon{});
}

double angle_between(const UnitVector& a, const UnitVector& b) {
  const double x = a.y * b.z - a.z * b.y;
  const double y = a.z * b.x - a.x * b.z;
  const double z = a.x * b.y - a.y * b.x;
  return std::atan2(std::sqrt(x * x + y * y + z * z), a.x * b.x + a.y * b.y + a.z * b.z);
}

Metres distance(LatLon a, LatLon b) {
  double metres = 0;
  GeographicLib::Geodesic::WGS84().Inverse(a.latitude(), a.longitude(), b.latitude(), b.longitude(),
                                           metres);
  return {metres};
}

LatLon destination(LatLon from, double azimuth, Metres length) {
  double lat = 0;
  double lon = 0;
  GeographicLib::Geodesic::WGS84().Direct(from.latitude(), from.longitude(), azimuth, length.value,
                                          lat, lon);
  return LatLon::of(lat, lon).value_or(from);
}

double area_per_steradian_m2(double latitude) {
  // The product of the two principal radii of curvature (e.g. Snyder, Map Projections, eq. 4-18 to
  // 4-20); grows towards the poles.
  const double sine = std::sin(std::min(std::abs(latitude), 90.0) * degree);
  const double w = 1 - eccentricity_squared * sine * sine;
  return equatorial_radius_m * equatorial_radius_m * (1 - eccentricity_squared) / (w * w);
}

}  // namespace daymark::geo
