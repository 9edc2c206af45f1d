#include "daymark/locate/evaluate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <utility>

#include <fmt/format.h>

#include "daymark/geo/land.h"
#include "daymark/locate/calibration_internal.h"
#include "daymark/locate/locate.h"
#include "daymark/locate/parallel_internal.h"
#include "daymark/locate/verdict_internal.h"

namespace daymark::locate {

namespace {

constexpr double metres_each_km = 1000;
constexpr std::string_view excluded_code = "CN";
// Declared there, a node is left out of the figure about exclusion, whatever the borders say.
constexpr std::array<std::string_view, 4> left_out_codes{"CN", "HK", "MO", "TW"};

bool is_left_out(std::string_view country) {
  return std::ranges::find(left_out_codes, country) != left_out_codes.end();
}

/// Milliseconds of processor time of this thread.
double thread_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

/// A zone that one node is asked about, and whether the node is declared to be in it.
struct Asked {
  geo::Zone zone;
  bool lies_in = false;
};

/// What came of one node.
struct NodeResult {
  bool judged = false;
  bool refuted = false;
  bool in_excluded = false;
  geo::Finding excluded;
  std::vector<geo::Verdict> verdicts;  // in the order of the tallies
  std::vector<bool> lies_in;
  std::vector<double> times_ms;
  std::optional<double> area_km2;
};

class Evaluator {
 public:
  Evaluator(const DelayMatrix& matrix, const EvaluateRequest& request)
      : matrix_(matrix), request_(request), question_{.zone = geo::Zone::any_of({})} {
    question_.speed = request.speed;
    question_.faults = request.faults;
  }

  Outcome<void> prepare(const geo::Borders& borders) {
    for (const double km : request_.within_km) {
      const Metres radius{km * metres_each_km};
      DAYMARK_CHECK(about(geo::Zone::within(geo::LatLon{}, radius), fmt::format("{:g} km", km)));
    }
    for (const std::string& code : request_.countries) {
      DAYMARK_TRY(geo::Country country, about(borders.country(code), code));
      countries_.push_back(std::move(country));
    }
    DAYMARK_TRY(geo::Country excluded, about(borders.country(excluded_code), "CN"));
    excluded_ = std::move(excluded);
    results_.resize(matrix_.nodes.nodes().size());
    return {};
  }

  [[nodiscard]] std::size_t size() const { return results_.size(); }

  Outcome<void> judge_node(std::size_t node) {
    const std::vector<Measurement> used =
        selected_of(measurements_of(matrix_, node), request_.selection);
    if (used.empty()) return {};
    NodeResult& out = results_[node];
    out.judged = true;
    for (const Asked& asked : zones_about(node)) {
      DAYMARK_TRY(const geo::Finding finding, ask(used, asked.zone, out));
      out.verdicts.push_back(finding.verdict);
      out.lies_in.push_back(asked.lies_in);
    }
    out.in_excluded = excluded_->contains(place_of_node(node));
    DAYMARK_TRY(out.excluded, ask(used, geo::Zone::in(*excluded_), out));
    if (!request_.estimates) return {};
    DAYMARK_TRY(const std::vector<geo::Disc> discs, discs_for(used, question_));
    DAYMARK_TRY(const geo::Region region, geo::Region::of(discs, request_.faults));
    const auto shape = discs.size() > request_.faults ? region.measure() : std::nullopt;
    if (shape) out.area_km2 = shape->area_m2 / 1e6;
    return {};
  }

  [[nodiscard]] Evaluation finish() const {
    Evaluation out;
    out.request = request_;
    out.rows = matrix_.delays.size();
    out.zones = empty_tallies();
    std::vector<double> times;
    std::vector<double> areas;
    for (std::size_t node = 0; node < results_.size(); ++node) {
      const NodeResult& result = results_[node];
      if (!result.judged) continue;
      ++out.nodes;
      count(node, out);
      times.insert(times.end(), result.times_ms.begin(), result.times_ms.end());
      if (result.area_km2) areas.push_back(*result.area_km2);
    }
    out.verdict_p99_ms = percentile(times, 0.99);
    out.verdict_ms = spread_of(times);
    out.region_km2 = spread_of(areas);
    return out;
  }

 private:
  [[nodiscard]] geo::LatLon place_of_node(std::size_t node) const {
    return matrix_.nodes.nodes()[node].place;
  }

  /// Around each place and twice the radius beside it, in a direction that changes with the node.
  [[nodiscard]] std::vector<Asked> zones_about(std::size_t node) const {
    const geo::LatLon place = place_of_node(node);
    const double azimuth = std::fmod(77.0 + 137.5 * static_cast<double>(node), 360) - 180;
    std::vector<Asked> out;
    for (const double km : request_.within_km) {
      const Metres radius{km * metres_each_km};
      const geo::LatLon beside = geo::destination(place, azimuth, Metres{2 * radius.value});
      for (const geo::LatLon centre : {place, beside}) {
        const auto zone = geo::Zone::within(centre, radius);
        const bool lies_in = geo::distance(centre, place).value <= radius.value;
        out.push_back({zone.value_or(geo::Zone::any_of({})), lies_in});
      }
    }
    for (const geo::Country& country : countries_)
      out.push_back({geo::Zone::in(country), country.contains(place)});
    return out;
  }

