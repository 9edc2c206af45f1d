#include "daymark/locate/suspects.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/geo/region.h"
#include "daymark/locate/cover_internal.h"
#include "daymark/locate/locate.h"
#include "daymark/locate/verdict_internal.h"

namespace daymark::locate {

namespace {

using SuspectJson = nlohmann::ordered_json;

// Far above the rounding of a geodesic; a contradiction is an accusation.
constexpr double slack_km = 0.001;

/// Sorts nodes into certain and possible suspects.
class Accusation {
 public:
  Accusation(const DelayMatrix& matrix, Speed speed)
      : matrix_(matrix),
        speed_(speed),
        pairs_(contradictions_of(matrix, speed)),
        graph_(matrix.nodes.nodes().size()) {
    for (const Contradiction& pair : pairs_)
      graph_.add(pair.source, pair.target);
  }

  SuspectReport report() {
    SuspectReport out;
    out.contradictions = pairs_.size();
    const auto least = graph_.smallest();
    out.exact = least.has_value();
    std::vector<bool> suspected(matrix_.nodes.nodes().size());
    for (std::size_t node = 0; node < suspected.size(); ++node) {
      if (graph_.degree(node) == 0) continue;
      ++out.contradicted;
      const auto doubt = least ? doubt_of(node, *least, out) : std::optional(Doubt::possible);
      if (!doubt) continue;
      suspected[node] = true;
      out.suspects.push_back({node, *doubt, evidence_of(node), std::nullopt, 0});
    }
    out.least_wrong = least.value_or(0);
    for (Suspect& suspect : out.suspects)
      place_anew(suspected, suspect);
    std::ranges::sort(out.suspects, {}, [](const Suspect& s) {
      return std::tuple(s.doubt, -static_cast<std::ptrdiff_t>(s.evidence.size()), s.node);
    });
    return out;
  }

 private:
  std::optional<Doubt> doubt_of(std::size_t node, std::size_t least, SuspectReport& report) {
    const auto with = graph_.smallest_with(node);
    const auto without = graph_.smallest_without(node);
    if (!with || !without) {
      report.exact = false;
      return Doubt::possible;
    }
    if (*with > least) return std::nullopt;
    return *without > least ? Doubt::certain : Doubt::possible;
  }

  [[nodiscard]] std::vector<Contradiction> evidence_of(std::size_t node) const {
    std::vector<Contradiction> out;
    for (const Contradiction& pair : pairs_)
      if (pair.source == node || pair.target == node) out.push_back(pair);
    std::ranges::sort(out, {}, [](const Contradiction& c) {
      return std::tuple(c.reach_km - c.apart_km, c.source, c.target);
    });
    return out;
  }

  /// Where the landmarks that nobody suspects allow it to be.
  void place_anew(const std::vector<bool>& suspected, Suspect& suspect) const {
    std::vector<Measurement> sound;
    for (Measurement& one : measurements_of(matrix_, suspect.node))
      if (!suspected[matrix_.nodes.find(one.id)]) sound.push_back(std::move(one));
    Question question{.zone = geo::Zone::any_of({})};
    question.speed = speed_;
    const auto discs = discs_for(sound, question);
    if (!discs || discs->empty()) return;
    const auto region = geo::Region::of(*discs, 0);
    const auto shape = region ? region->measure() : std::nullopt;
    if (!shape) return;
    suspect.allowed = RegionReport{shape->area_m2 / 1e6, shape->centroid, shape->radius_m / 1000};
    const geo::LatLon declared = matrix_.nodes.nodes()[suspect.node].place;
    suspect.off_km = std::max(0.0, region->excess_m(declared) / 1000);
  }

