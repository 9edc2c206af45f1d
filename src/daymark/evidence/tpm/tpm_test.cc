// What a TPM signed, judged without one: a recorded enrolment and attestation of a software TPM.
#include <gtest/gtest.h>

#include "daymark/base/encode.h"
#include "daymark/base/file.h"
#include "daymark/crypto/key_file.h"
#include "daymark/crypto/random.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tpm/tpm_verdict.h"

namespace daymark::evidence {
namespace {

using Bytes = std::vector<Byte>;

const std::string tpm_vectors = std::string(DAYMARK_SOURCE_DIR) + "/tests/vectors/evidence/tpm/";
constexpr UnixMillis december{1'796'083'200'000};  // 2026-12-01

template <class T>
std::string_view named(const Result<T>& result) {
  return result ? "ok" : entry_of(result.error().code).name;
}

Bytes nonce_of_vectors() {
  Bytes out(32, 0);
  out.back() = 7;
  return out;
}

class TpmVectorsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    encoded = read_file(tpm_vectors + "chip.attested").value();
    attested = parse_tpm_attested(encoded).value();
    how.enrolment = read_file(tpm_vectors + "chip.tpm-enrolment").value();
    how.maker = crypto::read_public_keys(tpm_vectors + "maker.pub").value().sign;
    how.nonce = nonce_of_vectors();
    how.authorities = read_text(tpm_vectors + "authorities.pem").value();
    how.as_of = december;
    const auto opened = open_tpm_enrolment(*how.enrolment, how.maker);
    ASSERT_EQ(named(opened), "ok");
    enrolment = opened->content();
  }

  [[nodiscard]] std::string_view reason() const {
    return entry_of(judge_tpm_attested(encoded, how).reason.code).name;
  }

  Bytes encoded;
  TpmAttested attested;
  TpmEnrolment enrolment;
  TpmJudgeOptions how;
};

TEST_F(TpmVectorsTest, Genuine) {
  const TpmVerdict verdict = judge_tpm_attested(encoded, how);
  EXPECT_EQ(verdict.verdict, Verdict::genuine);
  EXPECT_EQ(verdict.level, Level::tpm_bound);
  EXPECT_TRUE(verdict.software);
  ASSERT_TRUE(verdict.certificate);
  EXPECT_EQ(name_of_tpm(*verdict.certificate), "software TPM of id:00001014 swtpm");
  for (const Ground& ground : verdict.grounds)
    EXPECT_EQ(ground.finding, Finding::held) << ground.question;
  EXPECT_EQ(verdict.grounds.size(), 6U);
}

TEST_F(TpmVectorsTest, WhatIsNotGivenIsNotJudged) {
  how.authorities.clear();
  how.nonce.reset();
  const TpmVerdict verdict = judge_tpm_attested(encoded, how);
  EXPECT_EQ(verdict.verdict, Verdict::genuine);
  EXPECT_EQ(std::ranges::count(verdict.grounds, Finding::not_judged, &Ground::finding), 2);
}

TEST_F(TpmVectorsTest, DocumentsRoundTripAndRefuseWhatFollows) {
  EXPECT_EQ(print_tpm_attested(attested), encoded);
  const Bytes identity = print_tpm_identity(enrolment.identity);
  EXPECT_EQ(print_tpm_identity(parse_tpm_identity(identity).value()), identity);
  Bytes longer = encoded;
  longer.push_back(0);
  EXPECT_EQ(named(parse_tpm_attested(longer)), "cbor_trailing");
  longer = identity;
  longer.push_back(0);
  EXPECT_EQ(named(parse_tpm_identity(longer)), "cbor_trailing");
  for (std::size_t size = 0; size < encoded.size(); size += 7)
    EXPECT_NE(named(parse_tpm_attested(ByteView(encoded).first(size))), "ok") << size;
  Bytes newer = identity;
  newer[1] = 2;
  EXPECT_EQ(named(parse_tpm_identity(newer)), "tpm_document");
  attested.pcrs.clear();
  EXPECT_EQ(named(verify_tpm_attested(attested, enrolment.identity)), "tpm_pcrs");
}

