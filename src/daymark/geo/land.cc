#include "daymark/geo/land.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace daymark::geo {

namespace {

constexpr int rows = 900;
constexpr int columns = 1800;
constexpr double steps_per_unit = 1.0 / 20'000;  // of 1e-5 degree
constexpr double turn_steps = columns;

/// Where border lines cross the middles of the rows, in steps east of 180° west.
using Crossings = std::array<std::vector<double>, rows>;

struct RasterPoint {
  double x;
  double y;
};

void add_edge(RasterPoint from, RasterPoint to, Crossings& out) {
  if (from.y > to.y) std::swap(from, to);
  const int first = std::max(0, static_cast<int>(std::ceil(from.y - 0.5)));
  const int past = std::min(rows, static_cast<int>(std::ceil(to.y - 0.5)));
  for (int row = first; row < past; ++row) {
    const double share = (row + 0.5 - from.y) / (to.y - from.y);
    out[static_cast<std::size_t>(row)].push_back(from.x + share * (to.x - from.x));
  }
}

void add_raster_ring(const BorderRing& ring, Crossings& out) {
  const auto point_of = [](const BorderVertex& v) {
    return RasterPoint{v.longitude * steps_per_unit + turn_steps / 2,
                       v.latitude * steps_per_unit + rows / 2.0};
  };
  RasterPoint from = point_of(ring.front());
  for (std::size_t i = 1; i <= ring.size(); ++i) {
    RasterPoint to = point_of(ring[i % ring.size()]);
    // Followed across the 180th meridian, so that no edge runs around the Earth.
    to.x -= turn_steps * std::round((to.x - from.x) / turn_steps);
    add_edge(from, to, out);
    from = to;
  }
}

std::size_t cell_index(int row, int column) {
  const int wrapped = ((column % columns) + columns) % columns;
  return static_cast<std::size_t>(std::clamp(row, 0, rows - 1)) * columns +
         static_cast<std::size_t>(wrapped);
}

}  // namespace

Land::Land(const Borders& borders) : cells_(std::size_t{rows} * columns) {
  for (const CountryBorders& country : borders.all())
    fill(country);
  widen();
}

void Land::fill(const CountryBorders& country) {
  Crossings crossings;
  for (const BorderRing& ring : country.rings)
    add_raster_ring(ring, crossings);
  for (int row = 0; row < rows; ++row) {
    std::vector<double>& across = crossings[static_cast<std::size_t>(row)];
    std::ranges::sort(across);
    for (std::size_t i = 0; i + 1 < across.size(); i += 2) {
      const int last = static_cast<int>(std::floor(across[i + 1]));
      for (int column = static_cast<int>(std::floor(across[i])); column <= last; ++column)
        cells_[cell_index(row, column)] = 1;
    }
  }
}

void Land::widen() {
  const std::vector<std::uint8_t> before = cells_;
  const auto any_near = [&before](int row, int column) {
    for (int up = -1; up <= 1; ++up) {
      for (int east = -1; east <= 1; ++east)
        if (before[cell_index(row + up, column + east)] != 0) return true;
    }
    return false;
  };
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column)
      cells_[cell_index(row, column)] = any_near(row, column) ? 1 : 0;
  }
}

bool Land::is_near(LatLon place) const {
  const int row = static_cast<int>(std::floor(place.latitude() * 5)) + rows / 2;
  const int column = static_cast<int>(std::floor(place.longitude() * 5)) + columns / 2;
  return cells_[cell_index(row, column)] != 0;
}

}  // namespace daymark::geo
