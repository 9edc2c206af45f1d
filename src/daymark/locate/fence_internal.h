// Parts that compiling and planning share.
#pragma once

#include <map>

#include "daymark/locate/fence.h"

namespace daymark::locate {

/// The least of `ascending` that `share` of them do not exceed; infinite of nothing.
[[nodiscard]] double quantile(const std::vector<double>& ascending, double share);

/// A chip at a site and a beacon that times it.
struct FenceLeg {
  std::size_t site = 0;
  std::size_t beacon = 0;

  friend auto operator<=>(const FenceLeg&, const FenceLeg&) = default;
};

/// What is known about sites and beacons before a fence is chosen. The task and the law must
/// outlive it.
class FenceFacts {
 public:
  FenceFacts(const FenceTask& task, const PathLaw& law);

  [[nodiscard]] const FenceTask& task() const { return task_; }

  /// How often a chip keeps the limit: its round trip as measured, else by the law, and what the
  /// governor takes off for the movement that a receipt's age allows.
  [[nodiscard]] double share_within(const FenceLeg& leg, double limit_ms) const;

  /// The least limit that the chip keeps so often.
  [[nodiscard]] double limit_ms(const FenceLeg& leg, double share) const;

  /// The limit that a chip needs of a beacon which stands up to `km` away, wherever.
  [[nodiscard]] double new_limit_ms(double km, double share) const;

  [[nodiscard]] bool is_measured(const FenceLeg& leg) const { return measured_.contains(leg); }

  /// Greatest radius around the beacon or site that lies in the zone, rounded down; 0 if not in it.
  [[nodiscard]] double beacon_depth_km(std::size_t beacon) const { return beacon_depth_[beacon]; }

  [[nodiscard]] double site_depth_km(std::size_t site) const { return site_depth_[site]; }

  /// The greatest limit at which this beacon proves the zone by itself.
  [[nodiscard]] double lone_limit_ms(std::size_t beacon) const {
    return 2 * beacon_depth_[beacon] / task_.speed.km_per_ms;
  }

 private:
  [[nodiscard]] double km_of(const FenceLeg& leg) const;

  const FenceTask& task_;
  const PathLaw& law_;
  double movement_ms_ = 0;
  std::map<FenceLeg, std::vector<double>> measured_;
  std::vector<double> beacon_depth_;
  std::vector<double> site_depth_;
};

/// Greatest radius in km of a disc around `place` that lies in the zone, rounded down by about one
/// percent, since a disc that all but touches the edge is not searched to the end; 0 if the place
/// is not surely inside.
[[nodiscard]] double depth_km(const geo::Zone& zone, geo::LatLon place);

/// What one site lacks until f + 1 operators near it prove the zone, each alone.
[[nodiscard]] MissingBeacons missing_at(const FenceFacts& facts, std::size_t site);

/// Errors: errc::locate_fence_site.
[[nodiscard]] Outcome<void> check_sites(const FenceFacts& facts);

}  // namespace daymark::locate