  /// One verdict as a user would get it, with its time.
  [[nodiscard]] Outcome<geo::Finding> ask(const std::vector<Measurement>& used,
                                          const geo::Zone& zone, NodeResult& out) const {
    const double start = thread_ms();
    DAYMARK_TRY(const std::vector<geo::Disc> discs, discs_for(used, question_));
    DAYMARK_TRY(const geo::Region region, geo::Region::of(discs, request_.faults));
    geo::Finding finding = region.decide(zone);
    out.times_ms.push_back(thread_ms() - start);
    out.refuted = out.refuted || finding.ground == geo::Ground::refuted;
    return finding;
  }

  [[nodiscard]] std::vector<ZoneTally> empty_tallies() const {
    std::vector<ZoneTally> out;
    for (const double km : request_.within_km) {
      for (const ZoneKind kind : {ZoneKind::around, ZoneKind::beside}) {
        ZoneTally tally;
        tally.kind = kind;
        tally.name = fmt::format("{:g} km", km);
        out.push_back(std::move(tally));
      }
    }
    for (const std::string& code : request_.countries) {
      ZoneTally tally;
      tally.kind = ZoneKind::country;
      tally.name = code;
      out.push_back(std::move(tally));
    }
    return out;
  }

  void count(std::size_t node, Evaluation& out) const {
    const Node& named = matrix_.nodes.nodes()[node];
    const NodeResult& result = results_[node];
    bool wrong = false;
    for (std::size_t i = 0; i < result.verdicts.size(); ++i)
      wrong = add_verdict(result.verdicts[i], result.lies_in[i], named.id, out.zones[i]) || wrong;
    wrong = wrong || (result.excluded.verdict == geo::Verdict::outside && result.in_excluded) ||
            (result.excluded.verdict == geo::Verdict::inside && !result.in_excluded);
    if (wrong) out.wrong.push_back(named.id);
    if (result.refuted) out.refuted.push_back(named.id);
    if (result.in_excluded || is_left_out(named.country)) return;
    ++out.exclusion.nodes;
    out.exclusion.proven += result.excluded.verdict == geo::Verdict::outside ? 1U : 0U;
    out.exclusion.straddling += result.excluded.ground == geo::Ground::straddles ? 1U : 0U;
  }

  /// Whether the verdict was false.
  static bool add_verdict(geo::Verdict verdict, bool lies_in, const std::string& id,
                          ZoneTally& tally) {
    tally.lies_in += lies_in ? 1U : 0U;
    if (verdict == geo::Verdict::undecided) {
      ++tally.undecided;
      return false;
    }
    const bool inside = verdict == geo::Verdict::inside;
    ++(inside ? tally.inside : tally.outside);
    if (inside == lies_in) {
      ++(inside ? tally.inside_true : tally.outside_true);
      return false;
    }
    (inside ? tally.inside_false : tally.outside_false).push_back(id);
    return true;
  }

  const DelayMatrix& matrix_;
  const EvaluateRequest& request_;
  Question question_;
  std::vector<geo::Country> countries_;
  std::optional<geo::Country> excluded_;
  std::vector<NodeResult> results_;
};

}  // namespace

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const double at = share * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, values.size() - 1);
  return std::lerp(values[low], values[high], at - static_cast<double>(low));
}

Spread spread_of(const std::vector<double>& values) {
  return {percentile(values, 0.5), percentile(values, 0.9), values.size()};
}

double upper_bound_95(std::size_t seen, std::size_t trials) {
  if (trials == 0) return 1;
  if (seen == 0) return std::min(1.0, 3.0 / static_cast<double>(trials));
  // Wilson and Hilferty's approximation of the 95 % point of chi square with 2 (seen + 1) degrees
  // of freedom, halved: the exact bound of a Poisson count.
  const double k = static_cast<double>(seen) + 1;
  const double root = 1 - 1 / (9 * k) + 1.6449 / (3 * std::sqrt(k));
  return std::min(1.0, k * root * root * root / static_cast<double>(trials));
}

double Evaluation::wrong_bound() const {
  return upper_bound_95(wrong.size(), nodes);
}

Outcome<Evaluation> evaluate(const DelayMatrix& matrix, const geo::Borders& borders,
                             const EvaluateRequest& request, const Progress& progress) {
  Evaluator evaluator(matrix, request);
  DAYMARK_CHECK(evaluator.prepare(borders));
  const std::size_t verdicts = evaluator.size();
  const geo::Land land(borders);
  const SoftModel model(matrix, land);
  const CalibrationPlan plan = plan_calibration(model);
  const std::size_t all = verdicts + (request.estimates ? plan.tasks.size() : 0);
  const auto tell = [&](std::size_t before) {
    return [&progress, before, all](std::size_t done) {
      if (progress) progress(before + done, all);
    };
  };
  DAYMARK_CHECK(for_each_index(
      verdicts, request.threads, [&](std::size_t i) { return evaluator.judge_node(i); }, tell(0)));
  Evaluation out = evaluator.finish();
  if (!request.estimates) return out;
  CalibrationResults results(plan.tasks.size());
  DAYMARK_CHECK(for_each_index(
      plan.tasks.size(), request.threads,
      [&](std::size_t i) -> Outcome<void> {
        results[i] = run_task(model, plan, i);
        return {};
      },
      tell(verdicts)));
  out.estimate = tally_estimates(matrix, model, plan, results);
  return out;
}

}  // namespace daymark::locate
