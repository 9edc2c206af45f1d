// The soft estimate: a guess for people, never a ground.
#pragma once

#include <optional>
#include <span>

#include "daymark/geo/region.h"

namespace daymark::locate {

/// A place of the covering `shape` of `region`.
[[nodiscard]] std::optional<geo::LatLon> estimate(const geo::Region& region,
                                                  const geo::RegionShape& shape,
                                                  std::span<const geo::Disc> discs);

}  // namespace daymark::locate