TEST_F(TpmVectorsTest, EachPartIsHeldToTheOthers) {
  TpmIdentity other = enrolment.identity;
  other.attestation.back() ^= 1;  // off the curve
  EXPECT_EQ(named(verify_tpm_attested(attested, other)), "tpm_key_kind");
  other = enrolment.identity;
  ++other.base;
  EXPECT_EQ(named(verify_tpm_attested(attested, other)), "tpm_counter");
  other = enrolment.identity;
  ++other.index;
  EXPECT_EQ(named(verify_tpm_attested(attested, other)), "tpm_counter_index");
  other = enrolment.identity;
  other.endorsement.back() ^= 1;
  EXPECT_EQ(named(certificate_of(other)), "ek_mismatch");
  other.certificate.clear();
  EXPECT_EQ(named(certificate_of(other)), "ek_missing");
  std::swap(attested.quote, attested.counter);
  EXPECT_EQ(named(verify_tpm_attested(attested, enrolment.identity)), "tpm_statement");
}

TEST_F(TpmVectorsTest, AnIssuerNobodyNamedIsRefused) {
  how.authorities =
      read_text(std::string(DAYMARK_SOURCE_DIR) + "/data/evidence/nvidia/device_root.pem").value();
  EXPECT_EQ(reason(), "ek_chain");
  how.authorities = "nonsense";
  EXPECT_EQ(reason(), "chain_pem");
}

/// Changes 16 bits at an offset and says what becomes of it.
template <class Parse>
std::string_view with(Bytes bytes, std::size_t at, std::uint16_t value, Parse parse) {
  put_big_endian(value, std::span(bytes).subspan(at).template first<2>());
  return named(parse(bytes));
}

TEST_F(TpmVectorsTest, OtherKindsOfKeysAreRefused) {
  const auto attestation = [](ByteView area) { return parse_attestation_public(area); };
  const Bytes& key = enrolment.identity.attestation;
  EXPECT_EQ(with(key, 0, 0x0023, attestation), "ok");
  EXPECT_EQ(with(key, 0, 0x0001, attestation), "tpm_key_kind");   // RSA
  EXPECT_EQ(with(key, 2, 0x000C, attestation), "tpm_key_kind");   // named by SHA-384
  EXPECT_EQ(with(key, 4, 0x0004, attestation), "tpm_key_kind");   // not restricted
  EXPECT_EQ(with(key, 6, 0x0070, attestation), "tpm_key_kind");   // may leave the TPM
  EXPECT_EQ(with(key, 8, 0x0001, attestation), "tpm_key_kind");   // with a policy
  EXPECT_EQ(with(key, 14, 0x0004, attestation), "tpm_key_kind");  // signs SHA-1
  EXPECT_EQ(with(key, 16, 0x0004, attestation), "tpm_key_kind");  // another curve
  const auto endorsement = [](ByteView area) { return parse_endorsement_public(area); };
  const Bytes& storage = enrolment.identity.endorsement;
  EXPECT_EQ(with(storage, 0, 0x0001, endorsement), "ok");
  EXPECT_EQ(with(storage, 4, 0x0004, endorsement), "tpm_key_kind");  // signs
  EXPECT_EQ(with(storage, 10, 0, endorsement), "tpm_key_kind");      // another policy
  EXPECT_NE(named(parse_endorsement_public(key)), "ok");
  EXPECT_NE(named(parse_attestation_public(storage)), "ok");
}

