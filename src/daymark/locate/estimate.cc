#include "daymark/locate/estimate_internal.h"

namespace daymark::locate {

std::optional<geo::LatLon> estimate(const geo::Region& /*region*/, const geo::RegionShape& shape,
                                    std::span<const geo::Disc> /*discs*/) {
  return shape.centroid;
}

}  // namespace daymark::locate
