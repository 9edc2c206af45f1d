// The map projection of the pictures: azimuthal equidistant about the middle of the view. Host
// only; for drawing, never for verdicts.
#pragma once

#include <optional>
#include <vector>

#include "daymark/geo/lat_lon.h"
#include "daymark/report/svg.h"

namespace daymark::report {

/// Directions and distances from the middle are true (on a sphere).
class Projection {
 public:
  /// `middle` lands on `at`; one pixel is `metres_per_pixel` metres there. Lines farther than
  /// `reach_m` from the middle are drawn at that distance.
  Projection(geo::LatLon middle, Pixel at, double metres_per_pixel, double reach_m);

  /// The pixel, at most reach_m from the middle.
  [[nodiscard]] Pixel project(geo::LatLon place) const;

  /// The place under a pixel; nothing beyond the antipode.
  [[nodiscard]] std::optional<geo::LatLon> place_at(Pixel pixel) const;

  /// A ring or line; points that hardly move the pen are left out, and what
  /// lies beyond the reach runs round the view instead of across it.
  [[nodiscard]] std::vector<Pixel> project(const std::vector<geo::LatLon>& places) const;

 private:
  struct Polar {
    double distance_m;
    double azimuth;
  };

  [[nodiscard]] Polar polar(geo::LatLon place) const;
  [[nodiscard]] Pixel pixel_of(Polar polar) const;
  void go_round(double from, double to, std::vector<Pixel>& out) const;

  double sin_latitude_;
  double cos_latitude_;
  double longitude_;
  Pixel at_;
  double metres_per_pixel_;
  double reach_m_;
};

}  // namespace daymark::report
