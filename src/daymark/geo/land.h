// Where there is land, roughly: for guesses and drawings, never for verdicts.
#pragma once

#include <cstdint>
#include <vector>

#include "daymark/geo/borders.h"
#include "daymark/geo/lat_lon.h"

namespace daymark::geo {

/// A raster of the land areas, 0.2 degrees wide, with one step of shore around. Const members may
/// be called from several threads.
class Land {
 public:
  explicit Land(const Borders& borders);

  /// Whether `place` is on land or within about 20 to 40 km of it.
  [[nodiscard]] bool is_near(LatLon place) const;

 private:
  void fill(const CountryBorders& country);
  void widen();

  std::vector<std::uint8_t> cells_;  // row by row from the south, columns from 180° west
};

}  // namespace daymark::geo
