// A table that is read is written, with quotes where needed, to a text that reads the same.
#include <cstdlib>
#include <string>

#include "daymark/base/bytes.h"
#include "daymark/catalog/catalog.h"
#include "daymark/catalog/check.h"
#include "daymark/catalog/table.h"

namespace {

using namespace daymark;

constexpr std::string_view header = "a,b,c";

void require(bool rule) {
  if (!rule) std::abort();
}

std::string quoted(const std::string& cell) {
  std::string out = "\"";
  for (const char c : cell)
    out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

std::string written(const std::vector<catalog::TableRow>& rows) {
  std::string out = std::string(header) + "\n";
  for (const catalog::TableRow& row : rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i)
      out += (i == 0 ? "" : ",") + quoted(row.cells[i]);
    out += "\n";
  }
  return out;
}

/// The first lines of the tables, as the catalogue demands them.
const catalog::CatalogText heads{
    "chip_id,vendor,chip,year,bf16_dense_tflops,fp8_dense_tflops,int8_dense_tops,mem_gb,"
    "mem_gb_per_s,mem_type,scaleup_gb_per_s_both_ways,scaleup_domain,scaleout_gbit_per_s_one_way,"
    "tdp_w,die_mm2,tpp,perf_density,us_class_2023_10_rule,source,source_date,confidence,note\n",
    "system_id,system,chip_id,chips,cpus,racks,scaleup_domain,bf16_dense_pflops,mem_tb,"
    "mem_tb_per_s,scaleup_tb_per_s_both_ways,power_kw,source,source_date,confidence,note\n",
    "system_id,part,count,source,source_date,confidence,note\n"};

/// The text as rows of each table in turn; whatever loads has sources and can be checked.
void check_catalog(const std::string& text) {
  const auto chips = catalog::Catalog::parse({heads.chips + text, heads.systems, heads.parts});
  if (chips) {
    for (const catalog::Chip& chip : chips->chips())
      require(!chip.from.source.empty());
  }
  const auto systems = catalog::Catalog::parse({heads.chips, heads.systems + text, heads.parts});
  if (!systems) return;
  for (const catalog::System& system : systems->systems())
    require(catalog::check_system(*systems, system.id).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(text_of(ByteView(data, size)));
  check_catalog(text);
  const auto rows = catalog::parse_table(std::string(header) + "\n" + text, header, "t.csv");
  if (!rows) return 0;
  const auto again = catalog::parse_table(written(*rows), header, "t.csv");
  require(again && again->size() == rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    require((*again)[i].cells == (*rows)[i].cells);
    for (const std::string& cell : (*rows)[i].cells) {
      const auto figure = catalog::figure_in(cell);
      require(!figure || !*figure || **figure >= 0);
    }
  }
  return 0;
}
