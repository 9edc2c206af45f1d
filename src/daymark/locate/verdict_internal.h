// Discs of measurements, for those who ask one region about many zones.
#pragma once

#include <span>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/geo/region.h"
#include "daymark/locate/verdict.h"

namespace daymark::locate {

/// One disc per measurement, in their order; equal operator names give equal operator numbers.
/// Errors: errc::locate_delay for a round trip that is no positive number.
[[nodiscard]] Outcome<std::vector<geo::Disc>> discs_for(std::span<const Measurement> measurements,
                                                        const Question& question);

}  // namespace daymark::locate
