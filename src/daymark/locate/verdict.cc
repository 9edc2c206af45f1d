#include "daymark/locate/verdict.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <span>

#include "daymark/locate/errors.h"
#include "daymark/locate/estimate_internal.h"
#include "daymark/locate/verdict_internal.h"

namespace daymark::locate {

namespace {

constexpr double metres_per_km = 1000;

Errc reason_of(geo::Ground ground) {
  switch (ground) {
    case geo::Ground::wholly_inside: return errc::locate_inside;
    case geo::Ground::wholly_outside: return errc::locate_outside;
    case geo::Ground::straddles: return errc::locate_straddles;
    case geo::Ground::refuted: return errc::locate_assumption_refuted;
    case geo::Ground::unbounded: return errc::locate_too_few_operators;
    case geo::Ground::unresolved: break;
  }
  return errc::locate_unresolved;
}

/// Discs of landmarks or measurements; equal operator names give equal operator numbers.
template <class Items, class RadiusKm>
std::vector<geo::Disc> discs_from(const Items& items, const RadiusKm& radius) {
  std::map<std::string, std::uint32_t> operators;
  std::vector<geo::Disc> out;
  for (const auto& one : items) {
    const auto next = static_cast<std::uint32_t>(operators.size());
    const std::uint32_t owner = operators.try_emplace(one.operator_name, next).first->second;
    out.push_back({one.place, radius(one) * metres_per_km, owner});
  }
  return out;
}

/// Fills in the region and the soft estimate.
void measure(const geo::Region& region, std::span<const geo::Disc> discs, PlaceVerdict& out) {
  const auto shape = region.measure();
  if (!shape) return;
  // Rounded up to a metre and a hundredth of a square kilometre, so that the figures stay bounds.
  out.region = RegionReport{std::ceil(shape->area_m2 / 1e4) / 100, shape->centroid,
                            (std::ceil(shape->radius_m) + 1) / metres_per_km};
  // Real paths are of glass and never straight: a guess may assume so, a verdict may not.
  const double slowdown = std::min(1.0, fiber.km_per_ms / out.speed.km_per_ms);
  out.estimate = estimate(discs, out.faults, slowdown);
}

}  // namespace

LandmarkReport report_of(const Measurement& measurement, const Question& question) {
  return {measurement.id,
          measurement.place,
          measurement.operator_name,
          measurement.rtt_ms,
          radius_km(measurement, question),
          false,
          false};
}

double radius_km(const Measurement& measurement, const Question& question) {
  const double age_s = std::abs(static_cast<double>(measurement.age.value)) / 1000;
  return question.speed.km_per_ms * measurement.rtt_ms / 2 + question.widening_km_per_s * age_s;
}

Outcome<std::vector<geo::Disc>> discs_for(std::span<const Measurement> measurements,
                                          const Question& question) {
  for (const Measurement& one : measurements) {
    if (!(one.rtt_ms > 0))
      return std::unexpected(Failure({errc::locate_delay, field::delay, 0}, one.id));
  }
  const auto radius = [&question](const Measurement& one) { return radius_km(one, question); };
  return discs_from(measurements, radius);
}

Outcome<PlaceVerdict> judge(const std::string& target, const std::vector<Measurement>& measurements,
                            const Question& question) {
  DAYMARK_TRY(const std::vector<geo::Disc> discs, discs_for(measurements, question));
  DAYMARK_TRY(const geo::Region region, geo::Region::of(discs, question.faults));
  const geo::Finding finding = region.decide(question.zone);
  PlaceVerdict out;
  out.target = target;
  out.verdict = finding.verdict;
  out.reason = reason_of(finding.ground);
  out.zone = question.zone.describe();
  out.speed = question.speed;
  out.faults = question.faults;
  out.level = question.level;
  out.as_of = question.as_of;
  out.cells = finding.cells;
  for (const Measurement& one : measurements) {
    out.landmarks.push_back(report_of(one, question));
    out.landmarks.back().used = true;
  }
  for (const std::size_t i : finding.decisive)
    out.landmarks[i].decisive = true;
  const bool bounded =
      finding.ground != geo::Ground::refuted && finding.ground != geo::Ground::unbounded;
  if (bounded && question.with_region) measure(region, discs, out);
  return out;
}

std::vector<geo::Disc> discs_of(const PlaceVerdict& verdict) {
  std::vector<LandmarkReport> used;
  std::ranges::copy_if(verdict.landmarks, std::back_inserter(used), &LandmarkReport::used);
  return discs_from(used, [](const LandmarkReport& one) { return one.radius_km; });
}

}  // namespace daymark::locate
