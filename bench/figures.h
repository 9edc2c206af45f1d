// Figures as lines of JSON, one each on stdout: script/bench makes a table of them.
#pragma once

#include <chrono>
#include <ctime>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace daymark::bench {

/// What a figure is called and held against. `goal` counts as met at or above it for rates, at or
/// below it for times and sizes.
struct Label {
  std::string id;    ///< e.g. "evidence.cold"
  std::string what;  ///< in words
  std::string unit;
  std::optional<double> goal = std::nullopt;
};

/// A rate, ratio or size: one value out of `samples` measurements.
void print_value(const Label& label, double value, std::size_t samples);

/// A distribution: median and p99 (nearest rank) of `samples`, which must not be empty.
void print_spread(const Label& label, std::vector<double> samples);

/// Median. `values` must not be empty.
[[nodiscard]] double median(std::vector<double> values);

/// Ends the program with a sentence on stderr where a measurement rests on something untrue.
void require(bool rule, const char* sentence);

/// Seconds of processor time that this process has used: what other programs take doesn't count.
[[nodiscard]] inline double processor_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Calls `step` for `seconds` of processor time; calls per second of one core. `prepare` goes
/// before each call and its time doesn't count.
[[nodiscard]] double rate_of(
    double seconds, const std::function<void()>& step,
    const std::function<void()>& prepare = [] {});

/// Microseconds of processor time that `step` takes.
template <class Step>
[[nodiscard]] double processor_microseconds_of(Step&& step) {
  const double start = processor_seconds();
  std::forward<Step>(step)();
  return (processor_seconds() - start) * 1e6;
}

/// Microseconds of real time that `step` takes.
template <class Step>
[[nodiscard]] double microseconds_of(Step&& step) {
  const auto start = std::chrono::steady_clock::now();
  std::forward<Step>(step)();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
      .count();
}

}  // namespace daymark::bench
