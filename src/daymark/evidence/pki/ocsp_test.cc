// Revocation answers: NVIDIA's own, and OpenSSL's bent ones.
#include <functional>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/encode.h"
#include "daymark/base/file.h"
#include "daymark/base/time.h"
#include "daymark/crypto/ports.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/nvidia/rim.h"
#include "daymark/evidence/pki/ocsp_testing.h"
#include "daymark/evidence/pki/revocation_internal.h"

namespace daymark::evidence {
namespace {

const std::string ocsp_h100 =
    std::string(DAYMARK_SOURCE_DIR) + "/data/evidence/nvidia/h100-550.90.07/";

UnixMillis ocsp_time(const char* text) {
  return *from_rfc3339(text);
}

VerifiedChain ocsp_chain() {
  return *ChainVerifier::create()->verify(*read_text(ocsp_h100 + "chain.pem"));
}

StapledAnswers stapled(std::initializer_list<const char*> names) {
  StapledAnswers out;
  for (const char* name : names)
    EXPECT_TRUE(out.add(*read_file(ocsp_h100 + "ocsp/" + name + ".b64"))) << name;
  return out;
}

Errc found(const StapledAnswers& answers, const RevocationSubject& subject, const char* time) {
  RevocationTerms terms;
  terms.as_of = ocsp_time(time);
  return answers.find(subject, terms).reason.code;
}

TEST(OcspVectors, DeviceAnswersHoldForOneDay) {
  const VerifiedChain chain = ocsp_chain();
  const StapledAnswers all =
      stapled({"gpu_certificate_l4", "gpu_certificate_l3", "gpu_certificate_l2"});
  const auto subjects = chain.revocable();
  ASSERT_EQ(subjects.size(), 3U);
  for (const RevocationSubject& subject : subjects) {
    EXPECT_EQ(found(all, subject, "2025-08-21T12:00:00Z"), errc::ocsp_good) << subject.number;
    EXPECT_EQ(found(all, subject, "2025-08-21T06:40:00Z"), errc::ocsp_not_yet) << subject.number;
    EXPECT_EQ(found(all, subject, "2025-08-22T06:48:00Z"), errc::ocsp_stale) << subject.number;
    EXPECT_EQ(found({}, subject, "2025-08-21T12:00:00Z"), errc::ocsp_nothing_found);
  }
  // One of the three responders had expired by then.
  EXPECT_EQ(found(all, subjects[2], "2025-10-24T18:00:00Z"), errc::ocsp_responder_time);
  EXPECT_EQ(found(all, subjects[1], "2025-10-24T18:00:00Z"), errc::ocsp_stale);
}

TEST(OcspVectors, ReferenceValueAnswers) {
  const auto verifier = RimVerifier::create();
  const StapledAnswers all = stapled({"driver_rim_l4", "driver_rim_l3", "rim_l2", "vbios_l4"});
  for (const char* name : {"rim-driver.xml", "rim-vbios.xml"}) {
    const auto rim = verifier->verify(*read_file(ocsp_h100 + name));
    ASSERT_TRUE(rim);
    const auto subjects = rim->revocable();
    ASSERT_EQ(subjects.size(), 3U);
    EXPECT_EQ(found(all, subjects[0], "2025-10-24T18:00:00Z"), errc::ocsp_good) << name;
    EXPECT_EQ(found(all, subjects[2], "2025-10-24T18:00:00Z"), errc::ocsp_good) << name;
    EXPECT_EQ(found(all, subjects[0], "2025-08-21T12:00:00Z"), errc::ocsp_not_yet) << name;
  }
}

TEST(OcspVectors, AnAnswerCountsForItsOwnCertificateAlone) {
  const VerifiedChain chain = ocsp_chain();
  const auto subjects = chain.revocable();
  const StapledAnswers one = stapled({"gpu_certificate_l3"});
  EXPECT_EQ(found(one, subjects[0], "2025-08-21T12:00:00Z"), errc::ocsp_nothing_found);
  EXPECT_EQ(found(one, subjects[1], "2025-08-21T12:00:00Z"), errc::ocsp_good);
  EXPECT_EQ(found(one, subjects[2], "2025-08-21T12:00:00Z"), errc::ocsp_nothing_found);
}

TEST(OcspVectors, NoFlippedBitIsGood) {
  const VerifiedChain chain = ocsp_chain();
  const auto subjects = chain.revocable();
  std::string text = *read_text(ocsp_h100 + "ocsp/gpu_certificate_l4.b64");
  const std::vector<Byte> der = *from_base64(text);
  RevocationTerms terms;
  terms.as_of = ocsp_time("2025-08-21T12:00:00Z");
  for (std::size_t bit = 0; bit < der.size() * 8; bit += 7) {
    std::vector<Byte> bent = der;
    bent[bit / 8] = static_cast<Byte>(bent[bit / 8] ^ (1U << (bit % 8)));
    const auto answer = parse_ocsp(bent);
    if (!answer) continue;
    const auto judged = judge_answer(*answer, subjects[0], terms);
    EXPECT_FALSE(judged) << bit / 8;
  }
}

struct OwnAnswer {
  TestChain chain{good_plan()};
  AnswerPlan plan;
  RevocationTerms terms;
  std::function<void(std::vector<Byte>&)> bend;

