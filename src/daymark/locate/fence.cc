#include "daymark/locate/fence.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "daymark/locate/errors.h"
#include "daymark/locate/fence_internal.h"

namespace daymark::locate {

namespace {

// Discs that touch the edge can be searched for ever; given up, they count as too large.
constexpr geo::CellBudget search_most{3000};
constexpr std::size_t limits_max = 8;    // of a choice: what a licence can hold
constexpr std::size_t choices_max = 8;   // of a fence
constexpr std::size_t spare_most = 2;    // limits of a choice that may be missed
constexpr std::size_t beacons_most = 8;  // of a charter
constexpr double limit_most_ms = 1000;

std::vector<std::uint32_t> operators_of(const FenceTask& task) {
  std::map<std::string, std::uint32_t> known;
  std::vector<std::uint32_t> out;
  out.reserve(task.beacons.size());
  for (const FenceBeacon& beacon : task.beacons) {
    const auto next = static_cast<std::uint32_t>(known.size());
    out.push_back(known.try_emplace(beacon.operator_name, next).first->second);
  }
  return out;
}

/// What the limits at the positions of `chosen` prove together.
geo::Ground ground_of(const FenceChoice& choice, const FenceTask& task, unsigned chosen) {
  const std::vector<std::uint32_t> operators = operators_of(task);
  std::vector<geo::Disc> discs;
  for (std::size_t i = 0; i < choice.limits.size(); ++i) {
    if (((chosen >> i) & 1U) == 0) continue;
    const FenceLimit& limit = choice.limits[i];
    const double radius_m = task.speed.km_per_ms * limit.rtt_us / 2;
    discs.push_back({task.beacons[limit.beacon].place, radius_m, operators[limit.beacon]});
  }
  const auto region = geo::Region::of(discs, task.faults);
  return region ? region->decide(task.zone, search_most).ground : geo::Ground::unresolved;
}

/// Whether all sets of `needed` limits have a ground that `accepts`.
template <class Accepts>
bool all_sets(const FenceChoice& choice, const FenceTask& task, const Accepts& accepts) {
  if (choice.limits.empty() || choice.limits.size() > limits_max) return false;
  if (choice.needed == 0 || choice.needed > choice.limits.size()) return false;
  const unsigned past = 1U << choice.limits.size();
  for (unsigned chosen = 0; chosen < past; ++chosen) {
    if (static_cast<std::size_t>(std::popcount(chosen)) != choice.needed) continue;
    if (!accepts(ground_of(choice, task, chosen))) return false;
  }
  return true;
}

/// The chance that at least `needed` of independent events with these chances happen.
double chance_of(std::span<const double> chances, std::size_t needed) {
  std::vector<double> count{1};
  for (const double chance : chances) {
    std::vector<double> next(count.size() + 1);
    for (std::size_t i = 0; i < count.size(); ++i) {
      next[i] += count[i] * (1 - chance);
      next[i + 1] += count[i] * chance;
    }
    count = std::move(next);
  }
  return std::accumulate(count.begin() + static_cast<std::ptrdiff_t>(needed), count.end(), 0.0);
}

/// Nearest first, by what a chip at the site usually waits.
std::vector<std::size_t> beacons_near(const FenceFacts& facts, std::size_t site) {
  std::vector<std::size_t> out(facts.task().beacons.size());
  std::iota(out.begin(), out.end(), std::size_t{0});
  std::ranges::stable_sort(out, {},
                           [&](std::size_t beacon) { return facts.limit_ms({site, beacon}, 0.5); });
  return out;
}

/// Of each operator the beacon that proves the zone for the site most often by itself.
std::vector<std::size_t> lone_beacons(const FenceFacts& facts, std::size_t site) {
  std::map<std::string, std::pair<double, std::size_t>> best;
  for (std::size_t beacon = 0; beacon < facts.task().beacons.size(); ++beacon) {
    if (facts.beacon_depth_km(beacon) <= 0) continue;
    const double share = facts.share_within({site, beacon}, facts.lone_limit_ms(beacon));
    auto& one = best[facts.task().beacons[beacon].operator_name];
    if (share > one.first) one = {share, beacon};
  }
  std::vector<std::size_t> out;
  for (const auto& [name, one] : best)
    if (one.first > 0) out.push_back(one.second);
  std::ranges::sort(out);
  return out;
}

class FenceCompiler {
 public:
  explicit FenceCompiler(const FenceFacts& facts) : facts_(facts), task_(facts.task()) {}

  CompiledFence compile() {
    CompiledFence out;
    std::vector<std::size_t> order(task_.sites.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater{},
                             [this](std::size_t i) { return task_.sites[i].chips; });
    for (const std::size_t site : order) {
      if (fails_at(out, site).fails <= task_.fail_most || out.choices.size() == choices_max)
        continue;
      if (auto choice = best_for(site)) out.choices.push_back(std::move(*choice));
    }
    for (std::size_t site = 0; site < task_.sites.size(); ++site)
      out.sites.push_back(judge_site(out, site));
    return out;
  }

