#include "daymark/catalog/check.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "daymark/catalog/errors.h"

namespace daymark::catalog {

namespace {

/// What a total is about.
struct Total {
  const char* what;
  const char* unit;
};

Figure product(std::span<const Figure> factors) {
  double out = 1;
  for (const Figure& factor : factors) {
    if (!factor) return std::nullopt;
    out *= *factor;
  }
  return out;
}

std::string text_of(const Figure& figure) {
  return figure ? fmt::format("{:g}", *figure) : "?";
}

std::string text_of(std::span<const Figure> factors) {
  std::string out;
  for (const Figure& factor : factors)
    out += (out.empty() ? "" : " x ") + text_of(factor);
  return out;
}

/// Compares; `slack` is the share by which the two may differ.
TotalCheck compare(Total total, Figure computed, Figure published, double slack) {
  TotalCheck out;
  out.what = total.what;
  out.unit = total.unit;
  out.computed = computed;
  out.published = published;
  if (!computed || !published || *computed == 0) return out;
  out.ratio = *published / *computed;
  const bool close = std::abs(*out.ratio - 1) <= slack;
  out.agreement = close ? Agreement::consistent : Agreement::deviates;
  return out;
}

/// Collects the totals of one system.
class Checker {
 public:
  Checker(const Catalog& catalog, const System& system, const Chip* chip)
      : catalog_(catalog), system_(system), chip_(chip) {}

  std::vector<TotalCheck> check() {
    if (chip_ != nullptr) check_sums();
    if (has("nodes")) check_counts();
    if (has("lanes_per_chip")) check_fabric();
    return std::move(totals_);
  }

 private:
  [[nodiscard]] Figure part(std::string_view name) const { return catalog_.part(system_.id, name); }

  [[nodiscard]] bool has(std::string_view name) const { return part(name).has_value(); }

  /// Chips times the figure of one chip; a thousand of the chip's units make one of the system's.
  void sum(Total total, const char* chip_unit, const Figure& each, const Figure& published) {
    const std::array factors{system_.chips, each, Figure{0.001}};
    totals_.push_back(compare(total, product(factors), published, tolerance));
    totals_.back().from_parts =
        fmt::format("{} x {} {}", text_of(system_.chips), text_of(each), chip_unit);
  }

  /// A count, which must agree exactly.
  void count(Total total, std::initializer_list<Figure> factors, const Figure& published) {
    const std::span<const Figure> all(factors.begin(), factors.size());
    totals_.push_back(compare(total, product(all), published, 0));
    totals_.back().from_parts = text_of(all);
  }

  void check_sums() {
    sum({"dense BF16", "PFLOPS"}, "TFLOPS", chip_->bf16_tflops, system_.bf16_pflops);
    sum({"memory", "TB"}, "GB", chip_->mem_gb, system_.mem_tb);
    sum({"memory bandwidth", "TB/s"}, "GB/s", chip_->mem_gb_per_s, system_.mem_tb_per_s);
    sum({"scale-up bandwidth, both ways", "TB/s"}, "GB/s", chip_->scaleup_gb_per_s,
        system_.scaleup_tb_per_s);
  }

  void check_counts() {
    count({"chips", ""}, {part("nodes"), part("chips_per_node")}, system_.chips);
    count({"CPUs", ""}, {part("nodes"), part("cpus_per_node")}, system_.cpus);
    const Figure compute = part("compute_racks");
    const Figure communication = part("communication_racks");
    const Figure racks = compute && communication ? Figure{*compute + *communication} : Figure{};
    totals_.push_back(compare({"racks", ""}, racks, system_.racks, 0));
    totals_.back().from_parts = text_of(compute) + " + " + text_of(communication);
  }

  /// The lanes of the chips, the uplinks of the first switches and the ports of the second ones
  /// must meet one by one.
  void check_fabric() {
    const std::array lanes{system_.chips, part("lanes_per_chip")};
    count({"L1 switches", ""}, {part("nodes"), part("l1_per_node")}, part("l1_total"));
    count({"L2 switches", ""}, {part("sub_planes"), part("l2_per_sub_plane")}, part("l2_total"));
    count({"L1 uplinks against lanes of the chips", ""},
          {part("nodes"), part("l1_per_node"), part("l1_uplinks")}, product(lanes));
    count({"L2 ports against lanes of the chips", ""},
          {part("sub_planes"), part("l2_per_sub_plane"), part("l2_ports")}, product(lanes));
    if (chip_ == nullptr) return;
    const std::array rate{part("lanes_per_chip"), part("lane_gb_per_s_one_way"), Figure{2}};
    totals_.push_back(compare({"scale-up bandwidth of one chip, both ways", "GB/s"}, product(rate),
                              chip_->scaleup_gb_per_s, tolerance));
    totals_.back().from_parts = text_of(rate);
  }

  const Catalog& catalog_;
  const System& system_;
  const Chip* chip_;
  std::vector<TotalCheck> totals_;
};

}  // namespace

Outcome<SystemCheck> check_system(const Catalog& catalog, std::string_view id) {
  const System* const system = catalog.find_system(id);
  if (system == nullptr) return refuse(errc::catalog_unknown, std::string(id));
  const Chip* const chip = catalog.find_chip(system->chip_id);
  return SystemCheck{system, chip, Checker(catalog, *system, chip).check()};
}

std::size_t deviations(const SystemCheck& check) {
  return static_cast<std::size_t>(
      std::ranges::count(check.totals, Agreement::deviates, &TotalCheck::agreement));
}

}  // namespace daymark::catalog