  OwnAnswer() { terms.as_of = test_time; }

  Errc judge(std::size_t number = 1) {
    const VerifiedChain verified = *ChainVerifier::create(chain.root())->verify(chain.pem());
    std::vector<Byte> der = TestAnswer(chain, plan).der();
    if (bend) bend(der);
    const auto answer = parse_ocsp(der);
    if (!answer) return answer.error().code;
    const auto subjects = verified.revocable();
    const auto judged = judge_answer(*answer, subjects.at(number - 1), terms);
    return judged ? *judged : judged.error().code;
  }
};

TEST(Ocsp, ResponderOrIssuerMaySign) {
  EXPECT_EQ(OwnAnswer().judge(), errc::ocsp_good);
  OwnAnswer issuer;
  issuer.plan.responder_usage.clear();
  EXPECT_EQ(issuer.judge(), errc::ocsp_good);
}

TEST(Ocsp, AnswerForAnotherCertificateIsRefused) {
  OwnAnswer other;
  EXPECT_EQ(other.judge(2), errc::ocsp_other_certificate);
  EXPECT_EQ(other.judge(3), errc::ocsp_other_certificate);
}

TEST(Ocsp, AnotherHashNamesNothing) {
  OwnAnswer old;
  old.plan.hash = EVP_sha1();
  EXPECT_EQ(old.judge(), errc::ocsp_algorithm);
  old.plan.hash = EVP_sha256();
  EXPECT_EQ(old.judge(), errc::ocsp_algorithm);
}

TEST(Ocsp, ResponderNeedsTheIssuersAuthorisation) {
  OwnAnswer purpose;
  purpose.plan.responder_usage = "serverAuth";
  EXPECT_EQ(purpose.judge(), errc::ocsp_responder);
  OwnAnswer authority;
  authority.plan.responder_is_authority = true;
  EXPECT_EQ(authority.judge(), errc::ocsp_responder);
  OwnAnswer stranger;
  stranger.plan.responder_issuer = 3;
  EXPECT_EQ(stranger.judge(), errc::ocsp_responder);
  OwnAnswer expired;
  expired.plan.responder_until = test_time.value / 1000 - 10;
  EXPECT_EQ(expired.judge(), errc::ocsp_responder_time);
}

TEST(Ocsp, WindowIsThatOfTheAsOfTime) {
  OwnAnswer early;
  early.plan.from = 10;
  EXPECT_EQ(early.judge(), errc::ocsp_not_yet);
  OwnAnswer late;
  late.plan.until = -10;
  EXPECT_EQ(late.judge(), errc::ocsp_stale);
  OwnAnswer endless;
  endless.plan.until.reset();
  EXPECT_EQ(endless.judge(), errc::ocsp_no_end);
  OwnAnswer backwards;
  backwards.plan.from = -10;
  backwards.plan.until = -20;
  EXPECT_EQ(backwards.judge(), errc::ocsp_form);
}

TEST(Ocsp, RevokedIsForGood) {
  OwnAnswer revoked;
  revoked.plan.status = V_OCSP_CERTSTATUS_REVOKED;
  EXPECT_EQ(revoked.judge(), errc::ocsp_revoked);
  revoked.plan.reason = OCSP_REVOKED_STATUS_KEYCOMPROMISE;
  revoked.plan.until = -10;
  EXPECT_EQ(revoked.judge(), errc::ocsp_revoked);
  OwnAnswer unknown;
  unknown.plan.status = V_OCSP_CERTSTATUS_UNKNOWN;
  EXPECT_EQ(unknown.judge(), errc::ocsp_unknown);
}

TEST(Ocsp, HoldIsAcceptedForTheNamedCertificateAlone) {
  OwnAnswer held;
  held.plan.status = V_OCSP_CERTSTATUS_REVOKED;
  held.plan.reason = OCSP_REVOKED_STATUS_CERTIFICATEHOLD;
  EXPECT_EQ(held.judge(), errc::ocsp_held);
  const VerifiedChain chain = *ChainVerifier::create(held.chain.root())->verify(held.chain.pem());
  const auto subjects = chain.revocable();
  const std::array<Digest, 1> another{subjects[1].fingerprint};
  held.terms.hold_accepted = another;
  EXPECT_EQ(held.judge(), errc::ocsp_held);
  const std::array<Digest, 2> named{subjects[1].fingerprint, subjects[0].fingerprint};
  held.terms.hold_accepted = named;
  EXPECT_EQ(held.judge(), errc::ocsp_hold_accepted);
  // Not for one that is revoked for good.
  held.plan.reason = OCSP_REVOKED_STATUS_KEYCOMPROMISE;
  EXPECT_EQ(held.judge(), errc::ocsp_revoked);
  held.plan.reason = OCSP_REVOKED_STATUS_CERTIFICATEHOLD;
  held.plan.until = -10;
  EXPECT_EQ(held.judge(), errc::ocsp_stale);
}

TEST(Ocsp, NonceMustComeBackWhereOneWasSent) {
  const std::vector<Byte> sent(32, 7);
  OwnAnswer without;
  without.terms.nonce = sent;
  EXPECT_EQ(without.judge(), errc::ocsp_nonce);
  OwnAnswer same;
  same.plan.nonce = sent;
  EXPECT_EQ(same.judge(), errc::ocsp_good);
  same.terms.nonce = sent;
  EXPECT_EQ(same.judge(), errc::ocsp_good);
  same.terms.nonce->back() ^= 1;
  EXPECT_EQ(same.judge(), errc::ocsp_nonce);
  same.terms.nonce = std::vector<Byte>{};
  EXPECT_EQ(same.judge(), errc::ocsp_nonce);
}

TEST(Ocsp, FormIsStrict) {
  OwnAnswer twice;
  twice.plan.twice = true;
  EXPECT_EQ(twice.judge(), errc::ocsp_duplicate);
  OwnAnswer trailing;
  trailing.bend = [](std::vector<Byte>& der) { der.push_back(0); };
  EXPECT_EQ(trailing.judge(), errc::ocsp_form);
  OwnAnswer error;
  error.bend = [](std::vector<Byte>& der) { der = {0x30, 0x03, 0x0A, 0x01, 0x06}; };
  EXPECT_EQ(error.judge(), errc::ocsp_no_answer);
  OwnAnswer large;
  large.bend = [](std::vector<Byte>& der) { der.resize(ocsp_size_max + 1); };
  EXPECT_EQ(large.judge(), errc::ocsp_too_large);
}

TEST(Ocsp, EveryCutIsRefused) {
  const TestChain chain(good_plan());
  const std::vector<Byte> der = TestAnswer(chain, {}).der();
  ASSERT_TRUE(parse_ocsp(der));
  for (std::size_t size = 0; size < der.size(); ++size)
    EXPECT_FALSE(parse_ocsp(ByteView(der).first(size))) << size;
}

TEST(Ocsp, RevocationOutweighsAGoodAnswer) {
  OwnAnswer both;
  const VerifiedChain chain = *ChainVerifier::create(both.chain.root())->verify(both.chain.pem());
  StapledAnswers answers;
  ASSERT_TRUE(answers.add(TestAnswer(both.chain, both.plan).der()));
  const auto subjects = chain.revocable();
  EXPECT_TRUE(answers.find(subjects[0], both.terms).good());
  both.plan.status = V_OCSP_CERTSTATUS_REVOKED;
  ASSERT_TRUE(answers.add(TestAnswer(both.chain, both.plan).der()));
  const RevocationFinding finding = answers.find(subjects[0], both.terms);
  EXPECT_TRUE(finding.revoked());
  EXPECT_EQ(finding.reason.code, errc::ocsp_revoked);
  EXPECT_TRUE(finding.revoked_at.has_value());
  EXPECT_EQ(answers.find(subjects[1], both.terms).reason.code, errc::ocsp_nothing_found);
  EXPECT_FALSE(answers.add(bytes_of("no base64!")));
}

}  // namespace
}  // namespace daymark::evidence
