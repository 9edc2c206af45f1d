// The catalogue of accelerators and AI systems: dated, sourced figures (data/catalog/README.md).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/failure.h"

namespace daymark::catalog {

/// A figure that may be unknown. Unknown is never zero.
using Figure = std::optional<double>;

/// Where a row comes from. Every row has one.
struct Provenance {
  std::string source;
  std::string date;        // YYYY, YYYY-MM or YYYY-MM-DD
  std::string confidence;  // high, medium or low
  std::string note;
};

/// One accelerator. FLOPS are dense.
struct Chip {
  std::string id;
  std::string vendor;
  std::string name;
  Figure year;
  Figure bf16_tflops;
  Figure fp8_tflops;
  Figure int8_tops;
  Figure mem_gb;
  Figure mem_gb_per_s;
  std::string mem_type;
  Figure scaleup_gb_per_s;  // both directions
  Figure scaleup_domain;
  Figure scaleout_gbit_per_s;  // one direction
  Figure tdp_w;
  Figure die_mm2;
  Figure tpp;
  Figure perf_density;
  std::string us_class;
  Provenance from;
};

/// One supernode, server or fleet with its published totals.
struct System {
  std::string id;
  std::string name;
  std::string chip_id;  // empty or "mixed" if no one chip
  Figure chips;
  Figure cpus;
  Figure racks;
  Figure scaleup_domain;
  Figure bf16_pflops;
  Figure mem_tb;
  Figure mem_tb_per_s;
  Figure scaleup_tb_per_s;  // both directions
  Figure power_kw;
  Provenance from;
};

/// How many of a part a system has, by the part's name, e.g. "l1_per_node".
struct Part {
  double count = 0;
  Provenance from;
};

/// The three tables as text, each with the name that errors use.
struct CatalogText {
  std::string chips;
  std::string systems;
  std::string parts;
};

/// All entries; each id once, every system's chip and every part's system known.
class Catalog {
 public:
  /// Errors, with the table and line: errc::csv_malformed, errc::number_malformed,
  /// errc::catalog_source, errc::catalog_duplicate, errc::catalog_unknown, errc::catalog_size.
  [[nodiscard]] static Outcome<Catalog> parse(const CatalogText& text);

  [[nodiscard]] const std::vector<Chip>& chips() const { return chips_; }

  [[nodiscard]] const std::vector<System>& systems() const { return systems_; }

  /// The entry, or null.
  [[nodiscard]] const Chip* find_chip(std::string_view id) const;
  [[nodiscard]] const System* find_system(std::string_view id) const;

  /// Count of a part, if it is published.
  [[nodiscard]] Figure part(std::string_view system, std::string_view name) const;

 private:
  std::vector<Chip> chips_;
  std::vector<System> systems_;
  std::map<std::string, std::map<std::string, Part, std::less<>>, std::less<>> parts_;
};

/// Reads chips.csv, systems.csv and parts.csv of a folder. Errors: those of read_file and
/// Catalog::parse.
[[nodiscard]] Outcome<Catalog> load_catalog(const std::string& folder);

}  // namespace daymark::catalog
