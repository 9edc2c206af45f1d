#include "daymark/device/sim.h"

#include <algorithm>
#include <fstream>
#include <map>

#include <fmt/format.h>

#include "daymark/base/errors.h"
#include "daymark/device/errors.h"
#include "daymark/usage/errors.h"

namespace daymark::device {

namespace {

constexpr std::string_view sim_name = "sim";

/// What both kinds share: time from the start, and an identity that says it is none.
class SimDriver : public Driver {
 public:
  explicit SimDriver(Clock& clock) : clock_(clock), start_(clock.tick()) {}

  [[nodiscard]] std::string_view name() const override { return sim_name; }

  [[nodiscard]] Outcome<Identity> identify(unsigned chip) override {
    DAYMARK_CHECK(check(chip));
    Identity out;
    out.vendor = sim_name;
    out.model = "simulated chip";
    out.serial = fmt::format("sim-{}", chip);
    return out;
  }

 protected:
  [[nodiscard]] Outcome<void> check(unsigned chip) const {
    if (chip < chips()) return {};
    return std::unexpected(
        Failure(Error{errc::device_number, field::chip_number}, std::string(sim_name)));
  }

  [[nodiscard]] Millis elapsed() { return clock_.tick() - start_; }

 private:
  Clock& clock_;
  TickMillis start_;
};

class ConstantDriver final : public SimDriver {
 public:
  ConstantDriver(const ConstantLoad& load, Clock& clock) : SimDriver(clock), load_(load) {}

  [[nodiscard]] unsigned chips() const override { return load_.chips; }

  [[nodiscard]] Outcome<usage::Sample> sample(unsigned chip) override {
    DAYMARK_CHECK(check(chip));
    usage::Sample out;
    out.gpu = chip;
    out.at = elapsed();
    out.watts = load_.watts;
    out.busy = load_.busy;
    out.tensor_active = load_.tensor_active;
    out.energy_joules = load_.watts * static_cast<double>(out.at.value) / 1000;
    return out;
  }

 private:
  ConstantLoad load_;
};

using Series = std::vector<usage::Sample>;

class ReplayDriver final : public SimDriver {
 public:
  ReplayDriver(std::vector<Series> series, AtEnd at_end, Clock& clock)
      : SimDriver(clock), series_(std::move(series)), at_end_(at_end) {
    for (const Series& one : series_)
      length_ = std::max(length_, one.back().at);
  }

  [[nodiscard]] unsigned chips() const override { return static_cast<unsigned>(series_.size()); }

  [[nodiscard]] Outcome<usage::Sample> sample(unsigned chip) override {
    DAYMARK_CHECK(check(chip));
    const Millis now = elapsed();
    Millis place = now;
    if (now > length_) {
      if (at_end_ == AtEnd::stop) return refuse(errc::device_replay_end, std::string(sim_name));
      place = {now.value % (length_.value + 1)};
    }
    usage::Sample out = last_until(series_[chip], place);
    out.gpu = chip;
    out.at = now;
    if (at_end_ == AtEnd::repeat) out.energy_joules.reset();
    return out;
  }

 private:
  /// Before the first sample the first one stands in.
  static const usage::Sample& last_until(const Series& series, Millis time) {
    const auto after = std::upper_bound(series.begin(), series.end(), time,
                                        [](Millis t, const usage::Sample& s) { return t < s.at; });
    return after == series.begin() ? series.front() : *std::prev(after);
  }

  std::vector<Series> series_;
  AtEnd at_end_;
  Millis length_;
};

Result<std::vector<Series>> read_series(std::istream& telemetry) {
  DAYMARK_TRY(auto reader, usage::TelemetryReader::open(telemetry));
  std::map<unsigned, Series> chips;
  for (std::size_t count = 0;; ++count) {
    DAYMARK_TRY(const auto sample, reader.next());
    if (!sample) break;
    if (count == replay_samples_max) return fail(errc::telemetry_size, field::telemetry);
    Series& series = chips[sample->gpu];
    const bool ordered = series.empty() || series.back().at <= sample->at;
    if (!ordered) return fail(errc::telemetry_order, field::telemetry_time);
    series.push_back(*sample);
  }
  if (chips.empty()) return fail(errc::telemetry_empty, field::telemetry);
  std::vector<Series> out;
  out.reserve(chips.size());
  for (auto& [gpu, series] : chips)
    out.push_back(std::move(series));
  return out;
}

}  // namespace

std::unique_ptr<Driver> make_sim(const ConstantLoad& load, Clock& clock) {
  return std::make_unique<ConstantDriver>(load, clock);
}

Result<std::unique_ptr<Driver>> replay_sim(std::istream& telemetry, AtEnd at_end, Clock& clock) {
  DAYMARK_TRY(auto series, read_series(telemetry));
  return std::make_unique<ReplayDriver>(std::move(series), at_end, clock);
}

Outcome<std::unique_ptr<Driver>> replay_sim_file(const std::string& path, AtEnd at_end,
                                                 Clock& clock) {
  std::ifstream input(path, std::ios::binary);
  if (!input) return refuse(errc::file_not_opened, path);
  return about(replay_sim(input, at_end, clock), path);
}

}  // namespace daymark::device