TEST_F(TpmVectorsTest, StatementsAreReadToTheLastByte) {
  const Bytes& quote = attested.quote.attest;
  const auto parsed = parse_tpm_attest(quote);
  ASSERT_EQ(named(parsed), "ok");
  const auto& info = std::get<TpmQuoteInfo>(parsed->info);
  EXPECT_EQ(info.pcrs, 0xFFU);
  const auto statement = [](ByteView bytes) { return parse_tpm_attest(bytes); };
  EXPECT_EQ(with(quote, 0, 0xFF53, statement), "tpm_structure");  // not made by a TPM
  EXPECT_EQ(with(quote, 4, 0x8019, statement), "tpm_statement");  // a time
  // The bank's algorithm stands before size and bitmap (4 bytes) and the digest (34). SHA-1 proves
  // nothing.
  const std::size_t bank = quote.size() - 34 - 4 - 2;
  EXPECT_EQ(with(quote, bank, 0x0004, statement), "tpm_structure");
  for (std::size_t size = 0; size < quote.size(); ++size)
    EXPECT_EQ(named(parse_tpm_attest(ByteView(quote).first(size))), "tpm_structure") << size;
  const Bytes& signature = attested.quote.signature;
  const auto proof = [](ByteView bytes) { return parse_tpm_signature(bytes); };
  EXPECT_EQ(with(signature, 0, 0x0014, proof), "tpm_structure");  // RSA
  EXPECT_EQ(with(signature, 4, 0x0021, proof), "tpm_structure");  // 33 bytes
  for (std::size_t size = 0; size < signature.size(); ++size)
    EXPECT_EQ(named(parse_tpm_signature(ByteView(signature).first(size))), "tpm_structure");
}

TEST_F(TpmVectorsTest, CertificatesOfOtherKeysAreRefused) {
  const Bytes& der = enrolment.identity.certificate;
  EXPECT_EQ(named(parse_ek_certificate(der)), "ok");
  EXPECT_EQ(named(parse_ek_certificate({})), "ek_certificate");
  for (std::size_t size = 1; size < der.size(); size += 31)
    EXPECT_EQ(named(parse_ek_certificate(ByteView(der).first(size))), "ek_certificate") << size;
  // The purpose 2.23.133.8.1 as it is encoded; any other is no endorsement certificate.
  const ByteArray<5> purpose{0x67, 0x81, 0x05, 0x08, 0x01};
  Bytes other = der;
  const auto found = std::ranges::search(other, purpose);
  ASSERT_FALSE(found.empty());
  found[4] = 0x03;
  EXPECT_EQ(named(parse_ek_certificate(other)), "ek_certificate");
}

TEST_F(TpmVectorsTest, CredentialsAreNeverTwiceTheSame) {
  crypto::SystemRandom random;
  const TpmName name = tpm_name(enrolment.identity.attestation);
  const auto first = make_tpm_credential(enrolment.identity.endorsement, name, Digest{1}, random);
  const auto two = make_tpm_credential(enrolment.identity.endorsement, name, Digest{1}, random);
  ASSERT_EQ(named(first), "ok");
  ASSERT_EQ(named(two), "ok");
  // hmac and secret, each with its size before it
  EXPECT_EQ(first->blob.size(), 2U + 32 + 2 + 32);
  EXPECT_EQ(first->seed.size(), 256U);
  EXPECT_NE(first->blob, two->blob);
  EXPECT_NE(first->seed, two->seed);
  EXPECT_EQ(named(make_tpm_credential(enrolment.identity.attestation, name, {}, random)),
            "tpm_key_kind");
}

TEST(SoftwareTpm, IsToldByItsCertificate) {
  EXPECT_TRUE(is_software_tpm({"id:00001014", "swtpm", "", {}}));
  EXPECT_TRUE(is_software_tpm({"id:49465800", "SWTPM 2", "", {}}));
  EXPECT_TRUE(is_software_tpm({"id:474F4F47", "vTPM", "", {}}));
  EXPECT_FALSE(is_software_tpm({"id:49465800", "SLB9670", "", {}}));
}

}  // namespace
}  // namespace daymark::evidence
