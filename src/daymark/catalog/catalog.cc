#include "daymark/catalog/catalog.h"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/catalog/errors.h"
#include "daymark/catalog/table.h"

namespace daymark::catalog {

namespace {

constexpr std::string_view chips_header =
    "chip_id,vendor,chip,year,bf16_dense_tflops,fp8_dense_tflops,int8_dense_tops,mem_gb,"
    "mem_gb_per_s,mem_type,scaleup_gb_per_s_both_ways,scaleup_domain,scaleout_gbit_per_s_one_way,"
    "tdp_w,die_mm2,tpp,perf_density,us_class_2023_10_rule,source,source_date,confidence,note";
constexpr std::string_view systems_header =
    "system_id,system,chip_id,chips,cpus,racks,scaleup_domain,bf16_dense_pflops,mem_tb,"
    "mem_tb_per_s,scaleup_tb_per_s_both_ways,power_kw,source,source_date,confidence,note";
constexpr std::string_view parts_header = "system_id,part,count,source,source_date,confidence,note";
constexpr std::size_t max_table_bytes = 4UL << 20;

/// "2025", "2025-07" or "2025-07-01".
bool is_date(std::string_view text) {
  constexpr std::string_view form = "dddd-dd-dd";
  if (text.size() != 4 && text.size() != 7 && text.size() != 10) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == 'd' ? !digit : text[i] != '-') return false;
  }
  return true;
}

/// Names an identifier: lower case letters, digits and "-_.".
bool is_id(std::string_view text) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  };
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, good);
}

/// Hands out the cells of a row from left to right; keeps the first error.
class RowReader {
 public:
  RowReader(const TableRow& row, const std::string& subject) : row_(row), subject_(subject) {}

  std::string id() {
    if (!is_id(row_.cells[at_])) note({errc::csv_malformed, field::entry_id, 0});
    return text();
  }

  std::string text() { return row_.cells[at_++]; }

  Figure figure() {
    const auto value = figure_in(row_.cells[at_]);
    if (!value) note(value.error());
    ++at_;
    return value.value_or(std::nullopt);
  }

  Provenance provenance() {
    if (row_.cells[at_].empty()) note({errc::catalog_source, field::source, 0});
    if (!is_date(row_.cells[at_ + 1])) note({errc::catalog_source, field::source_date, 0});
    const std::string& confidence = row_.cells[at_ + 2];
    if (confidence != "high" && confidence != "medium" && confidence != "low")
      note({errc::catalog_source, field::confidence, 0});
    Provenance out{row_.cells[at_], row_.cells[at_ + 1], confidence, row_.cells[at_ + 3]};
    at_ += 4;
    return out;
  }

  void note(Error error) {
    if (failure_) return;
    failure_ = Failure(error, subject_, fmt::format("line {}, column {}", row_.line, at_ + 1));
  }

  /// The first error, if there was one.
  [[nodiscard]] Outcome<void> result() const {
    if (failure_) return std::unexpected(*failure_);
    return {};
  }

 private:
  const TableRow& row_;
  const std::string& subject_;
  std::size_t at_ = 0;
  std::optional<Failure> failure_;
};

// The initialisers below read the columns in the order of the headers: braces keep that order.
Chip read_chip(RowReader& row) {
  return {row.id(),     row.text(),   row.text(),   row.figure(),    row.figure(),
          row.figure(), row.figure(), row.figure(), row.figure(),    row.text(),
          row.figure(), row.figure(), row.figure(), row.figure(),    row.figure(),
          row.figure(), row.figure(), row.text(),   row.provenance()};
}

System read_system(RowReader& row) {
  return {row.id(),     row.text(),   row.text(),      row.figure(), row.figure(),
          row.figure(), row.figure(), row.figure(),    row.figure(), row.figure(),
          row.figure(), row.figure(), row.provenance()};
}

/// Reads a table of entries with ids, each id once.
template <class Entry, class Read>
Outcome<std::vector<Entry>> read_entries(std::string_view text, std::string_view header,
                                         const std::string& subject, const Read& read) {
  DAYMARK_TRY(const std::vector<TableRow> rows, parse_table(text, header, subject));
  std::vector<Entry> out;
  for (const TableRow& row : rows) {
    RowReader reader(row, subject);
    Entry entry = read(reader);
    if (std::ranges::find(out, entry.id, &Entry::id) != out.end())
      reader.note({errc::catalog_duplicate, field::entry_id, 0});
    DAYMARK_CHECK(reader.result());
    out.push_back(std::move(entry));
  }
  return out;
}

template <class Entry>
const Entry* find_entry(const std::vector<Entry>& entries, std::string_view id) {
  const auto found = std::ranges::find(entries, id, &Entry::id);
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace

Outcome<Catalog> Catalog::parse(const CatalogText& text) {
  const std::string subject = "parts.csv";
  Catalog out;
  DAYMARK_TRY(out.chips_, read_entries<Chip>(text.chips, chips_header, "chips.csv", read_chip));
  DAYMARK_TRY(out.systems_,
              read_entries<System>(text.systems, systems_header, "systems.csv", read_system));
  for (const System& system : out.systems_) {
    const bool one_chip = !system.chip_id.empty() && system.chip_id != "mixed";
    if (one_chip && out.find_chip(system.chip_id) == nullptr)
      return refuse(errc::catalog_unknown, "systems.csv", system.chip_id);
  }
  DAYMARK_TRY(const std::vector<TableRow> rows, parse_table(text.parts, parts_header, subject));
  for (const TableRow& row : rows) {
    RowReader reader(row, subject);
    const std::string system = reader.id();
    const std::string name = reader.id();
    const Figure count = reader.figure();
    if (!count) reader.note({errc::number_malformed, field::figure, 0});
    Part part{count.value_or(0), reader.provenance()};
    if (out.find_system(system) == nullptr)
      reader.note({errc::catalog_unknown, field::entry_id, 0});
    if (!out.parts_[system].emplace(name, std::move(part)).second)
      reader.note({errc::catalog_duplicate, field::entry_id, 0});
    DAYMARK_CHECK(reader.result());
  }
  return out;
}

const Chip* Catalog::find_chip(std::string_view id) const {
  return find_entry(chips_, id);
}

const System* Catalog::find_system(std::string_view id) const {
  return find_entry(systems_, id);
}

Figure Catalog::part(std::string_view system, std::string_view name) const {
  const auto parts = parts_.find(system);
  if (parts == parts_.end()) return std::nullopt;
  const auto found = parts->second.find(name);
  return found == parts->second.end() ? Figure{} : Figure{found->second.count};
}

Outcome<Catalog> load_catalog(const std::string& folder) {
  CatalogText text;
  DAYMARK_TRY(text.chips, read_text(folder + "/chips.csv", max_table_bytes));
  DAYMARK_TRY(text.systems, read_text(folder + "/systems.csv", max_table_bytes));
  DAYMARK_TRY(text.parts, read_text(folder + "/parts.csv", max_table_bytes));
  return Catalog::parse(text);
}

}  // namespace daymark::catalog
