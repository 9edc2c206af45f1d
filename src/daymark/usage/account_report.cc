// The account as JSON and as text.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/usage/account.h"
#include "daymark/usage/chip_meter_internal.h"

namespace daymark::usage {

namespace {

using nlohmann::ordered_json;

constexpr std::uint64_t exact_in_json = 1ULL << 53;

ordered_json number(std::uint64_t value) {
  if (value > exact_in_json) return std::to_string(value);
  return value;
}

std::string_view name_of(Basis basis) {
  switch (basis) {
    case Basis::tensor_activity: return "tensor activity";
    case Basis::utilisation: return "utilisation";
    case Basis::nothing: break;
  }
  return "nothing";
}

std::string_view explanation_of(Basis basis) {
  switch (basis) {
    case Basis::tensor_activity:
      return "Operations are tensor activity times peak, for any clock in the stated range; the "
             "clock "
             "itself was not recorded.";
    case Basis::utilisation:
      return "Tensor activity was not recorded: the low bound is 0, the high bound counts every "
             "second in which a program ran as work at peak.";
    case Basis::nothing: break;
  }
  return "Parts of the time were not recorded: there the low bound is 0 and the high bound is "
         "peak.";
}

Basis weakest(const Account& account) {
  Basis out = Basis::tensor_activity;
  for (const ChipAccount& chip : account.chips)
    out = std::max(out, chip.basis);
  return out;
}

ordered_json json_of(const ledger::Sums& use) {
  return {{"chip_ms", number(use.chip_millis.value)},
          {"joules", number(use.joules.value)},
          {"tera_ops_low", number(use.ops_low.value)},
          {"tera_ops_high", number(use.ops_high.value)}};
}

ordered_json json_of(const ChipAccount& chip) {
  ordered_json out{{"gpu", chip.gpu},
                   {"samples", chip.samples},
                   {"chip_seconds", seconds_of(chip.span)},
                   {"busy_seconds", seconds_of(chip.busy)},
                   {"unknown_seconds", seconds_of(chip.unknown)},
                   {"use", json_of(chip.use)},
                   {"basis", name_of(chip.basis)},
                   {"joules_from_power", chip.integrated_joules}};
  out["joules_from_counter"] =
      chip.counter_joules ? ordered_json(*chip.counter_joules) : ordered_json(nullptr);
  out["counter_resets"] = chip.counter_resets;
  return out;
}

ordered_json json_of(const UsageInterval& interval) {
  return {{"gpu", interval.gpu},
          {"start_s", seconds_of(interval.start)},
          {"end_s", seconds_of(interval.end)},
          {"use", json_of(interval.use)},
          {"basis", name_of(interval.basis)}};
}

template <class Items>
ordered_json list_of(const Items& items) {
  ordered_json out = ordered_json::array();
  for (const auto& item : items)
    out.push_back(json_of(item));
  return out;
}

ordered_json json_of(const AccountOptions& options) {
  return {{"peak_tera_ops", options.peak_tera_ops},
          {"clock_lowest", options.clock.lowest},
          {"clock_highest", options.clock.highest},
          {"interval_s", seconds_of(options.interval)},
          {"gap_s", seconds_of(options.gap)}};
}

}  // namespace

std::string to_json(const Account& account, const std::string& file) {
  const ordered_json out{
      {"file", file},
      {"level", "L0"},
      {"basis", name_of(weakest(account))},
      {"explanation", explanation_of(weakest(account))},
      {"assumptions", json_of(account.options)},
      {"total", json_of(account.total)},
      {"chips", list_of(account.chips)},
      {"intervals", list_of(account.intervals)},
  };
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

std::string to_text(const Account& account, const std::string& file) {
  const ledger::Sums& total = account.total;
  std::string out = fmt::format(
      "{}: {} chips, {:.1f} chip-hours, {:.3f} kWh, {} to {} tera-operations (L0: the host's "
      "word)\n",
      file, account.chips.size(), static_cast<double>(total.chip_millis.value) / 3.6e6,
      static_cast<double>(total.joules.value) / 3.6e6, total.ops_low.value, total.ops_high.value);
  out += fmt::format("  {}\n", explanation_of(weakest(account)));
  out += fmt::format("  {:>4} {:>10} {:>10} {:>10} {:>14} {:>14}\n", "gpu", "seconds", "busy s",
                     "joules", "tera-ops low", "high");
  for (const ChipAccount& chip : account.chips) {
    out += fmt::format("  {:>4} {:>10.1f} {:>10.1f} {:>10} {:>14} {:>14}\n", chip.gpu,
                       seconds_of(chip.span), seconds_of(chip.busy), chip.use.joules.value,
                       chip.use.ops_low.value, chip.use.ops_high.value);
  }
  return out;
}

}  // namespace daymark::usage