  const DelayMatrix& matrix_;
  Speed speed_;
  std::vector<Contradiction> pairs_;
  ConflictGraph graph_;
};

std::string_view doubt_name(Doubt doubt) {
  return doubt == Doubt::certain ? "certain" : "possible";
}

double tenths(double value) {
  return std::round(value * 10) / 10;
}

SuspectJson evidence_json(const Suspect& suspect, const std::vector<Node>& nodes) {
  SuspectJson out = SuspectJson::array();
  for (const Contradiction& pair : suspect.evidence) {
    out.push_back({{"source", nodes[pair.source].id},
                   {"target", nodes[pair.target].id},
                   {"rtt_ms", pair.rtt_ms},
                   {"apart_km", tenths(pair.apart_km)},
                   {"reach_km", tenths(pair.reach_km)}});
  }
  return out;
}

}  // namespace

std::vector<Contradiction> contradictions_of(const DelayMatrix& matrix, Speed speed) {
  const std::vector<Node>& nodes = matrix.nodes.nodes();
  std::vector<Contradiction> out;
  for (const Delay& delay : matrix.delays) {
    const double apart =
        geo::distance(nodes[delay.source].place, nodes[delay.target].place).value / 1000;
    const double reach = speed.km_per_ms * delay.rtt_ms / 2;
    if (apart > reach + slack_km)
      out.push_back({delay.source, delay.target, delay.rtt_ms, apart, reach});
  }
  return out;
}

SuspectReport find_suspects(const DelayMatrix& matrix, Speed speed) {
  return Accusation(matrix, speed).report();
}

std::string to_json(const SuspectReport& report, const DelayMatrix& matrix) {
  const std::vector<Node>& nodes = matrix.nodes.nodes();
  SuspectJson out;
  out["contradictions"] = report.contradictions;
  out["contradicted_nodes"] = report.contradicted;
  out["least_wrong"] = report.least_wrong;
  out["exact"] = report.exact;
  out["suspects"] = SuspectJson::array();
  for (const Suspect& suspect : report.suspects) {
    const Node& node = nodes[suspect.node];
    SuspectJson one{{"id", node.id},
                    {"city", node.city},
                    {"country", node.country},
                    {"doubt", doubt_name(suspect.doubt)},
                    {"beyond_km", tenths(suspect.off_km)},
                    {"allowed", nullptr},
                    {"evidence", evidence_json(suspect, nodes)}};
    if (suspect.allowed) {
      one["allowed"] = {{"lat", suspect.allowed->centroid.latitude()},
                        {"lon", suspect.allowed->centroid.longitude()},
                        {"radius_km", tenths(suspect.allowed->radius_km)}};
    }
    out["suspects"].push_back(std::move(one));
  }
  return out.dump(2, ' ', false, SuspectJson::error_handler_t::replace);
}

std::string to_text(const SuspectReport& report, const DelayMatrix& matrix) {
  if (report.suspects.empty()) return "no declared place is contradicted\n";
  const std::vector<Node>& nodes = matrix.nodes.nodes();
  std::string out = fmt::format(
      "{} pairs of {} nodes are farther apart than their delays allow; at least {} declared places "
      "are wrong, or a delay is\n",
      report.contradictions, report.contradicted, report.least_wrong);
  for (const Suspect& suspect : report.suspects) {
    const Node& node = nodes[suspect.node];
    const Contradiction& worst = suspect.evidence.front();
    const std::size_t other = worst.source == suspect.node ? worst.target : worst.source;
    out += fmt::format(
        "  {:<8} {} ({}, {}): {} contradictions; {:.3f} ms from {} ({}), {:.0f} km "
        "away by declaration, {:.0f} km at most\n",
        doubt_name(suspect.doubt), node.id, node.city, node.country, suspect.evidence.size(),
        worst.rtt_ms, nodes[other].id, nodes[other].city, worst.apart_km, worst.reach_km);
    if (!suspect.allowed) continue;
    out +=
        fmt::format("           the landmarks beyond suspicion allow it within {:.0f} km of {}\n",
                    std::ceil(suspect.allowed->radius_km), to_text(suspect.allowed->centroid));
  }
  out +=
      "certain: every smallest set of wrong places that explains all this holds the node.\n"
      "possible: some do; delays can't tell which end is wrong.\n";
  return out;
}

}  // namespace daymark::locate
