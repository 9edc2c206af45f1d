#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/locate/evaluate.h"

namespace daymark::locate {

namespace {

using EvaluationJson = nlohmann::ordered_json;

std::string_view word_of(ZoneKind kind) {
  if (kind == ZoneKind::around) return "around";
  return kind == ZoneKind::beside ? "beside" : "country";
}

double share_of(std::size_t part, std::size_t whole) {
  if (whole == 0) return 0;
  return std::round(1e4 * static_cast<double>(part) / static_cast<double>(whole)) / 1e4;
}

double short_number(double value) {
  return std::round(value * 1e4) / 1e4;
}

/// A bound is rounded up.
double bound_of(double share) {
  return std::ceil(share * 1e4) / 1e4;
}

EvaluationJson zone_json(const ZoneTally& zone) {
  return {{"kind", word_of(zone.kind)},
          {"zone", zone.name},
          {"nodes", zone.nodes()},
          {"inside", share_of(zone.inside, zone.nodes())},
          {"outside", share_of(zone.outside, zone.nodes())},
          {"undecided", share_of(zone.undecided, zone.nodes())},
          {"nodes_in", zone.lies_in},
          {"inside_of_those_in", share_of(zone.inside_true, zone.lies_in)},
          {"outside_of_those_out", share_of(zone.outside_true, zone.nodes() - zone.lies_in)},
          {"false_inside", zone.inside_false},
          {"false_outside", zone.outside_false},
          {"false_at_most", bound_of(upper_bound_95(zone.wrong(), zone.nodes()))}};
}

EvaluationJson spread_json(const Spread& spread) {
  return {{"median", short_number(spread.median)}, {"p90", short_number(spread.p90)}};
}

EvaluationJson estimate_json(const EstimateTally& tally) {
  return {{"grants", "nothing"},
          {"nodes", tally.error_km.count},
          {"error_km", spread_json(tally.error_km)},
          {"nearest_landmark_error_km", spread_json(tally.nearest_km)},
          {"held_by_50", short_number(tally.held50)},
          {"held_by_90", short_number(tally.held90)},
          {"area_50_km2", spread_json(tally.area50_km2)},
          {"area_90_km2", spread_json(tally.area90_km2)}};
}

std::string zone_line(const ZoneTally& zone) {
  const auto percent = [](std::size_t part, std::size_t whole) {
    return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  };
  return fmt::format(
      "{:<8} {:<8} {:6.1f}% {:6.1f}% {:6.1f}%   {:4} of {:4} in, {:4} of {:4} out   {} "
      "(at most {:.2f}%)\n",
      word_of(zone.kind), zone.name, percent(zone.inside, zone.nodes()),
      percent(zone.outside, zone.nodes()), percent(zone.undecided, zone.nodes()), zone.inside_true,
      zone.lies_in, zone.outside_true, zone.nodes() - zone.lies_in, zone.wrong(),
      100 * bound_of(upper_bound_95(zone.wrong(), zone.nodes())));
}

std::string estimate_text(const EstimateTally& tally) {
  return fmt::format(
      "estimate (grants nothing): error median {:.0f} km, 90 % {:.0f} km; at the quickest landmark "
      "{:.0f} and {:.0f}\n  50 % regions hold {:.1f}%, median {:.0f} km2; 90 % regions hold "
      "{:.1f}%, median {:.0f} km2\n",
      tally.error_km.median, tally.error_km.p90, tally.nearest_km.median, tally.nearest_km.p90,
      100 * tally.held50, tally.area50_km2.median, 100 * tally.held90, tally.area90_km2.median);
}

}  // namespace

std::string to_json(const Evaluation& evaluation) {
  EvaluationJson out;
  out["nodes"] = evaluation.nodes;
  out["rows"] = evaluation.rows;
  out["speed_km_per_ms"] = evaluation.request.speed.km_per_ms;
  out["faults"] = evaluation.request.faults;
  out["landmarks"] = to_text(evaluation.request.selection);
  out["zones"] = EvaluationJson::array();
  for (const ZoneTally& zone : evaluation.zones)
    out["zones"].push_back(zone_json(zone));
  out["not_in_mainland_china"] = {
      {"nodes", evaluation.exclusion.nodes},
      {"proven", share_of(evaluation.exclusion.proven, evaluation.exclusion.nodes)},
      {"straddling", share_of(evaluation.exclusion.straddling, evaluation.exclusion.nodes)}};
  out["false_nodes"] = evaluation.wrong;
  out["false_at_most"] = bound_of(evaluation.wrong_bound());
  out["refuted_nodes"] = evaluation.refuted;
  out["region_km2"] = spread_json(evaluation.region_km2);
  out["verdict_ms"] = spread_json(evaluation.verdict_ms);
  out["verdict_ms"]["p99"] = short_number(evaluation.verdict_p99_ms);
  out["estimate"] = nullptr;
  if (evaluation.estimate) out["estimate"] = estimate_json(*evaluation.estimate);
  return out.dump(2, ' ', false, EvaluationJson::error_handler_t::replace);
}

std::string to_text(const Evaluation& evaluation) {
  std::string out = fmt::format(
      "{} nodes, {} delays; {:.1f} km/ms, {} faulty operators, landmarks {}\n"
      "zone              inside outside undecided  proven where declared          false\n",
      evaluation.nodes, evaluation.rows, evaluation.request.speed.km_per_ms,
      evaluation.request.faults, to_text(evaluation.request.selection));
  for (const ZoneTally& zone : evaluation.zones)
    out += zone_line(zone);
  out += fmt::format(
      "proven not in mainland China: {} of {} nodes elsewhere; of {}, the "
      "delays allow both\n",
      evaluation.exclusion.proven, evaluation.exclusion.nodes, evaluation.exclusion.straddling);
  out += fmt::format("nodes with a false verdict: {} (so at most {:.2f}% at 95 % confidence)\n",
                     evaluation.wrong.size(), 100 * bound_of(evaluation.wrong_bound()));
  out += fmt::format("nodes with an empty region: {}\n", evaluation.refuted.size());
  out += fmt::format("a verdict takes {:.2f} ms, 99 % {:.2f} ms\n", evaluation.verdict_ms.median,
                     evaluation.verdict_p99_ms);
  if (evaluation.region_km2.count > 0)
    out += fmt::format("region: median {:.0f} km2\n", evaluation.region_km2.median);
  if (evaluation.estimate) out += estimate_text(*evaluation.estimate);
  return out;
}

}  // namespace daymark::locate
