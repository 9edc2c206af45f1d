#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "daymark/locate/errors.h"
#include "daymark/locate/fence_internal.h"

namespace daymark::locate {

namespace {

constexpr double depth_most_km = 5000;
constexpr double depth_step_km = 0.1;
// A disc that touches the edge can be searched for ever; given up, it counts as too large.
constexpr geo::CellBudget depth_search_most{1500};
// What the governor takes off a limit for each second of a receipt's age (PROTOCOL §9.5).
constexpr double movement_ms_per_s = 0.002002;

bool disc_lies_in(const geo::Zone& zone, geo::LatLon centre, double km) {
  const std::array<geo::Disc, 1> disc{{{centre, km * 1000, 0}}};
  const auto region = geo::Region::of(disc, 0);
  return region && region->decide(zone, depth_search_most).verdict == geo::Verdict::inside;
}

/// Of the time that an honest chip may fail, each of f + 1 beacons gets its part.
double share_of_each(const FenceTask& task) {
  return 1 - task.fail_most / (task.faults + 1.0);
}

/// Operators that prove the zone for the site, each alone.
std::set<std::string> proving_operators(const FenceFacts& facts, std::size_t site) {
  std::set<std::string> out;
  const FenceTask& task = facts.task();
  for (std::size_t beacon = 0; beacon < task.beacons.size(); ++beacon) {
    const double share = facts.share_within({site, beacon}, facts.lone_limit_ms(beacon));
    if (share >= share_of_each(task)) out.insert(task.beacons[beacon].operator_name);
  }
  return out;
}

}  // namespace

double quantile(const std::vector<double>& ascending, double share) {
  if (ascending.empty()) return std::numeric_limits<double>::infinity();
  const double rank = std::ceil(share * static_cast<double>(ascending.size()) - 1e-9);
  const auto at = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return ascending[std::min(at, ascending.size() - 1)];
}

FenceFacts::FenceFacts(const FenceTask& task, const PathLaw& law)
    : task_(task), law_(law), movement_ms_(movement_ms_per_s * task.age_s) {
  for (const SiteDelay& delay : task.measured)
    measured_[{delay.site, delay.beacon}].push_back(delay.rtt_ms);
  for (auto& [leg, delays] : measured_)
    std::ranges::sort(delays);
  beacon_depth_.reserve(task.beacons.size());
  for (const FenceBeacon& beacon : task.beacons)
    beacon_depth_.push_back(depth_km(task.zone, beacon.place));
  site_depth_.reserve(task.sites.size());
  for (const FenceSite& site : task.sites)
    site_depth_.push_back(depth_km(task.zone, site.place));
}

double FenceFacts::km_of(const FenceLeg& leg) const {
  return geo::distance(task_.sites[leg.site].place, task_.beacons[leg.beacon].place).value / 1000;
}

double FenceFacts::share_within(const FenceLeg& leg, double limit_ms) const {
  const double rtt_ms = limit_ms - movement_ms_;
  const auto found = measured_.find(leg);
  if (found == measured_.end()) return law_.share_within(km_of(leg), rtt_ms);
  const auto past = std::ranges::upper_bound(found->second, rtt_ms);
  return static_cast<double>(past - found->second.begin()) /
         static_cast<double>(found->second.size());
}

double FenceFacts::limit_ms(const FenceLeg& leg, double share) const {
  const auto found = measured_.find(leg);
  const double rtt_ms =
      found == measured_.end() ? law_.rtt_ms(km_of(leg), share) : quantile(found->second, share);
  return rtt_ms + movement_ms_;
}

double FenceFacts::new_limit_ms(double km, double share) const {
  return law_.most_ms(km, share) + movement_ms_;
}

double depth_km(const geo::Zone& zone, geo::LatLon place) {
  double low = 0;
  double high = depth_most_km;
  while (high - low > depth_step_km) {
    const double middle = (low + high) / 2;
    (disc_lies_in(zone, place, middle) ? low : high) = middle;
  }
  return low;
}

MissingBeacons missing_at(const FenceFacts& facts, std::size_t site) {
  MissingBeacons out;
  const FenceTask& task = facts.task();
  const std::size_t have = proving_operators(facts, site).size();
  const std::size_t needed = std::size_t{task.faults} + 1;
  out.operators = have >= needed ? 0 : needed - have;
  // Wherever the beacon stands within that distance, its disc stays within the zone: its radius and
  // its distance together are no more than the site's depth. The last kilometre is left to spare,
  // since a compiled limit is found to 0.1 km and a whole microsecond.
  const double depth = facts.site_depth_km(site) - 1;
  const auto reach_km = [&](double km) {
    return task.speed.km_per_ms * facts.new_limit_ms(km, share_of_each(task)) / 2;
  };
  const auto fits = [&](double km) { return km + reach_km(km) <= depth; };
  if (!fits(0)) return out;
  double low = 0;
  double high = depth;
  while (high - low > depth_step_km) {
    const double middle = (low + high) / 2;
    (fits(middle) ? low : high) = middle;
  }
  out.possible = true;
  out.within_km = low;
  out.rtt_ms = 2 * (depth - low) / task.speed.km_per_ms;
  return out;
}

Outcome<void> check_sites(const FenceFacts& facts) {
  const FenceTask& task = facts.task();
  for (std::size_t site = 0; site < task.sites.size(); ++site)
    if (facts.site_depth_km(site) <= 0) {
      return refuse(errc::locate_fence_site, task.sites[site].id);
    }
  return {};
}

}  // namespace daymark::locate
