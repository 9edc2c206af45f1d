#include "daymark/evidence/tokens/cose_message.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/cbor/errors.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/pki/base64url_internal.h"
#include "daymark/evidence/tokens/token_conformance.h"
#include "daymark/evidence/tokens/token_testing.h"

namespace daymark::evidence {
namespace {

const std::string cose_vectors = std::string(DAYMARK_SOURCE_DIR) + "/tests/vectors/cose";

Errc verify_refusal(ByteView message, const VerifyingKey& key) {
  const auto parsed = parse_cose(message, Untagged::refused);
  return parsed ? refusal_of(verify_cose(*parsed, key)) : parsed.error().code;
}

Errc parse_refusal(std::string_view hex) {
  return refusal_of(parse_cose(hex_bytes(hex), Untagged::allowed));
}

TEST(Cose, VerifiesEveryAlgorithm) {
  const auto payload = hex_bytes("01020304");
  for (const char* const curve : {"P-256", "P-384", "P-521", "Ed25519"}) {
    const TestKey key(curve);
    auto message = sign1_by(key, payload);
    const auto parsed = parse_cose(message, Untagged::refused);
    ASSERT_TRUE(parsed) << curve;
    const auto verified = verify_cose(*parsed, key.verifying());
    ASSERT_TRUE(verified) << curve;
    EXPECT_TRUE(equal(verified->content(), payload));
    EXPECT_EQ(verify_refusal(message, TestKey(curve).verifying()), errc::cose_signature);
    message.back() ^= 1;
    EXPECT_EQ(verify_refusal(message, key.verifying()), errc::cose_signature) << curve;
  }
}

TEST(Cose, AlgorithmIsTheKeys) {
  const auto payload = hex_bytes("01");
  const TestKey key("P-256");
  // Signed as ES256, but named ES384 and EdDSA; and a key of another kind.
  for (const std::int64_t named : {-35, -36, -8}) {
    EXPECT_EQ(verify_refusal(sign1_by(key, payload, header_of(named)), key.verifying()),
              errc::cose_key_algorithm);
  }
  EXPECT_EQ(verify_refusal(sign1_by(key, payload), TestKey("P-384").verifying()),
            errc::cose_key_algorithm);
  EXPECT_EQ(verify_refusal(sign1_by(key, payload, header_of(-999)), key.verifying()),
            errc::cose_algorithm);
}

TEST(Cose, EveryFlippedBitIsRefused) {
  const TestKey key;
  auto message = sign1_by(key, hex_bytes("a10a480102030405060708"));
  for (std::size_t i = 0; i < message.size(); ++i) {
    message[i] ^= 0x01;
    EXPECT_NE(verify_refusal(message, key.verifying()), Errc{}) << i;
    message[i] ^= 0x01;
  }
  EXPECT_EQ(verify_refusal(message, key.verifying()), Errc{});
  message.push_back(0);
  EXPECT_EQ(verify_refusal(message, key.verifying()), errc::cbor_trailing);
}

TEST(Cose, CriticalParametersMustBeUnderstoodAndThere) {
  const TestKey key;
  const auto payload = hex_bytes("01");
  // {1: -7, 2: [1]}, {1: -7, 2: [99], 99: 0}, {1: -7, 2: [4]}, {1: -7, 2: []}
  EXPECT_EQ(verify_refusal(sign1_by(key, payload, hex_bytes("a20126028101")), key.verifying()),
            Errc{});
  EXPECT_EQ(
      verify_refusal(sign1_by(key, payload, hex_bytes("a3012602811863186300")), key.verifying()),
      errc::cose_critical);
  EXPECT_EQ(verify_refusal(sign1_by(key, payload, hex_bytes("a20126028104")), key.verifying()),
            errc::cose_critical);
  EXPECT_EQ(verify_refusal(sign1_by(key, payload, hex_bytes("a201260280")), key.verifying()),
            errc::cose_malformed);
  // In the unprotected header nobody vouches for it: {2: [1]}.
  EXPECT_EQ(
      verify_refusal(sign1_by(key, payload, header_of(-7), hex_bytes("a1028101")), key.verifying()),
      errc::cose_critical);
}

TEST(Cose, LabelsStandOnce) {
  const TestKey key;
  EXPECT_EQ(verify_refusal(sign1_by(key, hex_bytes("01"), header_of(-7), hex_bytes("a10126")),
                           key.verifying()),
            errc::cbor_key_duplicate);
  EXPECT_EQ(
      verify_refusal(sign1_by(key, hex_bytes("01"), hex_bytes("a201260126")), key.verifying()),
      errc::cbor_key_duplicate);
}

TEST(Cose, RefusesOtherShapes) {
  EXPECT_EQ(parse_refusal("d18443a10105a0410140"), errc::cose_mac);
  EXPECT_EQ(parse_refusal("d8618543a10105a041014080"), errc::cose_mac);
  EXPECT_EQ(parse_refusal("d28343a10126a04101"), errc::cose_malformed);
  EXPECT_EQ(parse_refusal("d9099f8443a10126a0410140"), errc::cose_malformed);
  EXPECT_EQ(parse_refusal("d28440a0410140"), errc::cose_algorithm);
  EXPECT_EQ(parse_refusal("d8628440a0410180"), errc::cose_signers);
  EXPECT_EQ(parse_refusal("d2844301260aa0410140"), errc::cbor_trailing);
  EXPECT_EQ(parse_refusal("8443a10126a0410140"), Errc{});
  EXPECT_EQ(refusal_of(parse_cose(hex_bytes("8443a10126a0410140"), Untagged::refused)),
            errc::cose_malformed);
  EXPECT_EQ(verify_refusal(hex_bytes("d28443a10126a0f640"), TestKey().verifying()),
            errc::cose_detached);
}

TEST(Cose, ForeignExamples) {
  const auto count = run_token_conformance("cose", cose_vectors);
  ASSERT_TRUE(count);
  EXPECT_EQ(count->failed, 0U) << (count->failures.empty() ? "" : count->failures.front());
  EXPECT_EQ(count->passed, 21U);
}

TEST(VerifyingKeys, SameKeyInEveryForm) {
  for (const char* const curve : {"P-256", "P-384", "P-521", "Ed25519"}) {
    const VerifyingKey key = TestKey(curve).verifying();
    const auto again = VerifyingKey::from_text("Some words before\n" + key.pem());
    ASSERT_TRUE(again) << curve;
    EXPECT_EQ(again->thumbprint(), key.thumbprint());
    EXPECT_EQ(again->kind(), key.kind());
  }
}

TEST(VerifyingKeys, JwkIsRead) {
  const std::string x = "usWxHK2PmfnHKwXPS54m0kTcGJ90UiglWiGahtagnv8";
  const std::string y = "IBOL-C3BttVivg-lSreASjpkttcsz-1rb7btKLv8EX4";
  const auto jwk = [&](const std::string& more) {
    return R"({"kty":"EC","crv":"P-256","x":")" + x + R"(","y":")" + y + "\"" + more + "}";
  };
  EXPECT_TRUE(VerifyingKey::from_text(jwk("")));
  EXPECT_TRUE(VerifyingKey::from_text(jwk(R"(,"alg":"ES256","kid":"1")")));
  EXPECT_FALSE(VerifyingKey::from_text(jwk(R"(,"alg":"ES384")")));
  EXPECT_FALSE(VerifyingKey::from_text(jwk(R"(,"x":"AAAA")")));
  EXPECT_FALSE(VerifyingKey::from_text(jwk("") + "x"));
  std::string off_curve = jwk("");
  off_curve.replace(off_curve.find("EX4"), 3, "EX8");
  EXPECT_EQ(refusal_of(VerifyingKey::from_text(off_curve)), errc::verifying_key);
}

TEST(VerifyingKeys, RefusesOtherKeys) {
  const std::string pem = TestKey().verifying().pem();
  EXPECT_FALSE(VerifyingKey::from_pem(pem + pem));
  EXPECT_FALSE(VerifyingKey::from_pem(""));
  EXPECT_FALSE(VerifyingKey::from_pem(TestKey().private_pem()));
  const VerifyingKey key = TestKey().verifying();
  std::vector<Byte> longer(key.spki().begin(), key.spki().end());
  longer.push_back(0);
  EXPECT_FALSE(VerifyingKey::from_spki(longer));
  // Off the curve.
  longer.pop_back();
  longer.back() ^= 1;
  EXPECT_FALSE(VerifyingKey::from_spki(longer));
}

RC_GTEST_PROP(Base64Url, RoundTrip, (std::vector<Byte> bytes)) {
  const std::string text = to_base64url(bytes);
  const auto back = from_base64url(text);
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == bytes);
  RC_ASSERT(!from_base64url(text + "="));
}

TEST(Base64Url, RefusesBitsThatAreNotZero) {
  EXPECT_TRUE(from_base64url("AA"));
  EXPECT_FALSE(from_base64url("AB"));
  EXPECT_FALSE(from_base64url("A"));
  EXPECT_FALSE(from_base64url("+/8"));
}

}  // namespace
}  // namespace daymark::evidence
