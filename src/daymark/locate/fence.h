// Fences: lists of alternatives "at least k of these (beacon, round trip)" that a chip checks by
// itself (PROTOCOL §9.5), compiled for a zone, and plans for beacons that are missing
// (docs/formats/fence.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/geo/region.h"
#include "daymark/geo/zone.h"
#include "daymark/locate/options.h"
#include "daymark/locate/path_law.h"

namespace daymark::locate {

/// A beacon at its stated place, in the order of the charter: a clause names it by its position.
struct FenceBeacon {
  std::string id;
  geo::LatLon place;
  std::string operator_name;
};

/// A place where chips are declared to be.
struct FenceSite {
  std::string id;
  geo::LatLon place;
  double chips = 1;
};

/// "id,lat,lon,operator" and "id,lat,lon,chips". Errors: errc::csv_malformed,
/// errc::place_malformed, errc::locate_node_duplicate, errc::locate_table_size.
[[nodiscard]] Outcome<std::vector<FenceBeacon>> parse_beacons(std::string_view text,
                                                              const std::string& subject);
[[nodiscard]] Outcome<std::vector<FenceSite>> parse_sites(std::string_view text,
                                                          const std::string& subject);

struct FenceLimit {
  std::size_t beacon = 0;
  std::uint32_t rtt_us = 0;
};

/// At least `needed` of the limits must be kept.
struct FenceChoice {
  std::size_t needed = 0;
  std::vector<FenceLimit> limits;
};

/// One round trip between a site and a beacon, as chips there measure it; several show how it
/// varies.
struct SiteDelay {
  std::size_t site = 0;
  std::size_t beacon = 0;
  double rtt_ms = 0;
};

/// What a fence is compiled from. The zone's edge is judged at `speed`, which is that of light
/// wherever somebody else may own the path.
struct FenceTask {
  geo::Zone zone;
  std::vector<FenceBeacon> beacons;
  std::vector<FenceSite> sites;
  std::uint32_t faults = 1;  // operators of beacons that may lie
  Speed speed = light;
  double fail_most = 0.05;            // of the time, at each site
  double age_s = 60;                  // of a receipt when a chip asks for a permit, at most
  std::vector<SiteDelay> measured{};  // where given for a site and beacon, instead of the path law
};

/// "site,beacon,rtt_ms" in names of the task. Errors: errc::csv_malformed, errc::locate_delay,
/// errc::locate_row_node, errc::locate_table_size.
[[nodiscard]] Outcome<std::vector<SiteDelay>> parse_site_delays(std::string_view text,
                                                                const FenceTask& task,
                                                                const std::string& subject);

/// Whether every set of limits that satisfies the choice proves the zone: for each `needed` of them
/// and any `faults` operators struck out, the other discs lie in the zone and have a place in
/// common. At most 8 limits.
[[nodiscard]] bool is_sound(const FenceChoice& choice, const FenceTask& task);

/// What is missing at a site that the fence would fail.
struct MissingBeacons {
  std::size_t operators = 0;  // further ones that are needed
  double within_km = 0;       // of the site; 0 and `possible` false where none would do
  double rtt_ms = 0;          // and that must be answered within
  bool possible = false;
};

struct SiteFence {
  std::size_t site = 0;
  std::optional<std::size_t> choice;  // the best of the fence's
  double fails = 1;                   // share of the time that an honest chip fails it
  double depth_km = 0;                // from the site to the zone's edge
  std::size_t measured = 0;           // limits of that choice that rest on measured delays
  std::optional<MissingBeacons> missing;
};

struct CompiledFence {
  std::vector<FenceChoice> choices;  // at most 8, each sound
  std::vector<SiteFence> sites;

  /// Whether honest chips at every site pass often enough.
  [[nodiscard]] bool holds() const;
};

/// Errors: errc::locate_fence_site for a site outside the zone, errc::locate_fence_beacons for more
/// than 8 beacons, which is what a licence names.
[[nodiscard]] Outcome<CompiledFence> compile_fence(const FenceTask& task, const PathLaw& law);

/// One place where beacons of `operators` different operators should stand.
struct PlannedPost {
  geo::LatLon place;
  std::string near;  // id of the site it stands at
  std::size_t operators = 0;
  std::vector<std::size_t> serves;  // sites
  double cost = 0;
};

struct SitePlan {
  std::size_t site = 0;
  double depth_km = 0;
  MissingBeacons missing;
  std::optional<std::size_t> post;  // that serves it; none where nothing is missing or helps
  double cost = 0;                  // its share of the post's cost, by chips
};

struct FencePlan {
  std::vector<PlannedPost> posts;
  std::vector<SitePlan> sites;
  double cost = 0;
};

/// Where beacons would have to stand so that the sites can be proven inside the zone; posts are
/// chosen at sites, the one that serves most chips first. Errors: those of compile_fence.
[[nodiscard]] Outcome<FencePlan> plan_fence(const FenceTask& task, const PathLaw& law,
                                            double cost_of_beacon);

/// The member "fence" of a batch's terms (docs/formats/api.md); "null" for one that does not hold.
[[nodiscard]] std::string terms_of(const CompiledFence& fence, const FenceTask& task);

[[nodiscard]] std::string to_json(const CompiledFence& fence, const FenceTask& task);
[[nodiscard]] std::string to_text(const CompiledFence& fence, const FenceTask& task);
[[nodiscard]] std::string to_json(const FencePlan& plan, const FenceTask& task);
[[nodiscard]] std::string to_text(const FencePlan& plan, const FenceTask& task);

}  // namespace daymark::locate
