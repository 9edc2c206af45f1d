// A place on the WGS-84 ellipsoid, and distances between places.
#pragma once

#include <string>
#include <string_view>

#include "daymark/base/result.h"
#include "daymark/base/units.h"

namespace daymark::geo {

/// Geodetic latitude and longitude in degrees, always within range and never NaN. The default is
/// latitude 0, longitude 0.
class LatLon {
 public:
  constexpr LatLon() = default;

  /// Latitude from -90 to 90, longitude from -180 to 180. Errors: errc::place_malformed.
  [[nodiscard]] static Result<LatLon> of(double latitude, double longitude);

  /// "LAT,LON" in decimal degrees, without blanks. Errors: errc::place_malformed.
  [[nodiscard]] static Result<LatLon> parse(std::string_view text);

  [[nodiscard]] constexpr double latitude() const { return latitude_; }

  [[nodiscard]] constexpr double longitude() const { return longitude_; }

  friend constexpr bool operator==(const LatLon&, const LatLon&) = default;

 private:
  constexpr LatLon(double latitude, double longitude)
      : latitude_(latitude), longitude_(longitude) {}

  double latitude_ = 0;
  double longitude_ = 0;
};

/// "24.8104,113.5976": four decimals, about 11 m.
[[nodiscard]] std::string to_text(LatLon place);

/// A direction from the centre of a sphere; geodetic latitude and longitude taken as spherical.
struct UnitVector {
  double x = 1;
  double y = 0;
  double z = 0;
};

[[nodiscard]] UnitVector vector_of(LatLon place);

/// The place in the direction of `v`, which needn't have length 1 but must not be zero.
[[nodiscard]] LatLon place_of(const UnitVector& v);

/// Angle between two directions in radians, accurate to 1e-15 at any size.
[[nodiscard]] double angle_between(const UnitVector& a, const UnitVector& b);

/// Length of the shortest geodesic on WGS-84, within 15 nanometres of the truth (Karney 2013).
[[nodiscard]] Metres distance(LatLon a, LatLon b);

/// The place at `length` from `from` on the geodesic that starts at `azimuth` degrees clockwise
/// from north.
[[nodiscard]] LatLon destination(LatLon from, double azimuth, Metres length);

/// Least and greatest radius of curvature of WGS-84, b²/a and a²/b, in metres. A path of angle t on
/// the sphere of geodetic latitudes and longitudes is a path of at least t·least and at most
/// t·greatest on the ellipsoid, so the same holds for shortest distances.
inline constexpr double least_curvature_radius_m = 6335439.3272;
inline constexpr double greatest_curvature_radius_m = 6399593.6259;

/// No two places on WGS-84 are this far apart, in metres.
inline constexpr double half_equator_m = 20'037'508.4;

/// Area on WGS-84 of one steradian of geodetic latitude and longitude, at `latitude` degrees.
[[nodiscard]] double area_per_steradian_m2(double latitude);

}  // namespace daymark::geo
