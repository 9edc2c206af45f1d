// Which part of the Earth a map shows, and how.
#pragma once

#include "daymark/report/map.h"
#include "daymark/report/projection.h"

namespace daymark::report {

inline constexpr double map_width = 960;
inline constexpr double map_height = 720;
inline constexpr double map_top = 70;
inline constexpr double map_bottom = 650;

/// The view of a scene.
struct MapView {
  geo::LatLon middle;
  double metres_per_pixel = 1;
  Projection projection;

  /// Whether a pixel lies on the map, `margin` pixels from its edge.
  [[nodiscard]] static bool shows(Pixel pixel, double margin);
};

/// A view that holds the allowed places, the zone's circle and the nearest landmarks.
[[nodiscard]] MapView view_of(const MapScene& scene);

}  // namespace daymark::report
