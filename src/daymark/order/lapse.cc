#include "daymark/order/lapse.h"

#include <algorithm>
#include <cmath>

#include "daymark/order/errors.h"

namespace daymark::order {

namespace {

constexpr double hours_per_year = 8760;
constexpr double millis_per_hour = 3'600'000;
constexpr Millis span_max = days(36'525);

double hours_of(Millis span) {
  return static_cast<double>(span.value) / millis_per_hour;
}

bool fits(Millis span) {
  return span >= Millis{} && span <= span_max;
}

Result<void> check(const Outages& outages) {
  // Written so that NaN fails.
  const bool share = outages.availability > 0 && outages.availability <= 1;
  if (!share) return fail(errc::lapse_timing, field::availability);
  if (!fits(outages.mean) || outages.mean == Millis{}) {
    return fail(errc::lapse_timing, field::outage);
  }
  return ok();
}

double outages_per_year(const Outages& outages) {
  return hours_per_year * (1 - outages.availability) / hours_of(outages.mean);
}

/// That at least one of `expected` rare, independent events happens.
double probability_of(double expected) {
  return -std::expm1(-expected);
}

}  // namespace

Result<LapseTimes> lapse_times(const RenewalTiming& timing) {
  if (!fits(timing.validity)) return fail(errc::lapse_timing, field::validity);
  const bool renewed = timing.renewal > Millis{} && timing.renewal <= timing.validity;
  if (!renewed) return fail(errc::lapse_timing, field::renewal);
  if (!fits(timing.grace)) return fail(errc::lapse_timing, field::grace);
  const Millis last = timing.validity + timing.grace;
  return LapseTimes{last - timing.renewal, last - Millis{timing.renewal.value / 2}, last};
}

double share_stopped(const LapseTimes& times, Millis after) {
  const double span = hours_of(times.last - times.first);
  return std::clamp(hours_of(after - times.first) / span, 0.0, 1.0);
}

Result<LapseRisk> lapse_risk(const RenewalTiming& timing, const Outages& outages) {
  DAYMARK_TRY(const LapseTimes times, lapse_times(timing));
  DAYMARK_CHECK(check(outages));
  const double mean = hours_of(outages.mean);
  const double renewal = hours_of(timing.renewal);
  const double first = outages_per_year(outages) * std::exp(-hours_of(times.first) / mean);
  const double any = first * mean / renewal * -std::expm1(-renewal / mean);
  return LapseRisk{probability_of(first), probability_of(any)};
}

Result<Millis> slack_for(const Outages& outages, double risk) {
  DAYMARK_CHECK(check(outages));
  const bool wanted = risk > 0 && risk < 1;
  if (!wanted) return fail(errc::lapse_timing, field::risk);
  const double allowed = -std::log1p(-risk);
  const double slack = hours_of(outages.mean) * std::log(outages_per_year(outages) / allowed);
  // Without any outage the logarithm is minus infinity.
  if (!(slack > 0)) return Millis{};
  return Millis{static_cast<std::int64_t>(std::ceil(slack * millis_per_hour))};
}

}  // namespace daymark::order
