#include "daymark/evidence/tokens/token_verdict.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/cbor/errors.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/pki/base64url_internal.h"
#include "daymark/evidence/tokens/ear_reader.h"
#include "daymark/evidence/tokens/eat_claims.h"
#include "daymark/evidence/tokens/eat_psa.h"
#include "daymark/evidence/tokens/jwt.h"
#include "daymark/evidence/tokens/token_conformance.h"
#include "daymark/evidence/tokens/token_testing.h"

namespace daymark::evidence {
namespace {

const std::string foreign_vectors = std::string(DAYMARK_SOURCE_DIR) + "/tests/vectors/";
constexpr UnixMillis spring{1772323200000};

using Bytes = std::vector<Byte>;
using Claims = TestClaims;

struct Component {
  std::size_t size = 32;
  Byte fill = 0x11;
  bool with_signer = true;
};

PutValue components_value(const std::vector<Component>& list) {
  return [list](cbor::Writer& out) {
    out.open_array(list.size());
    for (const Component& one : list) {
      out.open_map(one.with_signer ? 3 : 2);
      out.put_integer(1);
      out.put_text("BL");
      out.put_integer(2);
      out.put_bytes(Bytes(one.size, one.fill));
      if (!one.with_signer) continue;
      out.put_integer(5);
      out.put_bytes(Bytes(32, 0x22));
    }
  };
}

Claims psa_claims() {
  return {{10, bytes_value(32, 0x0A)},
          {256, bytes_value(33, 0x0B, 0x01)},
          {265, text_value("tag:psacertified.org,2023:psa#tfm")},
          {268, bytes_value(8, 0x0C)},
          {2394, number_value(-5)},
          {2395, number_value(0x3000)},
          {2396, bytes_value(32, 0xAA)},
          {2398, text_value("1234567890123-12345")},
          {2399, components_value({{32, 0x11}, {32, 0x12}})},
          {2400, text_value("https://verifier.example")}};
}

Errc psa_refusal(const Claims& claims) {
  const Bytes item = encode_claims(claims);
  const auto tree = CborTree::parse(item);
  return tree ? refusal_of(read_psa(*tree)) : tree.error().code;
}

Errc eat_refusal(const Claims& claims) {
  const Bytes item = encode_claims(claims);
  const auto tree = CborTree::parse(item);
  return tree ? refusal_of(read_eat(*tree)) : tree.error().code;
}

Claims psa_with(std::int64_t label, PutValue value) {
  Claims out = psa_claims();
  out[label] = std::move(value);
  return out;
}

Claims psa_without(std::int64_t label) {
  Claims out = psa_claims();
  out.erase(label);
  return out;
}

const TestKey& device_key() {
  static const TestKey key;
  return key;
}

EvidenceVerdict judged(const Claims& claims, TokenOptions options = {}) {
  if (!options.key) options.key = device_key().verifying();
  options.as_of = spring;
  return verify_token("t", sign1_by(device_key(), encode_claims(claims)), options);
}

// CoRIM of one reference triple about implementation AA…, with these digests.
struct CorimParts {
  Byte implementation = 0xAA;
  std::vector<Byte> fills{0x11, 0x12};
  std::int64_t until = 1800000000;
  bool tagged = true;
  std::string content_type = "application/rim+cbor";
};

void put_measurements(cbor::Writer& out, const CorimParts& parts) {
  out.open_array(parts.fills.size());
  for (const Byte fill : parts.fills) {
    out.open_map(1);
    out.put_integer(1);
    out.open_map(1);
    out.put_integer(2);
    out.open_array(1);
    out.open_array(2);
    out.put_integer(1);
    out.put_bytes(Bytes(32, fill));
  }
}

Bytes comid_by(const CorimParts& parts) {
  return cbor::encode([&parts](cbor::Writer& out) {
    out.open_map(3);
    out.put_integer(1);
    out.open_map(1);
    out.put_integer(0);
    out.put_text("comid");
    out.put_integer(4);
    out.open_map(2);
    out.put_integer(0);
    out.open_array(1);
    out.open_array(2);
    out.open_map(1);
    out.put_integer(0);
    out.open_map(1);
    out.put_integer(0);
    out.put_tag(600);
    out.put_bytes(Bytes(32, parts.implementation));
    put_measurements(out, parts);
    out.put_integer(9);
    out.put_text("nobody reads this");
    out.put_integer(77);
    out.put_bool(true);
  });
}

Bytes corim_by(const CorimParts& parts) {
  return cbor::encode([&parts](cbor::Writer& out) {
    if (parts.tagged) out.put_tag(501);
    out.open_map(3);
    out.put_integer(0);
    out.put_text("corim");
    out.put_integer(1);
    out.open_array(1);
    out.put_tag(506);
    out.put_bytes(comid_by(parts));
    out.put_integer(4);
    out.open_map(1);
    out.put_integer(1);
    out.put_tag(1);
    out.put_integer(parts.until);
  });
}

Bytes signed_corim(const TestKey& key, const CorimParts& parts) {
  const auto header = cbor::encode([&parts](cbor::Writer& out) {
    out.open_map(2);
    out.put_integer(1);
    out.put_integer(-7);
    out.put_integer(3);
    out.put_text(parts.content_type);
  });
  return sign1_by(key, corim_by(parts), header);
}

EvidenceVerdict judged_with(const CorimParts& parts, const Claims& claims = psa_claims()) {
  const TestKey maker;
  const std::vector<CorimReference> references{
      {"c", verify_corim(signed_corim(maker, parts), maker.verifying())}};
  TokenOptions options;
  options.references = references;
  return judged(claims, options);
}

TEST(PsaTokens, GenuineByTheGivenKey) {
  const EvidenceVerdict verdict = judged(psa_claims());
  EXPECT_EQ(verdict.verdict, Verdict::genuine);
  EXPECT_EQ(verdict.kind, "psa-token");
  EXPECT_EQ(verdict.reason.code, errc::token_genuine);
  EXPECT_EQ(verdict.level, Level::host_signed);
  EXPECT_EQ(verdict.known.finding, Finding::not_judged);
}

TEST(PsaTokens, RefusedByAnotherKeyAndUndecidedWithout) {
  TokenOptions options;
  options.key = TestKey().verifying();
  EXPECT_EQ(judged(psa_claims(), options).reason.code, errc::cose_signature);
  EXPECT_EQ(judged(psa_claims(), options).level, Level::declared);
  options.key = TestKey("P-384").verifying();
  EXPECT_EQ(judged(psa_claims(), options).reason.code, errc::cose_key_algorithm);
  const auto token = sign1_by(device_key(), encode_claims(psa_claims()));
  const EvidenceVerdict without = verify_token("t", token, {});
  EXPECT_EQ(without.verdict, Verdict::undecided);
  EXPECT_EQ(without.reason.code, errc::verifying_key_missing);
}

TEST(PsaTokens, NonceIsTheChallenge) {
  TokenOptions options;
  options.nonce = Bytes(32, 0x0A);
  EXPECT_EQ(judged(psa_claims(), options).verdict, Verdict::genuine);
  options.nonce->back() ^= 1;
  EXPECT_EQ(judged(psa_claims(), options).reason.code, errc::token_nonce);
  options.nonce = Bytes{};
  EXPECT_EQ(judged(psa_claims(), options).reason.code, errc::token_nonce);
}

TEST(PsaTokens, EachClaimHasItsForm) {
  EXPECT_EQ(psa_refusal(psa_claims()), Errc{});
  for (const std::int64_t label : {10, 256, 2394, 2395, 2396})
    EXPECT_EQ(psa_refusal(psa_without(label)), errc::token_claim_missing) << label;
  for (const std::int64_t label : {268, 2398, 2400})
    EXPECT_EQ(psa_refusal(psa_without(label)), Errc{}) << label;
  EXPECT_EQ(psa_refusal(psa_without(265)), errc::token_profile);
  EXPECT_EQ(psa_refusal(psa_with(10, bytes_value(31, 1))), errc::token_claim);
  EXPECT_EQ(psa_refusal(psa_with(10, bytes_value(64, 1))), Errc{});
  EXPECT_EQ(psa_refusal(psa_with(256, bytes_value(33, 2))), errc::token_claim);
  EXPECT_EQ(psa_refusal(psa_with(268, bytes_value(33, 2))), errc::token_claim);
  EXPECT_EQ(psa_refusal(psa_with(2394, number_value(1LL << 31))), errc::token_claim);
  EXPECT_EQ(psa_refusal(psa_with(2395, number_value(0x7000))), errc::psa_lifecycle);
  EXPECT_EQ(psa_refusal(psa_with(2395, number_value(0x3100))), errc::psa_lifecycle);
  EXPECT_EQ(psa_refusal(psa_with(2398, text_value("1234567890123"))), errc::token_claim);
  EXPECT_EQ(psa_refusal(psa_with(2400, text_value(""))), errc::token_claim);
}

TEST(PsaTokens, ComponentsAreWholeAndThere) {
  EXPECT_EQ(psa_refusal(psa_without(2399)), errc::psa_components);
  EXPECT_EQ(psa_refusal(psa_with(2399, components_value({}))), errc::psa_components);
  EXPECT_EQ(psa_refusal(psa_with(2399, components_value({{31}}))), errc::psa_components);
  EXPECT_EQ(psa_refusal(psa_with(2399, components_value({{32, 1, false}}))), errc::psa_components);
}

TEST(PsaTokens, LifeCycleMustBeSecured) {
  for (const std::int64_t state : {0x0000, 0x2001, 0x4000, 0x5000, 0x6000}) {
    const EvidenceVerdict verdict = judged(psa_with(2395, number_value(state)));
    EXPECT_EQ(verdict.verdict, Verdict::refused);
    EXPECT_EQ(verdict.reason.code, errc::psa_unsecured);
    EXPECT_EQ(verdict.genuine.finding, Finding::held);
  }
}

TEST(PsaTokens, KnownBySignedReferenceValues) {
  EXPECT_EQ(judged_with({}).known.reason.code, errc::psa_match);
  EXPECT_EQ(judged_with({}).verdict, Verdict::genuine);
  CorimParts parts;
  parts.fills = {0x11};
  const EvidenceVerdict mismatch = judged_with(parts);
  EXPECT_EQ(mismatch.verdict, Verdict::refused);
  EXPECT_EQ(mismatch.reason.code, errc::psa_mismatch);
  EXPECT_EQ(mismatch.reason.offset, 1U);
  parts = {};
  parts.implementation = 0xAB;
  EXPECT_EQ(judged_with(parts).verdict, Verdict::undecided);
  EXPECT_EQ(judged_with(parts).reason.code, errc::psa_reference_missing);
  parts = {};
  parts.until = spring.value / 1000 - 1;
  EXPECT_EQ(judged_with(parts).reason.code, errc::corim_time);
}

TEST(Corims, SignatureAndForm) {
  const TestKey maker;
  const auto key = maker.verifying();
  CorimParts parts;
  const auto good = verify_corim(signed_corim(maker, parts), key);
  ASSERT_TRUE(good);
  EXPECT_EQ(good->corim().comids.size(), 1U);
  EXPECT_EQ(good->corim().comids.front().unknown.size(), 2U);
  EXPECT_EQ(refusal_of(verify_corim(corim_by(parts), key)), errc::corim_unsigned);
  EXPECT_EQ(refusal_of(verify_corim(signed_corim(TestKey(), parts), key)), errc::cose_signature);
  parts.content_type = "application/json";
  EXPECT_EQ(refusal_of(verify_corim(signed_corim(maker, parts), key)), errc::corim_form);
  parts = {};
  parts.tagged = false;
  const Bytes bare = corim_by(parts);
  EXPECT_EQ(refusal_of(read_corim(bare)), errc::corim_untagged);
  EXPECT_TRUE(read_corim(bare, CorimForm::legacy));
  parts = {};
  parts.fills = {};
  EXPECT_EQ(refusal_of(read_corim(corim_by(parts))), errc::corim_form);
  EXPECT_EQ(verify_token("c", corim_by({}), {}).reason.code, errc::corim_unsigned);
}

TEST(Corims, EveryBeginningIsRefused) {
  const Bytes whole = corim_by({});
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(read_corim(ByteView(whole).first(size))) << size;
  EXPECT_TRUE(read_corim(whole));
}

TEST(Eats, TimesCount) {
  const std::int64_t now = spring.value / 1000;
  Claims claims{{4, number_value(now)}, {5, number_value(now)}, {10, bytes_value(8, 1)}};
  EXPECT_EQ(judged(claims).verdict, Verdict::genuine);
  EXPECT_EQ(judged(claims).kind, "eat");
  claims[4] = number_value(now - 1);
  EXPECT_EQ(judged(claims).reason.code, errc::token_expired);
  claims[4] = number_value(now + 1);
  claims[5] = number_value(now + 1);
  EXPECT_EQ(judged(claims).reason.code, errc::token_not_yet);
}

TEST(Eats, ClaimsHaveTheirForms) {
  EXPECT_EQ(eat_refusal({{10, bytes_value(8, 1)}}), Errc{});
  EXPECT_EQ(eat_refusal({{10, bytes_value(7, 1)}}), errc::token_claim);
  EXPECT_EQ(eat_refusal({{10, bytes_value(65, 1)}}), errc::token_claim);
  EXPECT_EQ(eat_refusal({{10, [](cbor::Writer& out) { out.open_array(0); }}}), errc::token_claim);
  EXPECT_EQ(eat_refusal({{256, bytes_value(6, 1)}}), errc::token_claim);
  EXPECT_EQ(eat_refusal({{263, number_value(5)}}), errc::token_claim);
  EXPECT_EQ(eat_refusal({{1, number_value(5)}}), errc::token_claim);
  EXPECT_EQ(eat_refusal({{4, number_value(-1)}}), errc::token_claim);
  EXPECT_EQ(eat_refusal({{266, bytes_value(6, 1)}}), errc::token_claim);
  EXPECT_EQ(eat_refusal({{12345, bytes_value(6, 1)}}), Errc{});
}

TEST(Eats, FreshnessFailsWhereNoNonceIsStated) {
  TokenOptions options;
  options.nonce = Bytes(32, 1);
  EXPECT_EQ(judged({{1, text_value("me")}}, options).reason.code, errc::token_nonce);
}

std::string jwt_by(const TestKey& key, const std::string& header, const std::string& claims) {
  const std::string covered = to_base64url(bytes_of(header)) + "." + to_base64url(bytes_of(claims));
  return covered + "." + to_base64url(key.sign(bytes_of(covered)));
}

Errc jwt_refusal(const std::string& header, const std::string& claims = R"({"a":1})") {
  return refusal_of(verify_jwt(jwt_by(device_key(), header, claims), device_key().verifying()));
}

TEST(Jwts, OnlyTheGivenKeyAndItsAlgorithm) {
  EXPECT_EQ(jwt_refusal(R"({"alg":"ES256","typ":"JWT"})"), Errc{});
  EXPECT_EQ(jwt_refusal(R"({"alg":"none"})"), errc::jwt_none);
  EXPECT_EQ(jwt_refusal(R"({"alg":"nOnE"})"), errc::jwt_none);
  EXPECT_EQ(jwt_refusal(R"({"alg":"HS256"})"), errc::jwt_shared_secret);
  EXPECT_EQ(jwt_refusal(R"({"alg":"ES384"})"), errc::jwt_algorithm);
  EXPECT_EQ(jwt_refusal(R"({"alg":"RS256"})"), errc::jwt_algorithm);
  EXPECT_EQ(jwt_refusal(R"({"typ":"JWT"})"), errc::jwt_algorithm);
  EXPECT_EQ(jwt_refusal(R"({"alg":["ES256"]})"), errc::jwt_algorithm);
  const auto other =
      verify_jwt(jwt_by(TestKey(), R"({"alg":"ES256"})", "{}"), device_key().verifying());
  EXPECT_EQ(refusal_of(other), errc::jwt_signature);
  for (const char* const curve : {"P-384", "Ed25519"}) {
    const TestKey key(curve);
    const std::string header =
        R"({"alg":")" + std::string(name_of(key.verifying().algorithm())) + "\"}";
    EXPECT_TRUE(verify_jwt(jwt_by(key, header, "{}"), key.verifying())) << curve;
  }
}

TEST(Jwts, KeysInTheTokenAreNotTaken) {
  const VerifyingKey key = TestKey().verifying();
  const ByteView spki = key.spki();
  const std::string jwk = R"({"kty":"EC","crv":"P-256","x":")" +
                          to_base64url(spki.subspan(27, 32)) + R"(","y":")" +
                          to_base64url(spki.subspan(59, 32)) + "\"}";
  EXPECT_EQ(jwt_refusal(R"({"alg":"ES256","jwk":)" + jwk + "}"), errc::jwt_embedded_key);
  for (const char* const name : {"jku", "x5u", "x5c", "x5t"}) {
    EXPECT_EQ(jwt_refusal(R"({"alg":"ES256",")" + std::string(name) + R"(":"https://k.example"})"),
              errc::jwt_embedded_key);
  }
  EXPECT_EQ(jwt_refusal(R"({"alg":"ES256","crit":["exp"],"exp":1})"), errc::jwt_critical);
  EXPECT_EQ(jwt_refusal(R"({"alg":"ES256","b64":false})"), errc::jwt_critical);
}

TEST(Jwts, FormIsStrict) {
  EXPECT_EQ(jwt_refusal(R"({"alg":"ES256","alg":"ES256"})"), errc::jwt_json);
  EXPECT_EQ(jwt_refusal(R"({"alg":"ES256"})", R"({"a":1,"a":2})"), errc::jwt_json);
  EXPECT_EQ(jwt_refusal(R"({"alg":"ES256"})", "{} x"), errc::jwt_json);
  EXPECT_EQ(jwt_refusal(R"({"alg":"ES256"})", "[]"), errc::jwt_json);
  EXPECT_EQ(jwt_refusal(R"({"alg":"ES256"})", std::string(1000, '[')), errc::jwt_json);
  const auto key = device_key().verifying();
  const std::string good = jwt_by(device_key(), R"({"alg":"ES256"})", "{}");
  EXPECT_EQ(refusal_of(verify_jwt(good + ".x", key)), errc::jwt_form);
  EXPECT_EQ(refusal_of(verify_jwt(good + "=", key)), errc::jwt_base64);
  EXPECT_EQ(refusal_of(verify_jwt(good + " ", key)), errc::jwt_base64);
  EXPECT_EQ(refusal_of(verify_jwt("a.b", key)), errc::jwt_form);
  // "e30" is "{}"; "e31" has bits behind it that are not zero.
  EXPECT_EQ(refusal_of(parse_jwt("e30.e31.")), errc::jwt_base64);
}

std::string ear_claims(const std::string& submodule) {
  return R"({"eat_profile":"tag:github.com,2023:veraison/ear","iat":1666091373,)"
         R"("ear.verifier-id":{"build":"b","developer":"d"},"submods":{"x":)" +
         submodule + "}}";
}

Errc ear_refusal(const std::string& submodule) {
  return refusal_of(read_ear_json(ear_claims(submodule)));
}

TEST(Ears, TiersOfVectors) {
  for (const std::int64_t value : {-1, 0, 1})
    EXPECT_EQ(tier_of(value), TrustTier::none);
  for (const std::int64_t value : {2, 31, -2, -32})
    EXPECT_EQ(tier_of(value), TrustTier::affirming);
  for (const std::int64_t value : {32, 95, -33, -96})
    EXPECT_EQ(tier_of(value), TrustTier::warning);
  for (const std::int64_t value : {96, 127, -97, -128})
    EXPECT_EQ(tier_of(value), TrustTier::contraindicated);
}

TEST(Ears, StatusIsNoBetterThanItsVector) {
  EXPECT_EQ(ear_refusal(R"({"ear.status":"affirming"})"), Errc{});
  EXPECT_EQ(ear_refusal(R"({"ear.status":2})"), Errc{});
  const auto with = [](const std::string& status, int value) {
    return ear_refusal(R"({"ear.status":")" + status +
                       R"(","ear.trustworthiness-vector":{"executables":)" + std::to_string(value) +
                       "}}");
  };
  EXPECT_EQ(with("affirming", 3), Errc{});
  EXPECT_EQ(with("affirming", 33), errc::ear_status);
  EXPECT_EQ(with("none", 96), errc::ear_status);
  EXPECT_EQ(with("warning", 33), Errc{});
  EXPECT_EQ(with("warning", 99), errc::ear_status);
  EXPECT_EQ(with("contraindicated", 99), Errc{});
  EXPECT_EQ(with("affirming", 128), errc::ear_claims);
  EXPECT_EQ(with("splendid", 2), errc::ear_claims);
  EXPECT_EQ(ear_refusal("{}"), errc::ear_claims);
  EXPECT_EQ(ear_refusal(R"({"ear.status":3})"), errc::ear_claims);
  EXPECT_EQ(ear_refusal(R"({"ear.status":2,"ear.trustworthiness-vector":{"looks":2}})"),
            errc::ear_claims);
}

