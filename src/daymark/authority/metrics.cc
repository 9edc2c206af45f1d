#include "daymark/authority/metrics.h"

#include <iterator>

#include <fmt/format.h>

namespace daymark::authority {

namespace {

/// Writes families one after another: their samples must not mix (OpenMetrics 1.0, "Metric
/// Families").
class Exposition {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    fmt::format_to(std::back_inserter(out_), "# TYPE daymark_{0} {1}\n# HELP daymark_{0} {2}\n",
                   name, type, help);
  }

  void sample(std::string_view name, std::uint64_t value) {
    fmt::format_to(std::back_inserter(out_), "daymark_{} {}\n", name, value);
  }

  void gauge(std::string_view name, std::uint64_t value, std::string_view help) {
    family(name, "gauge", help);
    sample(name, value);
  }

  [[nodiscard]] std::string finish() { return out_ + "# EOF\n"; }

 private:
  std::string out_;
};

void put_peers(Exposition& out, const Figures& figures) {
  out.family("peers", "gauge", "Witnesses and mirrors that the charter names.");
  out.sample("peers{kind=\"witness\"}", figures.witnesses.of);
  out.sample("peers{kind=\"mirror\"}", figures.mirrors.of);
  out.family("peers_reachable", "gauge", "Those that answered when they were asked last.");
  out.sample("peers_reachable{kind=\"witness\"}", figures.witnesses.reachable);
  out.sample("peers_reachable{kind=\"mirror\"}", figures.mirrors.reachable);
}

}  // namespace

std::string metrics_text(const Figures& figures) {
  Exposition out;
  out.gauge("log_entries", figures.log_entries, "Entries of the log.");
  const RecordCounts& records = figures.records;
  out.gauge("chips", records.chips, "Chips that were enrolled.");
  out.gauge("chips_released", records.chips_released, "Of them, chips that were released.");
  out.gauge("orders_pending", records.orders_pending, "Orders that wait for witnesses.");
  out.family("orders", "counter", "Orders accepted.");
  for (std::size_t kind = 1; kind < records.orders.size(); ++kind) {
    const std::string_view name = order::name_of(static_cast<order::OrderKind>(kind));
    out.sample(fmt::format("orders_total{{kind=\"{}\"}}", name), records.orders[kind]);
  }
  put_peers(out, figures);
  out.family("answers", "counter", "HTTP answers since the start.");
  for (const auto& [status, count] : figures.answers)
    out.sample(fmt::format("answers_total{{status=\"{}\"}}", status), count);
  return out.finish();
}

}  // namespace daymark::authority
