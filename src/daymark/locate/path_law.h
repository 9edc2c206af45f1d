// How long round trips over paths of each length take, learnt from measured ones.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "daymark/locate/matrix.h"

namespace daymark::locate {

/// Delays as multiples of what glass along the shortest line and half a millisecond would take, by
/// length of path. What was measured between data centres says little about other paths.
class PathLaw {
 public:
  /// Every row counts once.
  explicit PathLaw(const DelayMatrix& matrix);

  /// The round trip in ms that `share` of paths of `km` do not exceed. Infinite if no row was
  /// given.
  [[nodiscard]] double rtt_ms(double km, double share) const;

  /// The round trip in ms that `share` of paths of any length up to `km` do not exceed, per length.
  [[nodiscard]] double most_ms(double km, double share) const;

  /// The share of paths of `km` that take at most `ms`.
  [[nodiscard]] double share_within(double km, double ms) const;

 private:
  static constexpr std::size_t bin_count = 6;

  [[nodiscard]] const std::vector<double>& factors_for(std::size_t bin) const;

  std::array<std::vector<double>, bin_count> factors_;  // ascending
};

}  // namespace daymark::locate