TEST(Ears, VerdictTellsWhetherItAffirms) {
  const auto verdict_on = [](const std::string& submodule) {
    const std::string token = jwt_by(device_key(), R"({"alg":"ES256"})", ear_claims(submodule));
    TokenOptions options;
    options.key = device_key().verifying();
    options.as_of = spring;
    return verify_token("e", bytes_of(token), options);
  };
  EXPECT_EQ(verdict_on(R"({"ear.status":"affirming"})").verdict, Verdict::genuine);
  EXPECT_EQ(verdict_on(R"({"ear.status":"affirming"})").level, Level::declared);
  const auto warned = verdict_on(R"({"ear.status":"warning"})");
  EXPECT_EQ(warned.verdict, Verdict::refused);
  EXPECT_EQ(warned.reason.code, errc::ear_not_affirming);
  EXPECT_EQ(verdict_on(R"({"ear.status":"none"})").verdict, Verdict::undecided);
  EXPECT_EQ(verify_token("e", bytes_of(ear_claims(R"({"ear.status":2})")), {}).reason.code,
            errc::jwt_none);
}

TEST(Ears, ReadFromCbor) {
  const auto submodules = [](std::int64_t value) {
    return [value](cbor::Writer& out) {
      out.open_map(1);
      out.put_text("cpu");
      out.open_map(2);
      out.put_integer(1000);
      out.put_integer(2);
      out.put_integer(1001);
      out.open_map(1);
      out.put_integer(2);
      out.put_integer(value);
    };
  };
  Claims claims{{6, number_value(1666091373)},
                {265, text_value(std::string(ear_profile))},
                {266, submodules(3)},
                {1004, [](cbor::Writer& out) {
                   out.open_map(2);
                   out.put_integer(0);
                   out.put_text("d");
                   out.put_integer(1);
                   out.put_text("b");
                 }}};
  const EvidenceVerdict verdict = judged(claims);
  EXPECT_EQ(verdict.kind, "ear");
  EXPECT_EQ(verdict.verdict, Verdict::genuine);
  EXPECT_EQ(verdict.known.reason.code, errc::ear_affirming);
  claims[266] = submodules(97);
  EXPECT_EQ(judged(claims).reason.code, errc::ear_status);
  claims.erase(266);
  EXPECT_EQ(judged(claims).reason.code, errc::ear_claims);
}

