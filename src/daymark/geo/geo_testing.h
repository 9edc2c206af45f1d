// Helpers of the geometry tests.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "daymark/geo/borders.h"
#include "daymark/geo/lat_lon.h"
#include "daymark/geo/region.h"

namespace daymark::geo {

inline LatLon at(double latitude, double longitude) {
  return LatLon::of(latitude, longitude).value();
}

/// The shipped borders, read once for each test that asks.
inline Borders shipped_borders() {
  return load_borders(DAYMARK_SOURCE_DIR "/data/borders/countries.txt").value();
}

/// Places spread evenly over the Earth.
class RandomPlaces {
 public:
  explicit RandomPlaces(std::uint64_t seed) : engine_(seed) {}

  LatLon anywhere() { return place_of({normal_(engine_), normal_(engine_), normal_(engine_)}); }

  /// Evenly over the azimuths, not over the area.
  LatLon near(LatLon centre, double most_m) {
    return destination(centre, number(-180, 180), Metres{number(0, most_m)});
  }

  double number(double least, double most) {
    return std::uniform_real_distribution<double>(least, most)(engine_);
  }

  std::uint64_t whole(std::uint64_t least, std::uint64_t most) {
    return std::uniform_int_distribution<std::uint64_t>(least, most)(engine_);
  }

 private:
  std::mt19937_64 engine_;
  std::normal_distribution<double> normal_;
};

/// The definition of S, place by place: lies in all discs but those of at most f operators.
inline bool in_region(const std::vector<Disc>& discs, std::uint32_t faults, LatLon place) {
  std::vector<std::uint32_t> astray;
  for (const Disc& disc : discs) {
    if (distance(disc.centre, place).value <= disc.radius_m) continue;
    if (std::ranges::find(astray, disc.operator_id) == astray.end())
      astray.push_back(disc.operator_id);
  }
  return astray.size() <= faults;
}

}  // namespace daymark::geo
