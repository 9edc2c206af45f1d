#include "daymark/cbor/conformance.h"

#include <gtest/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/cbor/errors.h"
#include "daymark/cbor/naive_testing.h"
#include "daymark/cbor/show_internal.h"

namespace daymark::cbor {
namespace {

using testing::hex;

/// Items of RFC 8949 appendix A in the form of the foreign file.
constexpr std::string_view vectors = R"json([
  {"hex": "00", "roundtrip": true, "decoded": 0},
  {"hex": "1bffffffffffffffff", "roundtrip": true, "decoded": 18446744073709551615},
  {"hex": "c249010000000000000000", "roundtrip": true, "decoded": 18446744073709551616},
  {"hex": "3bffffffffffffffff", "roundtrip": true, "decoded": -18446744073709551616},
  {"hex": "f90001", "roundtrip": true, "decoded": 5.960464477539063e-08},
  {"hex": "f97c00", "roundtrip": true, "diagnostic": "Infinity"},
  {"hex": "fa7f800000", "roundtrip": false, "diagnostic": "Infinity"},
  {"hex": "f7", "roundtrip": true, "diagnostic": "undefined"},
  {"hex": "f818", "roundtrip": true, "diagnostic": "simple(24)"
}

                                                                ,
  {"hex": "f8ff", "roundtrip": true, "diagnostic": "simple(255)"},
  {"hex": "c1fb41d452d9ec200000", "roundtrip": true, "diagnostic": "1(1363896240.5)"},
  {"hex": "4401020304", "roundtrip": true, "diagnostic": "h'01020304'"},
  {"hex": "62225c", "roundtrip": true, "decoded": "\"\\"},
  {"hex": "a201020304", "roundtrip": true, "decoded": {"1": 2, "3": 4}},
  {"hex": "5f42010243030405ff", "roundtrip": false, "diagnostic": "(_ h'0102', h'030405')"},
  {"hex": "7f657374726561646d696e67ff", "roundtrip": false, "decoded": "streaming"},
  {"hex": "bf61610161629f0203ffff", "roundtrip": false, "decoded": {"a": 1, "b": [2, 3]}}
])json";

ConformanceCount count_of(std::string_view text) {
  return run_cbor_conformance(text).value();
}

TEST(CborConformance, AppendixPasses) {
  const ConformanceCount count = count_of(vectors);
  EXPECT_EQ(count.passed, 17U);
  EXPECT_EQ(count.failed, 0U) << ::testing::PrintToString(count.failures);
}

TEST(CborConformance, FaultsAreNamed) {
  const std::pair<std::string_view, std::string_view> faults[] = {
      {R"([{"hex": "ff", "roundtrip": true, "decoded": 0}])",
       "ff: refused as foreign "
       "item"},
      {R"([{"hex": "1801", "roundtrip": true, "decoded": 1}])",
       "1801: refused as "
       "deterministic item"},
      {R"([{"hex": "01", "roundtrip": false, "decoded": 1}])",
       "01: accepted, but not "
       "deterministic"},
      {R"([{"hex": "01", "roundtrip": true, "decoded": 2}])",
       "01: read as another "
       "value"},
      {R"([{"hex": "f5", "roundtrip": true, "diagnostic": "false"}])",
       "f5: read as another "
       "value"}};
  for (const auto& [text, failure] : faults) {
    const ConformanceCount count = count_of(text);
    EXPECT_EQ(count.passed, 0U);
    ASSERT_EQ(count.failures.size(), 1U);
    EXPECT_EQ(count.failures[0], failure);
  }
}

TEST(CborConformance, OtherFilesAreRefused) {
  for (const char* text :
       {"", "{}", "[1]", "[{}]", R"([{"hex": "0", "roundtrip": true, "decoded": 0}])",
        R"([{"hex": "00", "decoded": 0}])", R"([{"hex": "00", "roundtrip": true}])",
        R"([{"hex": "00", "roundtrip": 1, "decoded": 0}])"}) {
    EXPECT_FALSE(run_cbor_conformance(text)) << text;
  }
}

TEST(Show, WritesDiagnosticNotation) {
  const std::pair<std::string_view, std::string_view> items[] = {
      {"a201820263616263206161", R"({1: [2, "abc"], -1: "a"})"},
      {"9f01ff", "[_ 1]"},
      {"bf0102ff", "{_ 1: 2}"},
      {"d2f6", "18(null)"},
      {"3bffffffffffffffff", "-18446744073709551616"},
      {"f93c00", "1.0"},
      {"f98000", "-0.0"},
      {"fa7fc00000", "NaN"},
      {"82f4f5", "[false, true]"}};
  for (const auto& [item, text] : items) {
    EXPECT_EQ(internal::to_diagnostic(hex(item)).value(), text);
  }
  EXPECT_EQ(internal::to_diagnostic(hex("81")).error().code, errc::cbor_truncated);
}

TEST(Show, WritesJson) {
  EXPECT_EQ(internal::to_json(hex("a3016161026161f5f4")).value().dump(),
            R"({"1":"a","2":"a","true":false})");
  EXPECT_EQ(internal::to_json(hex("824101c100")).value().dump(), R"(["h'01'",0])");
  EXPECT_FALSE(internal::to_json(hex("0000")));
}

}  // namespace
}  // namespace daymark::cbor
