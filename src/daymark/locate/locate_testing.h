// Helpers of the location tests.
#pragma once

#include <string>

#include "daymark/geo/borders.h"
#include "daymark/locate/locate.h"

namespace daymark::locate {

inline DelayMatrix shipped_cloud() {
  return load_matrix(DAYMARK_SOURCE_DIR "/data/rtt/cloud/nodes.csv",
                     DAYMARK_SOURCE_DIR "/data/rtt/cloud/rtt.csv")
      .value();
}

inline geo::Borders shipped_borders() {
  return geo::load_borders(DAYMARK_SOURCE_DIR "/data/borders/countries.txt").value();
}

inline geo::LatLon at(double latitude, double longitude) {
  return geo::LatLon::of(latitude, longitude).value();
}

inline geo::Zone within(geo::LatLon centre, double km) {
  return geo::Zone::within(centre, Metres{km * 1000}).value();
}

}  // namespace daymark::locate
