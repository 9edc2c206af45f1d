// The meter of one chip: from samples to intervals.
#pragma once

#include <vector>

#include "daymark/usage/account.h"

namespace daymark::usage {

[[nodiscard]] inline double seconds_of(Millis span) {
  return static_cast<double>(span.value) / 1000;
}

/// Energy of one chip from two sources; the counter leads, power over time fills its holes.
class EnergyMeter {
 public:
  explicit EnergyMeter(const Sample& first) : counter_(first.energy_joules) {}

  /// Joules between two samples, never negative.
  [[nodiscard]] double step(const Sample& from, const Sample& to);

  [[nodiscard]] double integrated() const { return integrated_; }

  [[nodiscard]] std::optional<double> counted() const {
    return counter_ ? std::optional(counted_) : std::nullopt;
  }

  [[nodiscard]] std::uint64_t resets() const { return resets_; }

 private:
  std::optional<double> counter_;
  double integrated_ = 0;
  double counted_ = 0;
  // Handed out from power since the counter was last seen.
  double advanced_ = 0;
  std::uint64_t resets_ = 0;
};

class ChipMeter {
 public:
  ChipMeter(const AccountOptions& options, const Sample& first);

  /// Appends the intervals that the sample completes. Errors: errc::telemetry_order.
  [[nodiscard]] Result<void> add(const Sample& sample, std::vector<UsageInterval>& out);

  /// How many intervals a sample at `time` would complete.
  [[nodiscard]] std::size_t intervals_until(Millis time) const;

  /// Completes the last interval, however short.
  void close(std::vector<UsageInterval>& out);

  [[nodiscard]] const ChipAccount& summary() const { return summary_; }

 private:
  /// What is so between two samples, in 10^12 operations a second.
  struct Rates {
    double low = 0;
    double high = 0;
    Basis basis = Basis::nothing;
  };

  struct Step {
    Millis until;
    Rates rates;
    double joules = 0;
  };

  struct Open {
    Millis start;
    double low = 0;
    double high = 0;
    double joules = 0;
    Basis basis = Basis::tensor_activity;
  };

  [[nodiscard]] Rates rates(const Sample& to) const;
  void note(const Sample& to, const Rates& rates);
  void spread(const Step& step, std::vector<UsageInterval>& out);

  AccountOptions options_;
  Sample last_;
  Millis at_;
  Open open_;
  double joules_carried_ = 0;
  EnergyMeter energy_;
  ChipAccount summary_;
};

}  // namespace daymark::usage
