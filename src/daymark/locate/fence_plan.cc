#include <algorithm>

#include "daymark/locate/fence_internal.h"

namespace daymark::locate {

namespace {

/// Chooses posts one after the other.
class FencePlanner {
 public:
  FencePlanner(const FenceFacts& facts, double cost) : task_(facts.task()), cost_(cost) {
    plan_.sites.reserve(task_.sites.size());
    for (std::size_t site = 0; site < task_.sites.size(); ++site) {
      SitePlan one;
      one.site = site;
      one.depth_km = facts.site_depth_km(site);
      one.missing = missing_at(facts, site);
      plan_.sites.push_back(one);
    }
  }

  FencePlan plan() {
    for (std::size_t at = next_post(); at < task_.sites.size(); at = next_post())
      add_post(at);
    for (const PlannedPost& post : plan_.posts)
      plan_.cost += post.cost;
    return plan_;
  }

 private:
  [[nodiscard]] bool is_open(const SitePlan& site) const {
    return !site.post && site.missing.operators > 0 && site.missing.possible;
  }

  [[nodiscard]] bool serves(std::size_t post, const SitePlan& site) const {
    const double km =
        geo::distance(task_.sites[post].place, task_.sites[site.site].place).value / 1000;
    return is_open(site) && km <= site.missing.within_km;
  }

  /// The open site at which a post serves most chips; past the end if none is open.
  [[nodiscard]] std::size_t next_post() const {
    std::size_t best = task_.sites.size();
    double most = -1;
    for (std::size_t at = 0; at < task_.sites.size(); ++at) {
      if (!is_open(plan_.sites[at])) continue;
      double chips = 0;
      for (const SitePlan& site : plan_.sites)
        if (serves(at, site)) chips += task_.sites[site.site].chips;
      if (chips > most) best = at;
      most = std::max(most, chips);
    }
    return best;
  }

  void add_post(std::size_t at) {
    PlannedPost post;
    post.place = task_.sites[at].place;
    post.near = task_.sites[at].id;
    double chips = 0;
    for (const SitePlan& site : plan_.sites) {
      if (!serves(at, site)) continue;
      post.serves.push_back(site.site);
      post.operators = std::max(post.operators, site.missing.operators);
      chips += task_.sites[site.site].chips;
    }
    post.cost = cost_ * static_cast<double>(post.operators);
    for (const std::size_t site : post.serves) {
      plan_.sites[site].post = plan_.posts.size();
      plan_.sites[site].cost = post.cost * task_.sites[site].chips / chips;
    }
    plan_.posts.push_back(std::move(post));
  }

  const FenceTask& task_;
  double cost_;
  FencePlan plan_;
};

}  // namespace

Outcome<FencePlan> plan_fence(const FenceTask& task, const PathLaw& law, double cost_of_beacon) {
  const FenceFacts facts(task, law);
  DAYMARK_CHECK(check_sites(facts));
  return FencePlanner(facts, cost_of_beacon).plan();
}

}  // namespace daymark::locate
