#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/locate/fence.h"

namespace daymark::locate {

namespace {

using FenceJson = nlohmann::ordered_json;

double two_digits(double value) {
  return std::round(value * 100) / 100;
}

/// Distances that must not be exceeded are rounded down.
double floor_tenths(double km) {
  return std::floor(km * 10) / 10;
}

FenceJson choice_json(const FenceChoice& choice) {
  FenceJson clauses = FenceJson::array();
  for (const FenceLimit& limit : choice.limits)
    clauses.push_back({{"beacon", limit.beacon}, {"rtt_us", limit.rtt_us}});
  return {{"needed", choice.needed}, {"clauses", std::move(clauses)}};
}

FenceJson fence_json(const CompiledFence& fence, const FenceTask& task) {
  FenceJson alternatives = FenceJson::array();
  for (const FenceChoice& choice : fence.choices)
    alternatives.push_back(choice_json(choice));
  return {{"faults", task.faults}, {"alternatives", std::move(alternatives)}};
}

FenceJson missing_json(const std::optional<MissingBeacons>& missing) {
  if (!missing) return nullptr;
  FenceJson out{{"operators", missing->operators}, {"possible", missing->possible}};
  if (!missing->possible) return out;
  out["within_km"] = floor_tenths(missing->within_km);
  out["rtt_ms"] = two_digits(std::floor(missing->rtt_ms * 100) / 100);
  return out;
}

std::string missing_text(const MissingBeacons& missing, const FenceSite& site) {
  if (missing.operators == 0) {
    return fmt::format("no beacon is missing for {}, but the fence has no alternative left",
                       site.id);
  }
  if (!missing.possible)
    return fmt::format("no beacon, however near to {}, would be answered soon enough", site.id);
  return fmt::format(
      "missing: beacons of {} further operators within {:.1f} km of {}, answered "
      "within {:.2f} ms",
      missing.operators, floor_tenths(missing.within_km), site.id,
      std::floor(missing.rtt_ms * 100) / 100);
}

std::string dump(const FenceJson& json) {
  return json.dump(2, ' ', false, FenceJson::error_handler_t::replace);
}

}  // namespace

std::string terms_of(const CompiledFence& fence, const FenceTask& task) {
  return fence.holds() ? dump(fence_json(fence, task)) : "null";
}

std::string to_json(const CompiledFence& fence, const FenceTask& task) {
  FenceJson out;
  out["zone"] = task.zone.describe();
  out["speed_km_per_ms"] = task.speed.km_per_ms;
  out["holds"] = fence.holds();
  // What honest chips would fail is shown, but not under the name by which terms take it.
  out["fence"] = fence.holds() ? fence_json(fence, task) : FenceJson();
  if (!fence.holds()) out["refused"] = fence_json(fence, task);
  out["sites"] = FenceJson::array();
  for (const SiteFence& site : fence.sites) {
    out["sites"].push_back({{"id", task.sites[site.site].id},
                            {"alternative", site.choice ? FenceJson(*site.choice) : FenceJson()},
                            {"fails", std::ceil(site.fails * 1e4) / 1e4},
                            {"measured", site.measured},
                            {"depth_km", floor_tenths(site.depth_km)},
                            {"missing", missing_json(site.missing)}});
  }
  out["receipts_age_s"] = task.age_s;
  out["proves"] = "that the key answered from within the zone when the receipts were made";
  out["cannot_prove"] =
      "where the chip is whose key was copied, or that more operators than the "
      "stated number did not lie";
  return dump(out);
}

std::string to_text(const CompiledFence& fence, const FenceTask& task) {
  std::string out =
      fmt::format("fence {}: {} alternatives, operators that may lie: {}, {:.1f} km/ms\n",
                  task.zone.describe(), fence.choices.size(), task.faults, task.speed.km_per_ms);
  for (const FenceChoice& choice : fence.choices) {
    out += fmt::format("  at least {} of:", choice.needed);
    for (const FenceLimit& limit : choice.limits)
      out += fmt::format(" {} <= {:.3f} ms", task.beacons[limit.beacon].id, limit.rtt_us / 1000.0);
    out += '\n';
  }
  for (const SiteFence& site : fence.sites) {
    const FenceSite& named = task.sites[site.site];
    out += fmt::format("{}: honest chips fail {:.1f}% of the time ({}); {:.0f} km to the edge\n",
                       named.id, 100 * site.fails,
                       site.measured > 0 ? "as measured" : "by the law of paths",
                       std::floor(site.depth_km));
    if (site.missing) out += "  " + missing_text(*site.missing, named) + '\n';
  }
  out += fence.holds() ? "the fence holds: it proves that a key answers from within, as long as no "
                         "more operators lie\n"
                       : "refused: honest chips would fail it too often\n";
  return out;
}

std::string to_json(const FencePlan& plan, const FenceTask& task) {
  FenceJson out;
  out["zone"] = task.zone.describe();
  out["posts"] = FenceJson::array();
  for (const PlannedPost& post : plan.posts) {
    FenceJson serves = FenceJson::array();
    for (const std::size_t site : post.serves)
      serves.push_back(task.sites[site].id);
    out["posts"].push_back({{"near", post.near},
                            {"lat", post.place.latitude()},
                            {"lon", post.place.longitude()},
                            {"operators", post.operators},
                            {"serves", std::move(serves)},
                            {"cost", two_digits(post.cost)}});
  }
  out["sites"] = FenceJson::array();
  for (const SitePlan& site : plan.sites) {
    out["sites"].push_back({{"id", task.sites[site.site].id},
                            {"depth_km", floor_tenths(site.depth_km)},
                            {"missing", missing_json(site.missing)},
                            {"post", site.post ? FenceJson(*site.post) : FenceJson()},
                            {"cost", two_digits(site.cost)}});
  }
  out["cost"] = two_digits(plan.cost);
  return dump(out);
}

std::string to_text(const FencePlan& plan, const FenceTask& task) {
  std::string out = fmt::format("plan for {}: {} posts, cost {:g}\n", task.zone.describe(),
                                plan.posts.size(), plan.cost);
  for (const PlannedPost& post : plan.posts) {
    out += fmt::format("  at {}: beacons of {} operators for {} sites, cost {:g}\n", post.near,
                       post.operators, post.serves.size(), post.cost);
  }
  for (const SitePlan& site : plan.sites) {
    const FenceSite& named = task.sites[site.site];
    out += fmt::format("{}: {:.0f} km to the edge, ", named.id, std::floor(site.depth_km));
    out += site.missing.operators == 0
               ? "enough beacons stand already\n"
               : fmt::format("{}; cost {:g}\n", missing_text(site.missing, named), site.cost);
  }
  return out;
}

}  // namespace daymark::locate