TEST(Tokens, ForeignVectors) {
  for (const auto& [topic, cases] :
       {std::pair("eat", 36U), std::pair("corim", 34U), std::pair("ear", 8U)}) {
    const auto count = run_token_conformance(topic, foreign_vectors + topic);
    ASSERT_TRUE(count) << topic;
    EXPECT_EQ(count->failed, 0U) << topic << " " << count->failures.front();
    EXPECT_EQ(count->passed, cases) << topic;
  }
}

TEST(Tokens, AreToldFromOtherFiles) {
  EXPECT_TRUE(is_token_file(sign1_by(device_key(), hex_bytes("a0"))));
  EXPECT_TRUE(is_token_file(corim_by({})));
  EXPECT_TRUE(is_token_file(bytes_of(std::string_view(" eyJhbGci"))));
  for (const std::string_view other : {"", "[{}]", "<xml/>", "11e0", "\x11\xe0", "-----BEGIN"})
    EXPECT_FALSE(is_token_file(bytes_of(other))) << other;
}

TEST(Tokens, ExplainedWithPlaces) {
  const Bytes token = sign1_by(device_key(), encode_claims(psa_claims()));
  const auto words = explain_token(token);
  ASSERT_TRUE(words);
  EXPECT_EQ(words->kind, "PSA attestation token");
  const auto nonce = std::ranges::find(words->fields, "claim 10: nonce", &ExplainedField::name);
  ASSERT_NE(nonce, words->fields.end());
  EXPECT_EQ(token[nonce->place], 0x58);
  EXPECT_EQ(nonce->size, 34U);
  EXPECT_EQ(explain_any(token)->kind, words->kind);
  EXPECT_EQ(explain_any(comid_by({}))->kind, "CoMID");
  EXPECT_EQ(explain_any(corim_by({}))->kind, "CoRIM");
  EXPECT_EQ(explain_any(signed_corim(device_key(), {}))->kind, "signed CoRIM");
}

RC_GTEST_PROP(Tokens, ForgedBytesNeverPass, (std::vector<Byte> noise)) {
  TokenOptions options;
  options.key = device_key().verifying();
  RC_ASSERT(verify_token("n", noise, options).verdict == Verdict::refused);
  (void)explain_token(noise);
}

}  // namespace
}  // namespace daymark::evidence
