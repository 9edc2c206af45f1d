#include "daymark/authority/batch_terms.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/order/order_testing.h"

namespace daymark::authority {
namespace {

const order::Charter& charter() {
  static const order::testing::World world;
  return world.charter();
}

const std::string chip_text(32, 'a');

ChipId listed_chip() {
  ChipId out;
  out.bytes.fill(0xAA);
  return out;
}

TEST(BatchTerms, ReadsEveryMember) {
  const auto terms =
      parse_terms(fmt::format(R"({{"validity_s": 3600, "not_before": "2026-03-02T00:00:00Z",
        "allowance_teraops": 12, "cluster_max": 8, "link_megabytes_per_second": 9,
        "program_root": "{}", "level_least": 1, "job_classes": 3,
        "fence": {{"faults": 1, "alternatives": [{{"needed": 2, "clauses": [
          {{"beacon": 0, "rtt_us": 5000}}, {{"beacon": 2, "rtt_us": 7000}}]}}]}},
        "terms": {{"{}": {{"cluster_max": 2, "fence": null}}}},
        "deny": {{"{}": {{"reason": "broken seal", "appeal_until": "2026-03-09T00:00:00Z"}}}},
        "simulate_omission": ["{}"]}})",
                              std::string(64, '1'), chip_text, chip_text, chip_text),
                  charter());
  ASSERT_TRUE(terms) << terms.error().detail;
  EXPECT_EQ(terms->common.validity, hours(1));
  EXPECT_EQ(terms->common.allowance.value, 12U);
  EXPECT_EQ(terms->common.program_root.front(), 0x11);
  EXPECT_TRUE(terms->common.has_fence);
  EXPECT_EQ(terms->common.fence.beacon_count, 3U);
  EXPECT_EQ(terms->common.fence.alternatives[0].clauses[1].round_trip_us_max, 7000U);
  const LicenceTerms& own = terms->chips.at(listed_chip());
  EXPECT_EQ(own.cluster_max, 2U);
  EXPECT_FALSE(own.has_fence);
  EXPECT_EQ(own.validity, hours(1));
  EXPECT_EQ(terms->denials.at(listed_chip()).reason, "broken seal");
  EXPECT_TRUE(terms->simulated_omissions.contains(listed_chip()));
}

TEST(BatchTerms, RefusesWhatItDoesNotKnowOrCannotRead) {
  const std::string base = R"("validity_s": 1)";
  const std::vector<std::string> wrong{
      "",
      "[]",
      "null",
      "{",
      "{}",
      R"({"validity_s": 0})",
      R"({"validity_s": -1})",
      R"({"validity_s": 1.5})",
      R"({"validity_s": "1"})",
      R"({"validity_s": 4294967296})",
      "{" + base + R"(, "unheard_of": 1})",
      "{" + base + R"(, "not_before": "yesterday"})",
      "{" + base + R"(, "not_before": 5})",
      "{" + base + R"(, "program_root": "11"})",
      "{" + base + R"(, "level_least": 256})",
      "{" + base + R"(, "cluster_max": -2})",
      "{" + base + R"(, "terms": 7})",
      "{" + base + R"(, "terms": {"xyz": {}}})",
      "{" + base + R"(, "deny": {"xyz": {"reason": "r"}}})",
      "{" + base + R"(, "deny": {")" + chip_text + R"(": {}}})",
      "{" + base + R"(, "deny": {")" + chip_text + R"(": {"reason": ""}}})",
      "{" + base + R"(, "simulate_omission": [1]})",
      "{" + base + R"(, "fence": {}})",
      "{" + base + R"(, "fence": {"faults": 1}})",
      "{" + base + R"(, "fence": {"faults": 1, "alternatives": [{"needed": 1, "clauses":
        [{"beacon": 3, "rtt_us": 1}]}]}})",
      "{" + base + R"(} {})",
  };
  for (const std::string& text : wrong) {
    const auto terms = parse_terms(text, charter());
    ASSERT_FALSE(terms) << text;
    EXPECT_EQ(terms.error().error.code, errc::json_malformed) << text;
  }
}

TEST(BatchTerms, NamesTheMember) {
  const auto terms = parse_terms(R"({"validity_s": 1, "unheard_of": 1})", charter());
  ASSERT_FALSE(terms);
  EXPECT_EQ(terms.error().detail, "unheard_of");
}

TEST(BatchTerms, TooManyClausesAreRefused) {
  std::string clauses = R"({"beacon": 0, "rtt_us": 1})";
  for (std::size_t i = 0; i < order::fence_clauses_max; ++i)
    clauses += R"(, {"beacon": 0, "rtt_us": 1})";
  const auto terms = parse_terms(
      R"({"validity_s": 1, "fence": {"faults": 0, "alternatives": [{"needed": 1, "clauses": [)" +
          clauses + "]}]}}",
      charter());
  ASSERT_FALSE(terms);
  EXPECT_EQ(terms.error().detail, "fence.clauses");
}

std::string fenced(const std::string& alternative, const std::string& faults = "1") {
  return R"({"validity_s": 3600, "fence": {"faults": )" + faults + R"(, "alternatives": [)" +
         alternative + "]}}";
}

TEST(BatchTerms, ClausesMayComeInAnyOrder) {
  const auto terms = parse_terms(
      fenced(
          R"({"needed": 2, "clauses": [{"beacon": 2, "rtt_us": 7}, {"beacon": 0, "rtt_us": 5}]})"),
      charter());
  ASSERT_TRUE(terms) << terms.error().detail;
  const order::FenceAlternative& read = terms->common.fence.alternatives[0];
  EXPECT_EQ(read.clauses[0].beacon, 0U);
  EXPECT_EQ(read.clauses[0].round_trip_us_max, 5U);
  EXPECT_EQ(read.clauses[1].beacon, 2U);
}

/// Found here, and not when the batch is signed and in the log.
TEST(BatchTerms, WhatNoChipWouldReadIsRefused) {
  const std::string clause = R"({"beacon": 0, "rtt_us": 5})";
  const std::vector<std::string> wrong{
      fenced(R"({"needed": 0, "clauses": [)" + clause + "]}"),
      fenced(R"({"needed": 2, "clauses": [)" + clause + "]}"),
      fenced(R"({"needed": 1, "clauses": [)" + clause + "," + clause + "]}"),
      fenced(R"({"needed": 1, "clauses": [)" + clause + "]}", "255"),
      R"({"validity_s": 1, "level_least": 200})",
      R"({"validity_s": 1, "not_before": "2026-03-02T00:00:00.250Z"})",
      R"({"validity_s": 1, "deny": {")" + chip_text + R"(": {"reason": "a\u0000b"}}})",
      R"({"validity_s": 1, "terms": {")" + chip_text + R"(": {"level_least": 200}}})",
  };
  for (const std::string& text : wrong) {
    const auto terms = parse_terms(text, charter());
    ASSERT_FALSE(terms) << text;
    EXPECT_EQ(terms.error().error.code, errc::json_malformed) << text;
    EXPECT_FALSE(terms.error().detail.empty()) << text;
  }
}

}  // namespace
}  // namespace daymark::authority
