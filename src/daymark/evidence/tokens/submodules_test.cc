#include <algorithm>

#include <gtest/gtest.h>

#include "daymark/base/file.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tokens/submodules_internal.h"
#include "daymark/evidence/tokens/token_testing.h"

namespace daymark::evidence {
namespace {

constexpr UnixMillis judged_at{1772323200000};

const TestKey& outer_key() {
  static const TestKey key;
  return key;
}

EvidenceVerdict judged_token(const TestClaims& claims) {
  TokenOptions options;
  options.key = outer_key().verifying();
  options.as_of = judged_at;
  return verify_token("t", sign1_by(outer_key(), encode_claims(claims)), options);
}

/// A token with one submodule.
TestClaims with_submodule(PutValue value) {
  return {{10, bytes_value(8, 1)}, {266, [value = std::move(value)](cbor::Writer& out) {
                                      out.open_map(1);
                                      out.put_text("gpu");
                                      value(out);
                                    }}};
}

/// What is said of that one, and of the token.
std::pair<std::string, Verdict> submodule_of(const PutValue& value) {
  const EvidenceVerdict found = judged_token(with_submodule(value));
  for (const Fact& fact : found.facts) {
    if (fact.name == "submodule gpu") return {fact.value, found.verdict};
  }
  return {"", found.verdict};
}

PutValue claims_value(const TestClaims& claims) {
  return [item = encode_claims(claims)](cbor::Writer& out) { out.put_raw(item); };
}

PutValue nested_value(const TestKey& key, const TestClaims& claims) {
  const std::vector<Byte> token = sign1_by(key, encode_claims(claims));
  return [token](cbor::Writer& out) { out.put_bytes(token); };
}

/// The token itself, by its tag.
PutValue tagged_value(const TestKey& key, const TestClaims& claims) {
  const std::vector<Byte> token = sign1_by(key, encode_claims(claims));
  return [token](cbor::Writer& out) { out.put_raw(token); };
}

TEST(Submodules, ATokenMayStandThereByItsTag) {
  const std::int64_t now = judged_at.value / 1000;
  using Told = std::pair<std::string, Verdict>;
  EXPECT_EQ(submodule_of(tagged_value(outer_key(), {{4, number_value(now)}})),
            Told("genuine (eat: token_genuine)", Verdict::genuine));
  EXPECT_EQ(submodule_of(tagged_value(outer_key(), {{4, number_value(now - 1)}})),
            Told("refused (eat: token_expired)", Verdict::refused));
  EXPECT_EQ(submodule_of(tagged_value(TestKey(), {{4, number_value(now)}})),
            Told("undecided (token by a key that nobody named, or altered)", Verdict::genuine));
  EXPECT_EQ(submodule_of([](cbor::Writer& out) {
              out.put_tag(602);
              out.open_array(0);
            }),
            Told("undecided (a detached EAT bundle inside a token)", Verdict::genuine));
}

TEST(Submodules, EachHasAVerdictOfItsOwn) {
  using Told = std::pair<std::string, Verdict>;
  const std::int64_t now = judged_at.value / 1000;
  EXPECT_EQ(submodule_of(claims_value({{4, number_value(now)}})),
            Told("genuine (claims, signed with the token around them)", Verdict::genuine));
  EXPECT_EQ(submodule_of(claims_value({{4, number_value(now - 1)}})),
            Told("refused (claims: token_expired)", Verdict::refused));
  EXPECT_EQ(submodule_of(claims_value({{263, number_value(9)}})),
            Told("refused (claims: token_claim)", Verdict::refused));
  EXPECT_EQ(submodule_of(nested_value(outer_key(), {{4, number_value(now)}})),
            Told("genuine (eat: token_genuine)", Verdict::genuine));
  EXPECT_EQ(submodule_of(nested_value(outer_key(), {{4, number_value(now - 1)}})),
            Told("refused (eat: token_expired)", Verdict::refused));
  EXPECT_EQ(judged_token(with_submodule(nested_value(outer_key(), {{4, number_value(now - 1)}})))
                .reason.code,
            errc::token_submodule);
  EXPECT_EQ(submodule_of(nested_value(TestKey(), {{4, number_value(now)}})),
            Told("undecided (token by a key that nobody named, or altered)", Verdict::genuine));
}

TEST(Submodules, WhatIsElsewhereOrUnknownIsNamed) {
  EXPECT_EQ(submodule_of([](cbor::Writer& out) {
              out.open_array(2);
              out.put_integer(-16);
              out.put_bytes(std::vector<Byte>(32, 7));
            }).first,
            "undecided (digest of a token that was not given)");
  EXPECT_EQ(submodule_of([](cbor::Writer& out) {
              out.open_array(2);
              out.put_text("XML");
              out.put_text("<eat/>");
            }).first,
            "undecided (unknown kind \"XML\")");
  EXPECT_EQ(submodule_of(bytes_value(9, 1)).first,
            "undecided (a token of a kind that is not known here)");
}

TEST(Submodules, TokensInsideOneAnotherEnd) {
  TestClaims inner{{10, bytes_value(8, 1)}};
  for (unsigned i = 0; i < submodule_depth_max + 2; ++i)
    inner = with_submodule(nested_value(outer_key(), inner));
  EXPECT_EQ(judged_token(inner).verdict, Verdict::genuine);
}

TEST(Corims, WhatIsConditionalIsNamedAsUnread) {
  const auto content = read_file(std::string(DAYMARK_SOURCE_DIR) +
                                 "/tests/vectors/corim/comid/comid-cond-endorse-series.cbor")
                           .value();
  const auto comid = read_comid(content);
  ASSERT_TRUE(comid);
  EXPECT_EQ(
      std::ranges::count(comid->unknown, "series of conditional endorsements", &CorimUnknown::name),
      1);
}

}  // namespace
}  // namespace daymark::evidence
