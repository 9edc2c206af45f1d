#include "daymark/evidence/pki/pem.h"

#include <gtest/gtest.h>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/evidence_testing.h"

namespace daymark::evidence {
namespace {

constexpr std::string_view one =
    "-----BEGIN CERTIFICATE-----\nAQID\nBAUG\n-----END CERTIFICATE-----\n";

Errc pem_refusal(const std::string& text) {
  const auto parsed = parse_pem_certificates(text);
  return parsed ? Errc{} : parsed.error().code;
}

TEST(Pem, ReadsCertificatesInOrder) {
  const std::string second = "-----BEGIN CERTIFICATE-----\nBw==\n-----END CERTIFICATE-----";
  const auto parsed = parse_pem_certificates(std::string(one) + "\n" + second);
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->size(), 2U);
  EXPECT_EQ(to_hex((*parsed)[0]), "010203040506");
  EXPECT_EQ(to_hex((*parsed)[1]), "07");
}

TEST(Pem, CarriageReturnsAreAccepted) {
  EXPECT_EQ(pem_refusal("-----BEGIN CERTIFICATE-----\r\nAQID\r\n-----END CERTIFICATE-----\r\n"),
            Errc{});
}

TEST(Pem, AnythingElseIsRefused) {
  const std::string good(one);
  EXPECT_EQ(pem_refusal(""), errc::chain_pem);
  EXPECT_EQ(pem_refusal("\n\n"), errc::chain_pem);
  EXPECT_EQ(pem_refusal("subject=x\n" + good), errc::chain_pem);
  EXPECT_EQ(pem_refusal(good + "x"), errc::chain_pem);
  EXPECT_EQ(pem_refusal("-----BEGIN CERTIFICATE-----\nAQID\n"), errc::chain_pem);
  EXPECT_EQ(pem_refusal("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"),
            errc::chain_pem);
  EXPECT_EQ(pem_refusal("-----BEGIN CERTIFICATE-----\nAQ!D\n-----END CERTIFICATE-----\n"),
            errc::chain_pem);
  EXPECT_EQ(pem_refusal("-----BEGIN CERTIFICATE-----\nAR==\n-----END CERTIFICATE-----\n"),
            errc::chain_pem);
  EXPECT_EQ(pem_refusal("-----BEGIN PRIVATE KEY-----\nAQID\n-----END PRIVATE KEY-----\n"),
            errc::chain_pem);
}

TEST(Pem, TooMuchIsRefused) {
  std::string many;
  for (std::size_t i = 0; i < pem_certificates_max; ++i)
    many += one;
  EXPECT_EQ(pem_refusal(many), Errc{});
  EXPECT_EQ(pem_refusal(many + std::string(one)), errc::chain_pem);
  EXPECT_EQ(pem_refusal(std::string(chain_text_max + 1, '\n')), errc::chain_too_large);
}

TEST(Pem, OffsetNamesTheLine) {
  const auto parsed = parse_pem_certificates(std::string(one) + "x\n");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().offset, one.size());
}

}  // namespace
}  // namespace daymark::evidence
