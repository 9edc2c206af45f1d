#include <algorithm>
#include <cmath>

#include "daymark/usage/chip_meter_internal.h"
#include "daymark/usage/errors.h"

namespace daymark::usage {

namespace {

double mean_watts(const Sample& a, const Sample& b) {
  if (!a.watts) return b.watts.value_or(0);
  return (*a.watts + b.watts.value_or(*a.watts)) / 2;
}

bool any_work(const Sample& a, const Sample& b) {
  return a.busy.value_or(0) > 0 || b.busy.value_or(0) > 0 || a.tensor_active.value_or(0) > 0 ||
         b.tensor_active.value_or(0) > 0;
}

ledger::Sums plus(const ledger::Sums& a, const ledger::Sums& b) {
  // Bounded by telemetry_span_max and the greatest peak, far below 64 bits.
  return {{a.ops_low.value + b.ops_low.value},
          {a.ops_high.value + b.ops_high.value},
          {a.joules.value + b.joules.value},
          {a.chip_millis.value + b.chip_millis.value}};
}

}  // namespace

double EnergyMeter::step(const Sample& from, const Sample& to) {
  const double by_power = mean_watts(from, to) * seconds_of(to.at - from.at);
  integrated_ += by_power;
  if (!to.energy_joules || !counter_) {
    advanced_ = counter_ ? advanced_ + by_power : 0;
    if (!counter_) counter_ = to.energy_joules;
    return by_power;
  }
  const double moved = *to.energy_joules - *counter_;
  const double advanced = std::exchange(advanced_, 0);
  counter_ = to.energy_joules;
  if (moved < 0) {
    // The driver was loaded anew: what the counter lost is taken from power.
    ++resets_;
    counted_ += advanced + by_power;
    return by_power;
  }
  counted_ += moved;
  return std::max(0.0, moved - advanced);
}

ChipMeter::ChipMeter(const AccountOptions& options, const Sample& first)
    : options_(options), last_(first), at_(first.at), energy_(first) {
  open_.start = first.at;
  summary_.gpu = first.gpu;
  summary_.samples = 1;
}

Result<void> ChipMeter::add(const Sample& sample, std::vector<UsageInterval>& out) {
  if (sample.at < last_.at) return fail(errc::telemetry_order, field::telemetry_time);
  const Step step{sample.at, rates(sample), energy_.step(last_, sample)};
  note(sample, step.rates);
  spread(step, out);
  last_ = sample;
  return ok();
}

std::size_t ChipMeter::intervals_until(Millis time) const {
  if (time <= at_) return 0;
  const auto length = options_.interval.value;
  return static_cast<std::size_t>(time.value / length - at_.value / length);
}

void ChipMeter::close(std::vector<UsageInterval>& out) {
  if (at_ == open_.start) return;
  UsageInterval done;
  done.gpu = summary_.gpu;
  done.start = open_.start;
  done.end = at_;
  done.basis = open_.basis;
  const double joules = open_.joules + joules_carried_;
  joules_carried_ = joules - std::floor(joules);
  done.use.chip_millis = {static_cast<std::uint64_t>((at_ - open_.start).value)};
  done.use.joules = {static_cast<std::uint64_t>(std::floor(joules))};
  // The ledger takes no more than the peak (PROTOCOL §10), so a clock above the rated one widens
  // the bound only up to there.
  const TeraOps most = ledger::most_operations(ledger_peak(options_), done.use.chip_millis);
  done.use.ops_high = std::min(TeraOps{static_cast<std::uint64_t>(std::ceil(open_.high))}, most);
  done.use.ops_low =
      std::min(TeraOps{static_cast<std::uint64_t>(std::floor(open_.low))}, done.use.ops_high);
  summary_.use = plus(summary_.use, done.use);
  out.push_back(done);
  open_ = {};
  open_.start = at_;
}

ChipMeter::Rates ChipMeter::rates(const Sample& to) const {
  const double peak = options_.peak_tera_ops;
  Rates out;
  out.high = peak;
  if (to.at - last_.at > options_.gap) return out;
  if (last_.tensor_active && to.tensor_active) {
    const double active = (*last_.tensor_active + *to.tensor_active) / 2;
    out.low = active * peak * options_.clock.lowest;
    out.high = active * peak * options_.clock.highest;
    out.basis = Basis::tensor_activity;
  } else if (last_.busy && to.busy) {
    out.high = any_work(last_, to) ? peak : 0;
    out.basis = Basis::utilisation;
  }
  return out;
}

void ChipMeter::note(const Sample& to, const Rates& rates) {
  const Millis span = to.at - last_.at;
  ++summary_.samples;
  summary_.span = summary_.span + span;
  if (span > options_.gap) {
    summary_.unknown = summary_.unknown + span;
  } else if (any_work(last_, to)) {
    summary_.busy = summary_.busy + span;
  }
  summary_.integrated_joules = energy_.integrated();
  summary_.counter_joules = energy_.counted();
  summary_.counter_resets = energy_.resets();
  if (span > Millis{}) summary_.basis = std::max(summary_.basis, rates.basis);
}

void ChipMeter::spread(const Step& step, std::vector<UsageInterval>& out) {
  const auto length = options_.interval.value;
  const double whole = seconds_of(step.until - at_);
  // Between two samples of one time the counter may still have moved.
  if (whole <= 0) open_.joules += step.joules;
  while (at_ < step.until) {
    const Millis boundary{(at_.value / length + 1) * length};
    const Millis end = std::min(boundary, step.until);
    const double span = seconds_of(end - at_);
    open_.low += step.rates.low * span;
    open_.high += step.rates.high * span;
    open_.joules += step.joules * span / whole;
    open_.basis = std::max(open_.basis, step.rates.basis);
    at_ = end;
    if (at_ == boundary) close(out);
  }
}

}  // namespace daymark::usage
