// A calibrated guess at a place. It grants nothing and is never mixed with a verdict.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "daymark/geo/borders.h"
#include "daymark/geo/cell.h"
#include "daymark/locate/matrix.h"

namespace daymark::locate {

/// Places that together hold the truth about as often as their name says, among targets that
/// resemble the landmarks. Nothing follows about a target that does not want to be found.
struct SoftRegion {
  double area_km2 = 0;
  std::vector<geo::Cell> cells;  // likeliest first

  [[nodiscard]] bool holds(geo::LatLon place) const;
};

struct SoftEstimate {
  geo::LatLon place;
  SoftRegion half;                // holds the truth of every second target
  SoftRegion ninety;              // of nine in ten
  std::size_t calibrated_on = 0;  // landmarks
};

/// Where `target` probably is, learnt from the other nodes' delays among each other; its declared
/// place and the rows that it timed play no part. Takes about a second for a hundred nodes. Nothing
/// if nobody timed it.
[[nodiscard]] std::optional<SoftEstimate> soft_estimate(const DelayMatrix& matrix,
                                                        const geo::Borders& borders,
                                                        std::size_t target);

}  // namespace daymark::locate
