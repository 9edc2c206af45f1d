// The soft estimate: a guess for people, never a ground.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "daymark/geo/region.h"

namespace daymark::locate {

/// The middle of the places that remain if as few operators as possible are at fault (at most
/// `faults`) and every answer travelled at most `slowdown` (0 to 1] times as fast as assumed;
/// without slowdown if that leaves no place. Leave one out over two sets of real delays, no
/// weighting by landmarks that was tried came nearer to the truth.
[[nodiscard]] std::optional<geo::LatLon> estimate(std::span<const geo::Disc> discs,
                                                  std::uint32_t faults, double slowdown);

}  // namespace daymark::locate
