// What a beacon measures on loopback, where the distance is nothing: the residual of a round trip.
// The chip is the product's governor as a process of its own, on the other core.
#pragma once

#include <cstddef>

namespace daymark::bench {

/// Prints the figures of so many sessions; the exit status.
[[nodiscard]] int measure_residual(std::size_t sessions);

}  // namespace daymark::bench
