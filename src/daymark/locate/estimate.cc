#include <algorithm>
#include <vector>

#include "daymark/locate/estimate_internal.h"

namespace daymark::locate {

namespace {

constexpr geo::CellBudget budget{500};

}  // namespace

std::optional<geo::LatLon> estimate(std::span<const geo::Disc> discs, std::uint32_t faults,
                                    double slowdown) {
  std::vector<geo::Disc> slow(discs.begin(), discs.end());
  for (geo::Disc& disc : slow)
    disc.radius_m *= slowdown;
  // More faults than a handful would only be tried against a region that is empty anyway.
  for (std::uint32_t liars = 0; liars <= std::min(faults, 8U); ++liars) {
    for (const std::span<const geo::Disc> tried : {std::span<const geo::Disc>(slow), discs}) {
      const auto region = geo::Region::of(tried, liars);
      const auto shape = region ? region->measure(budget) : std::nullopt;
      if (shape) return shape->centroid;
    }
  }
  return std::nullopt;
}

}  // namespace daymark::locate
