// The picture of lapse arithmetic: the share of a fleet that still runs after issuing stops. Host
// only.
#pragma once

#include <string>

#include "daymark/order/lapse.h"

namespace daymark::report {

/// A self-contained SVG of 760 x 360 pixels: hours to the right, share of running chips upward,
/// first, median and last stop marked.
[[nodiscard]] std::string timing_chart(const order::LapseTimes& times);

}  // namespace daymark::report
