#include "daymark/crypto/conformance.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/crypto/vectors_testing.h"

namespace daymark::crypto {
namespace {

using testing::hex;

const SecretKey test_signer{
    hex<32>("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")};
constexpr std::string_view identity =
    "0100000000000000000000000000000000000000000000000000000000000000";

/// A case of the CCTV form; `flags` is JSON.
std::string cctv(std::string_view key, std::string_view signature, std::string_view flags) {
  return fmt::format(R"([{{"number":7,"key":"{}","sig":"{}","msg":"text","flags":{}}}])", key,
                     signature, flags);
}

std::string good_key() {
  return to_hex(ed25519_public(test_signer).bytes);
}

std::string good_signature() {
  return to_hex(ed25519_sign(test_signer, bytes_of("text")).bytes);
}

/// R = A = identity and S = 0, which the equation alone accepts.
std::string trivial_signature() {
  return std::string(identity) + std::string(64, '0');
}

std::string wycheproof() {
  return read_text(DAYMARK_SOURCE_DIR "/tests/vectors/crypto/ed25519_test.json").value();
}

ConformanceCount count_of(const std::string& text) {
  return run_ed25519_conformance(text).value();
}

TEST(Conformance, WycheproofPasses) {
  const ConformanceCount count = count_of(wycheproof());
  EXPECT_EQ(count.passed, 52U);
  EXPECT_EQ(count.failed, 0U) << ::testing::PrintToString(count.failures);
}

TEST(Conformance, WycheproofVerdictsAreCompared) {
  std::string text = wycheproof();
  const std::string_view valid = "\"result\": \"valid\"";
  text.replace(text.find(valid), valid.size(), "\"result\": \"invalid\"");
  const ConformanceCount count = count_of(text);
  EXPECT_EQ(count.passed, 51U);
  ASSERT_EQ(count.failures.size(), 1U);
  EXPECT_EQ(count.failures[0], "tcId 1: accepted, expected to be refused");
}

TEST(Conformance, CctvFlagsGiveTheVerdict) {
  EXPECT_EQ(count_of(cctv(good_key(), good_signature(), "null")).passed, 1U);
  EXPECT_EQ(count_of(cctv(good_key(), good_signature(), R"(["low_order_component_A"])")).passed,
            1U);
  EXPECT_EQ(count_of(cctv(identity, trivial_signature(), R"(["low_order_A"])")).passed, 1U);
  for (const char* flag :
       {"low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R", "low_order_residue"}) {
    const auto flags = fmt::format(R"(["reencoded_k","{}"])", flag);
    EXPECT_EQ(count_of(cctv(good_key(), good_signature(), flags)).failed, 1U) << flag;
  }
}

TEST(Conformance, CctvFailuresAreNamed) {
  const ConformanceCount count = count_of(cctv(identity, trivial_signature(), "[]"));
  ASSERT_EQ(count.failures.size(), 1U);
  EXPECT_EQ(count.failures[0], "number 7: refused, expected to be accepted");
}

TEST(Conformance, OtherFilesAreRefused) {
  for (const std::string& text :
       {std::string("{}"), std::string("7"), std::string("[7]"), std::string("[{}]"),
        std::string("{\"testGroups\":[{}]}"), cctv("zz", good_signature(), "[]"),
        cctv(good_key(), good_signature(), "7"), std::string("[{\"number\":1,\"number\":1}]")}) {
    EXPECT_FALSE(run_ed25519_conformance(text)) << text;
  }
}

}  // namespace
}  // namespace daymark::crypto
