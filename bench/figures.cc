#include "figures.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace daymark::bench {

namespace {

using Json = nlohmann::ordered_json;

Json labelled(const Label& label) {
  Json out{{"id", label.id}, {"what", label.what}, {"unit", label.unit}};
  out["goal"] = label.goal ? Json(*label.goal) : Json(nullptr);
  return out;
}

void print(const Json& line) {
  fmt::print("{}\n", line.dump());
}

/// Nearest rank: the least sample that at least this share of all samples don't exceed.
double at_rank(const std::vector<double>& sorted, double share) {
  const double rank = std::ceil(share * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(rank) - 1];
}

}  // namespace

void print_value(const Label& label, double value, std::size_t samples) {
  Json line = labelled(label);
  line["value"] = value;
  line["samples"] = samples;
  print(line);
}

void print_spread(const Label& label, std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  Json line = labelled(label);
  line["p50"] = at_rank(samples, 0.50);
  line["p99"] = at_rank(samples, 0.99);
  line["samples"] = samples.size();
  print(line);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return at_rank(values, 0.5);
}

void require(bool rule, const char* sentence) {
  if (rule) return;
  fmt::print(stderr, "bench: {}\n", sentence);
  std::exit(3);  // NOLINT(concurrency-mt-unsafe): benchmarks have one thread
}

double rate_of(double seconds, const std::function<void()>& step,
               const std::function<void()>& prepare) {
  prepare();
  step();
  std::size_t count = 0;
  double used = 0;
  for (; used < seconds; ++count) {
    prepare();
    used += processor_microseconds_of(step) * 1e-6;
  }
  return static_cast<double>(count) / used;
}

}  // namespace daymark::bench
