#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/catalog/check.h"
#include "daymark/catalog/errors.h"

namespace daymark::catalog {

namespace {

using nlohmann::ordered_json;

/// A labelled cell of an entry: text, or a figure with its unit.
struct Line {
  const char* key;
  const char* unit;
  std::string text;
  Figure figure;
  bool is_figure = false;
};

Line text_line(const char* key, const std::string& text) {
  return {key, "", text, {}, false};
}

Line figure_line(const char* key, const char* unit, const Figure& figure) {
  return {key, unit, "", figure, true};
}

void add_provenance(const Provenance& from, std::vector<Line>& out) {
  out.push_back(text_line("source", from.source));
  out.push_back(text_line("source_date", from.date));
  out.push_back(text_line("confidence", from.confidence));
  out.push_back(text_line("note", from.note));
}

std::vector<Line> lines_of(const Chip& chip) {
  std::vector<Line> out{
      text_line("chip", chip.id),
      text_line("vendor", chip.vendor),
      text_line("name", chip.name),
      figure_line("year", "", chip.year),
      figure_line("bf16_dense", "TFLOPS", chip.bf16_tflops),
      figure_line("fp8_dense", "TFLOPS", chip.fp8_tflops),
      figure_line("int8_dense", "TOPS", chip.int8_tops),
      figure_line("memory", "GB", chip.mem_gb),
      figure_line("memory_bandwidth", "GB/s", chip.mem_gb_per_s),
      text_line("memory_type", chip.mem_type),
      figure_line("scaleup_both_ways", "GB/s", chip.scaleup_gb_per_s),
      figure_line("scaleup_domain", "chips", chip.scaleup_domain),
      figure_line("scaleout_one_way", "Gbit/s", chip.scaleout_gbit_per_s),
      figure_line("tdp", "W", chip.tdp_w),
      figure_line("die", "mm2", chip.die_mm2),
      figure_line("tpp", "", chip.tpp),
      figure_line("performance_density", "", chip.perf_density),
      text_line("us_class_2023_10_rule", chip.us_class),
  };
  add_provenance(chip.from, out);
  return out;
}

std::vector<Line> lines_of(const System& system) {
  std::vector<Line> out{
      text_line("system", system.id),
      text_line("name", system.name),
      text_line("chip", system.chip_id),
      figure_line("chips", "", system.chips),
      figure_line("cpus", "", system.cpus),
      figure_line("racks", "", system.racks),
      figure_line("scaleup_domain", "chips", system.scaleup_domain),
      figure_line("bf16_dense", "PFLOPS", system.bf16_pflops),
      figure_line("memory", "TB", system.mem_tb),
      figure_line("memory_bandwidth", "TB/s", system.mem_tb_per_s),
      figure_line("scaleup_both_ways", "TB/s", system.scaleup_tb_per_s),
      figure_line("power", "kW", system.power_kw),
  };
  add_provenance(system.from, out);
  return out;
}

std::vector<Line> lines_of(const Catalog& catalog, std::string_view id) {
  if (const System* const system = catalog.find_system(id)) return lines_of(*system);
  if (const Chip* const chip = catalog.find_chip(id)) return lines_of(*chip);
  return {};
}

ordered_json json_of(const Figure& figure) {
  return figure ? ordered_json(*figure) : ordered_json(nullptr);
}

/// Nine significant digits: sums of decimal figures without their binary dust.
ordered_json rounded_json(const Figure& figure) {
  if (!figure || *figure == 0) return json_of(figure);
  const double scale = std::pow(10, 8 - std::floor(std::log10(std::abs(*figure))));
  return std::round(*figure * scale) / scale;
}

const char* word_of(Agreement agreement) {
  if (agreement == Agreement::unknown) return "unknown";
  return agreement == Agreement::consistent ? "consistent" : "deviates";
}

std::string amount(const Figure& figure, const std::string& unit) {
  if (!figure) return "not known";
  return fmt::format("{:g}{}{}", *figure, unit.empty() ? "" : " ", unit);
}

std::string verdict_of(const TotalCheck& total) {
  if (total.agreement != Agreement::deviates) return word_of(total.agreement);
  return fmt::format("deviates by {:+.1f} %", (total.ratio.value_or(1) - 1) * 100);
}

}  // namespace

std::string to_text(const SystemCheck& check) {
  std::string out = fmt::format("{}: {}\n", check.system->id, check.system->name);
  for (const TotalCheck& total : check.totals) {
    out += fmt::format("  {:<42} {:<28} = {:<16} published {:<14} {}\n", total.what,
                       total.from_parts, amount(total.computed, total.unit),
                       amount(total.published, total.unit), verdict_of(total));
  }
  const std::size_t wrong = deviations(check);
  out += fmt::format("  {} of {} totals deviate by more than {:g} %; source {} ({})\n", wrong,
                     check.totals.size(), tolerance * 100, check.system->from.source,
                     check.system->from.date);
  if (!check.system->from.note.empty()) out += fmt::format("  note: {}\n", check.system->from.note);
  return out;
}

std::string to_json(const SystemCheck& check) {
  ordered_json out;
  out["system"] = check.system->id;
  out["name"] = check.system->name;
  out["chip"] = check.chip != nullptr ? ordered_json(check.chip->id) : ordered_json(nullptr);
  out["totals"] = ordered_json::array();
  for (const TotalCheck& total : check.totals) {
    out["totals"].push_back({{"what", total.what},
                             {"unit", total.unit},
                             {"from_parts", total.from_parts},
                             {"computed", rounded_json(total.computed)},
                             {"published", rounded_json(total.published)},
                             {"ratio", rounded_json(total.ratio)},
                             {"agreement", word_of(total.agreement)}});
  }
  out["deviations"] = deviations(check);
  out["source"] = check.system->from.source;
  out["source_date"] = check.system->from.date;
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

Outcome<std::string> show_text(const Catalog& catalog, std::string_view id) {
  const std::vector<Line> lines = lines_of(catalog, id);
  if (lines.empty()) return refuse(errc::catalog_unknown, std::string(id));
  std::string out;
  for (const Line& line : lines) {
    const std::string value = line.is_figure ? amount(line.figure, line.unit) : line.text;
    if (!value.empty()) out += fmt::format("{:<24}{}\n", line.key, value);
  }
  return out;
}

Outcome<std::string> show_json(const Catalog& catalog, std::string_view id) {
  const std::vector<Line> lines = lines_of(catalog, id);
  if (lines.empty()) return refuse(errc::catalog_unknown, std::string(id));
  ordered_json out;
  for (const Line& line : lines) {
    if (!line.is_figure) {
      out[line.key] = line.text;
      continue;
    }
    out[line.key] = {{"value", json_of(line.figure)}, {"unit", line.unit}};
  }
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace daymark::catalog
