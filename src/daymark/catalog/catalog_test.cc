#include "daymark/catalog/catalog.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/catalog/errors.h"

namespace daymark::catalog {
namespace {

const std::string folder = DAYMARK_SOURCE_DIR "/data/catalog/";

CatalogText shipped_text() {
  return {read_text(folder + "chips.csv").value(), read_text(folder + "systems.csv").value(),
          read_text(folder + "parts.csv").value()};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Catalog, LoadsWhatIsShipped) {
  const Catalog catalog = load_catalog(folder).value();
  EXPECT_EQ(catalog.chips().size(), 20U);
  EXPECT_EQ(catalog.systems().size(), 16U);
  const Chip* const h20 = catalog.find_chip("h20-sxm");
  ASSERT_NE(h20, nullptr);
  EXPECT_EQ(h20->bf16_tflops, 148);
  EXPECT_EQ(h20->us_class, "below");
  EXPECT_EQ(catalog.find_chip("mi308x")->bf16_tflops, std::nullopt);
  EXPECT_EQ(catalog.find_system("cm384")->racks, 16);
  EXPECT_EQ(catalog.find_system("hgx-h100")->racks, std::nullopt);
  EXPECT_EQ(catalog.part("cm384", "l1_per_node"), 7);
  EXPECT_EQ(catalog.part("cm384", "wheels"), std::nullopt);
  EXPECT_EQ(catalog.part("nvl72", "nodes"), std::nullopt);
  EXPECT_EQ(catalog.find_chip("cm384"), nullptr);
  EXPECT_FALSE(load_catalog("/nowhere"));
}

TEST(Catalog, StatesPerformanceAsItsFormatsGiveIt) {
  // TPP = greatest of dense TOPS x bits; density = TPP / die area. Stated rounded.
  const Catalog catalog = load_catalog(folder).value();
  for (const Chip& chip : catalog.chips()) {
    double most = 0;
    for (const auto& [tops, bits] :
         {std::pair{chip.bf16_tflops, 16.0}, std::pair{chip.fp8_tflops, 8.0},
          std::pair{chip.int8_tops, 8.0}})
      most = std::max(most, tops.value_or(0) * bits);
    EXPECT_NEAR(chip.tpp.value_or(most), most, 1) << chip.id;
    if (!chip.perf_density || !chip.die_mm2) continue;
    EXPECT_NEAR(*chip.perf_density, most / *chip.die_mm2, 0.011) << chip.id;
  }
}

struct Change {
  std::string CatalogText::* table;
  const char* from;
  const char* to;
  Errc code;
};

TEST(Catalog, RefusesRowsWithoutSourceOrWithBadFigures) {
  const CatalogText good = shipped_text();
  for (const Change& change : {
           Change{&CatalogText::systems, "8 x chips.csv,2025", ",2025", errc::catalog_source},
           {&CatalogText::systems, "8 x chips.csv,2025", "8 x chips.csv,", errc::catalog_source},
           {&CatalogText::systems, "8 x chips.csv,2025", "8 x chips.csv,25", errc::catalog_source},
           {&CatalogText::systems, "8 x chips.csv,2025", "8 x chips.csv,2025/06/01",
            errc::catalog_source},
           {&CatalogText::systems, "8 x chips.csv,2025,high", "8 x chips.csv,2025,sure",
            errc::catalog_source},
           {&CatalogText::systems, ",384,192,16,", ",384,-192,16,", errc::number_malformed},
           {&CatalogText::systems, "cm384-paper,", "cm384,", errc::catalog_duplicate},
           {&CatalogText::systems, "cm384-paper,", "CM384 paper,", errc::csv_malformed},
           {&CatalogText::systems, "asc-910c", "asc-911c", errc::catalog_unknown},
           {&CatalogText::systems, "system_id", "id", errc::csv_malformed},
           {&CatalogText::chips, "a800-sxm-80", "a100-sxm-80", errc::catalog_duplicate},
           {&CatalogText::chips, ",989.4,", ",989.4x,", errc::number_malformed},
           {&CatalogText::parts, "cm384,nodes,48", "cm385,nodes,48", errc::catalog_unknown},
           {&CatalogText::parts, "cm384,nodes,48", "cm384,nodes,", errc::number_malformed},
           {&CatalogText::parts, "cm384,nodes,48", "cm384,l1_per_node,48", errc::catalog_duplicate},
       }) {
    CatalogText bad = good;
    bad.*change.table = replaced(bad.*change.table, change.from, change.to);
    const auto result = Catalog::parse(bad);
    ASSERT_FALSE(result) << change.to;
    EXPECT_EQ(result.error().error.code, change.code) << change.to;
  }
}

TEST(Catalog, NamesTableLineAndColumn) {
  CatalogText bad = shipped_text();
  bad.systems = replaced(bad.systems, ",384,192,16,", ",384,many,16,");
  const Failure failure = Catalog::parse(bad).error();
  EXPECT_EQ(failure.subject, "systems.csv");
  EXPECT_EQ(failure.detail, "line 2, column 5");
}

}  // namespace
}  // namespace daymark::catalog