 private:
  /// How often an honest chip at the site fails the choice, if paths err independently.
  [[nodiscard]] double fails(const FenceChoice& choice, std::size_t site) const {
    std::vector<double> chances;
    chances.reserve(choice.limits.size());
    for (const FenceLimit& limit : choice.limits)
      chances.push_back(facts_.share_within({site, limit.beacon}, limit.rtt_us / 1000.0));
    return std::max(0.0, 1 - chance_of(chances, choice.needed));
  }

  [[nodiscard]] SiteFence fails_at(const CompiledFence& fence, std::size_t site) const {
    SiteFence out;
    out.site = site;
    for (std::size_t i = 0; i < fence.choices.size(); ++i) {
      const double share = fails(fence.choices[i], site);
      if (share >= out.fails) continue;
      out.fails = share;
      out.choice = i;
    }
    return out;
  }

  [[nodiscard]] SiteFence judge_site(const CompiledFence& fence, std::size_t site) const {
    SiteFence out = fails_at(fence, site);
    out.depth_km = facts_.site_depth_km(site);
    if (out.fails > task_.fail_most) out.missing = missing_at(facts_, site);
    if (!out.choice) return out;
    for (const FenceLimit& limit : fence.choices[*out.choice].limits)
      out.measured += facts_.is_measured({site, limit.beacon}) ? 1U : 0U;
    return out;
  }

  /// The sound choice that the site fails least.
  [[nodiscard]] std::optional<FenceChoice> best_for(std::size_t site) const {
    const std::vector<std::size_t> near = beacons_near(facts_, site);
    std::optional<FenceChoice> best = lone_choice(site);
    double least = best ? fails(*best, site) : 1;
    for (std::size_t count = task_.faults + 1; count <= near.size(); ++count) {
      for (std::size_t spare = 0; spare <= spare_most && least > 0; ++spare) {
        if (count < spare + task_.faults + 1) break;
        auto choice = widest({near.data(), count}, count - spare, site);
        if (!choice || fails(*choice, site) >= least) continue;
        least = fails(*choice, site);
        best = std::move(choice);
      }
    }
    return best;
  }

  /// f + 1 of beacons each of which proves the zone by itself.
  [[nodiscard]] std::optional<FenceChoice> lone_choice(std::size_t site) const {
    FenceChoice out;
    out.needed = std::size_t{task_.faults} + 1;
    for (const std::size_t beacon : lone_beacons(facts_, site)) {
      const double ms = std::min(facts_.lone_limit_ms(beacon), limit_most_ms);
      out.limits.push_back({beacon, static_cast<std::uint32_t>(ms * 1000)});
    }
    if (out.limits.size() < out.needed || !is_sound(out, task_)) return std::nullopt;
    return out;
  }

  [[nodiscard]] FenceChoice scaled(std::span<const std::size_t> beacons, std::size_t needed,
                                   std::size_t site, double factor) const {
    FenceChoice out;
    out.needed = needed;
    out.limits.reserve(beacons.size());
    for (const std::size_t beacon : beacons) {
      const double ms = std::min(facts_.limit_ms({site, beacon}, 0.5) * factor, limit_most_ms);
      out.limits.push_back({beacon, static_cast<std::uint32_t>(ms * 1000)});
    }
    return out;
  }

  /// The usual delays times the greatest factor that is still sound.
  [[nodiscard]] std::optional<FenceChoice> widest(std::span<const std::size_t> beacons,
                                                  std::size_t needed, std::size_t site) const {
    // Shorter limits than usual leave no place in common sooner or later: that is no bar to going
    // wider, but what is emitted must have one.
    const auto bounded = [&](double factor) {
      return all_sets(scaled(beacons, needed, site, factor), task_, [](geo::Ground ground) {
        return ground == geo::Ground::wholly_inside || ground == geo::Ground::refuted;
      });
    };
    // A fence that the usual delay does not keep is of no use.
    double low = 1;
    double high = 6;
    if (!bounded(low)) return std::nullopt;
    for (int round = 0; round < 10; ++round) {
      const double middle = (low + high) / 2;
      (bounded(middle) ? low : high) = middle;
    }
    FenceChoice out = scaled(beacons, needed, site, low);
    if (!is_sound(out, task_)) return std::nullopt;
    return out;
  }

  const FenceFacts& facts_;
  const FenceTask& task_;
};

}  // namespace

bool is_sound(const FenceChoice& choice, const FenceTask& task) {
  return all_sets(choice, task,
                  [](geo::Ground ground) { return ground == geo::Ground::wholly_inside; });
}

bool CompiledFence::holds() const {
  return std::ranges::none_of(sites,
                              [](const SiteFence& site) { return site.missing.has_value(); });
}

Outcome<CompiledFence> compile_fence(const FenceTask& task, const PathLaw& law) {
  if (task.beacons.empty() || task.beacons.size() > beacons_most)
    return refuse(errc::locate_fence_beacons, "beacons");
  const FenceFacts facts(task, law);
  DAYMARK_CHECK(check_sites(facts));
  return FenceCompiler(facts).compile();
}

}  // namespace daymark::locate
