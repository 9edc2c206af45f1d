#include "daymark/catalog/check.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daymark/catalog/errors.h"

namespace daymark::catalog {
namespace {

const Catalog& shipped() {
  static const Catalog catalog = load_catalog(DAYMARK_SOURCE_DIR "/data/catalog").value();
  return catalog;
}

TotalCheck total(const SystemCheck& check, const std::string& what) {
  const auto found = std::ranges::find(check.totals, what, &TotalCheck::what);
  return found == check.totals.end() ? TotalCheck{} : *found;
}

TEST(Check, RecomputesTheMakersOwnFigures) {
  const SystemCheck check = check_system(shipped(), "cm384-paper").value();
  EXPECT_EQ(deviations(check), 0U);
  EXPECT_NEAR(*total(check, "dense BF16").computed, 288.768, 1e-9);
  EXPECT_NEAR(*total(check, "memory").computed, 49.152, 1e-9);
  EXPECT_NEAR(*total(check, "memory bandwidth").computed, 1228.8, 1e-9);
  EXPECT_NEAR(*total(check, "scale-up bandwidth, both ways").computed, 301.056, 1e-9);
  for (const TotalCheck& one : check.totals)
    EXPECT_EQ(one.agreement, Agreement::consistent);
}

TEST(Check, CountsTheFabricOfTheSupernode) {
  const SystemCheck check = check_system(shipped(), "cm384").value();
  EXPECT_EQ(total(check, "chips").computed, 384);
  EXPECT_EQ(total(check, "CPUs").computed, 192);
  EXPECT_EQ(total(check, "racks").computed, 16);
  EXPECT_EQ(total(check, "L1 switches").computed, 336);
  EXPECT_EQ(total(check, "L2 switches").computed, 112);
  EXPECT_EQ(total(check, "L1 uplinks against lanes of the chips").computed, 5376);
  EXPECT_EQ(total(check, "L2 ports against lanes of the chips").computed, 5376);
  EXPECT_EQ(total(check, "L2 ports against lanes of the chips").published, 5376);
  EXPECT_EQ(total(check, "scale-up bandwidth of one chip, both ways").computed, 784);
}

TEST(Check, FlagsWhatIsAdvertisedBeyondTheParts) {
  const SystemCheck check = check_system(shipped(), "cm384").value();
  const TotalCheck flops = total(check, "dense BF16");
  EXPECT_EQ(flops.agreement, Agreement::deviates);
  EXPECT_NEAR(*flops.ratio, 1.039, 0.001);
  EXPECT_EQ(flops.from_parts, "384 x 752 TFLOPS");
  EXPECT_EQ(total(check, "scale-up bandwidth, both ways").agreement, Agreement::deviates);
  EXPECT_NEAR(*total(check, "scale-up bandwidth, both ways").ratio, 0.8935, 0.001);
  EXPECT_EQ(deviations(check), 2U);
  const std::string text = to_text(check);
  EXPECT_NE(text.find("288.768 PFLOPS"), std::string::npos);
  EXPECT_NE(text.find("published 300 PFLOPS"), std::string::npos);
  EXPECT_NE(text.find("deviates by +3.9 %"), std::string::npos);
}

TEST(Check, FindsTheRackConsistent) {
  const SystemCheck check = check_system(shipped(), "nvl72").value();
  EXPECT_EQ(deviations(check), 0U);
  EXPECT_EQ(total(check, "dense BF16").computed, 180);
  EXPECT_NEAR(*total(check, "memory").computed, 13.392, 1e-9);
  EXPECT_EQ(total(check, "memory bandwidth").computed, 576);
  EXPECT_NEAR(*total(check, "scale-up bandwidth, both ways").computed, 129.6, 1e-9);
}

TEST(Check, NeverReadsUnknownAsZero) {
  const SystemCheck pod = check_system(shipped(), "atlas950-pod").value();
  EXPECT_EQ(total(pod, "dense BF16").agreement, Agreement::unknown);
  EXPECT_EQ(total(pod, "dense BF16").computed, std::nullopt);
  EXPECT_TRUE(check_system(shipped(), "openb-2023")->totals.empty());
  EXPECT_EQ(check_system(shipped(), "nothing").error().error.code, errc::catalog_unknown);
}

TEST(Check, SpeaksJson) {
  const auto json = nlohmann::json::parse(to_json(check_system(shipped(), "cm384").value()));
  EXPECT_EQ(json["system"], "cm384");
  EXPECT_EQ(json["chip"], "asc-910c");
  EXPECT_EQ(json["deviations"], 2);
  EXPECT_EQ(json["totals"][0]["computed"], 288.768);
  EXPECT_EQ(json["totals"][0]["published"], 300.0);
  EXPECT_EQ(json["totals"][0]["agreement"], "deviates");
  const auto pod = nlohmann::json::parse(to_json(check_system(shipped(), "atlas950-pod").value()));
  EXPECT_TRUE(pod["totals"][0]["computed"].is_null());
}

TEST(Show, GivesEveryFigureItsSource) {
  const auto chip = nlohmann::json::parse(show_json(shipped(), "h20-sxm").value());
  EXPECT_EQ(chip["bf16_dense"]["value"], 148);
  EXPECT_EQ(chip["bf16_dense"]["unit"], "TFLOPS");
  EXPECT_FALSE(chip["source"].get<std::string>().empty());
  EXPECT_TRUE(
      nlohmann::json::parse(show_json(shipped(), "mi308x").value())["tpp"]["value"].is_null());
  EXPECT_NE(show_text(shipped(), "mi308x")->find("not known"), std::string::npos);
  EXPECT_NE(show_text(shipped(), "nvl72")->find("145 kW"), std::string::npos);
  EXPECT_EQ(show_json(shipped(), "zzz").error().error.code, errc::catalog_unknown);
}

}  // namespace
}  // namespace daymark::catalog
