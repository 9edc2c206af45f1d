#include "daymark/evidence/nvidia/nvidia.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/evidence_testing.h"

namespace daymark::evidence {
namespace {

struct Case {
  TestChain chain{good_plan()};
  ReportPlan plan;
  NvidiaEvidence evidence;
  VerifyOptions options{std::nullopt, test_time};

  EvidenceVerdict verdict() {
    evidence.report = plan.report(chain);
    if (evidence.chain.empty()) evidence.chain = chain.pem();
    return judge();
  }

  [[nodiscard]] EvidenceVerdict judge() const {
    return NvidiaVerifier(*ChainVerifier::create(chain.root())).verify(evidence, options);
  }
};

std::optional<Finding> finding(const EvidenceVerdict& verdict, std::string_view question) {
  for (const Ground& ground : verdict.grounds) {
    if (ground.question == question) return ground.finding;
  }
  return std::nullopt;
}

TEST(Nvidia, GenuineSaysWhatWasNotJudged) {
  const EvidenceVerdict verdict = Case{}.verdict();
  EXPECT_EQ(verdict.verdict, Verdict::genuine);
  EXPECT_EQ(verdict.reason.code, errc::evidence_genuine);
  EXPECT_EQ(verdict.level, Level::device_attested);
  EXPECT_EQ(finding(verdict, "signature"), Finding::held);
  EXPECT_EQ(finding(verdict, "firmware identity"), Finding::held);
  EXPECT_EQ(finding(verdict, "freshness"), Finding::not_judged);
  EXPECT_EQ(finding(verdict, "known"), Finding::not_judged);
  EXPECT_EQ(finding(verdict, "allowed"), Finding::not_judged);
  EXPECT_EQ(finding(verdict, "revocation"), Finding::not_judged);
  ASSERT_TRUE(verdict.device);
  EXPECT_EQ(verdict.device->driver, "550.0");
  EXPECT_EQ(verdict.device->vbios, "96.00.9F.00.01");
  EXPECT_EQ(verdict.device->type, "gpu");
  EXPECT_EQ(verdict.device->mode, "");
}

TEST(Nvidia, NonceIsComparedWithTheChallenge) {
  Case good;
  good.options.nonce.emplace().fill(0xAA);
  EXPECT_EQ(finding(good.verdict(), "freshness"), Finding::held);
  Case stale;
  stale.options.nonce.emplace().fill(0xAB);
  const EvidenceVerdict verdict = stale.verdict();
  EXPECT_EQ(verdict.verdict, Verdict::refused);
  EXPECT_EQ(verdict.reason.code, errc::evidence_nonce);
  EXPECT_EQ(verdict.level, Level::device_attested);
  EXPECT_EQ(finding(verdict, "freshness"), Finding::failed);
  EXPECT_EQ(finding(verdict, "known"), std::nullopt);
}

TEST(Nvidia, TheDevicesOwnNonceProvesNothing) {
  Case replay;
  replay.options.nonce.emplace().fill(0xBB);
  EXPECT_EQ(replay.verdict().reason.code, errc::evidence_nonce);
}

TEST(Nvidia, StatedNonceMustBeTheReports) {
  Case lying;
  lying.evidence.stated_nonce.emplace().fill(0x01);
  const EvidenceVerdict verdict = lying.verdict();
  EXPECT_EQ(verdict.reason.code, errc::evidence_nonce);
  EXPECT_EQ(verdict.reason.field, field::stated_nonce);
  Case honest;
  honest.evidence.stated_nonce.emplace().fill(0xAA);
  EXPECT_EQ(finding(honest.verdict(), "freshness"), Finding::not_judged);
}

TEST(Nvidia, StatedArchitectureMustBeTheCertificates) {
  Case honest;
  honest.evidence.stated_architecture = "HOPPER";
  EXPECT_EQ(finding(honest.verdict(), "architecture"), Finding::held);
  Case lying;
  lying.evidence.stated_architecture = "BLACKWELL";
  EXPECT_EQ(lying.verdict().reason.code, errc::evidence_arch);
  Case unknown;
  unknown.evidence.stated_architecture = "RUBIN";
  EXPECT_EQ(finding(unknown.verdict(), "architecture"), std::nullopt);
}

TEST(Nvidia, AbsentFirmwareIdentityIsNeverCountedAsMatching) {
  Case old;
  old.plan.opaque.erase(old.plan.opaque.begin() + 2);
  const EvidenceVerdict verdict = old.verdict();
  EXPECT_EQ(verdict.verdict, Verdict::genuine);
  EXPECT_EQ(verdict.reason.code, errc::evidence_genuine_no_fwid);
  EXPECT_EQ(finding(verdict, "firmware identity"), Finding::absent);
}

TEST(Nvidia, AnotherFirmwareIdentityIsRefused) {
  Case other;
  other.plan.opaque[2].second.back() ^= 1;
  EXPECT_EQ(other.verdict().reason.code, errc::fwid_mismatch);
}

TEST(Nvidia, UnconfirmedFirmwareIdentityIsRefused) {
  auto plan = good_plan();
  plan[0].extensions.clear();
  Case bare{TestChain(plan), {}, {}, {std::nullopt, test_time}};
  EXPECT_EQ(bare.verdict().reason.code, errc::fwid_unconfirmed);
}

TEST(Nvidia, WithoutChainNothingIsDecided) {
  Case bare;
  bare.evidence.report = bare.plan.report(bare.chain);
  const EvidenceVerdict verdict = bare.judge();
  EXPECT_EQ(verdict.verdict, Verdict::undecided);
  EXPECT_EQ(verdict.reason.code, errc::evidence_chain_missing);
  EXPECT_EQ(verdict.level, Level::declared);
  EXPECT_FALSE(verdict.device);
}

TEST(Nvidia, OutsideTheCertificatesTimeIsRefused) {
  Case early;
  early.options.as_of = {1'500'000'000'000};
  EXPECT_EQ(early.verdict().reason.code, errc::chain_not_yet_valid);
  Case late;
  late.options.as_of = {4'100'000'000'000};
  EXPECT_EQ(late.verdict().reason.code, errc::chain_expired);
}

TEST(Nvidia, ReportOfAnotherDeviceIsRefused) {
  const TestChain other(good_plan());
  Case mixed;
  mixed.evidence.report = mixed.plan.report(other);
  mixed.evidence.chain = mixed.chain.pem();
  const EvidenceVerdict verdict = mixed.judge();
  EXPECT_EQ(verdict.reason.code, errc::evidence_signature);
  EXPECT_EQ(verdict.level, Level::declared);
  EXPECT_FALSE(verdict.device);
}

TEST(Nvidia, MalleableSignatureStandsSoAReportsBytesAreNoName) {
  // The order of P-384 minus s signs the same message: ECDSA is like that.
  Case twin;
  std::vector<Byte> report = twin.plan.report(twin.chain);
  const BigNumberOwner order(BN_new());
  const std::unique_ptr<EC_GROUP, Freed<EC_GROUP_free>> curve(
      EC_GROUP_new_by_curve_name(NID_secp384r1));
  EC_GROUP_get_order(curve.get(), order.get(), nullptr);
  const BigNumberOwner s(BN_bin2bn(report.data() + report.size() - 48, 48, nullptr));
  BN_sub(s.get(), order.get(), s.get());
  BN_bn2binpad(s.get(), report.data() + report.size() - 48, 48);
  twin.evidence.report = report;
  twin.evidence.chain = twin.chain.pem();
  EXPECT_EQ(twin.judge().verdict, Verdict::genuine);
}

TEST(Nvidia, NoFlippedBitPasses) {
  Case original;
  static_cast<void>(original.verdict());
  const NvidiaVerifier verifier(*ChainVerifier::create(original.chain.root()));
  rc::check("a report with a flipped bit is refused", [&] {
    NvidiaEvidence bent = original.evidence;
    const auto bit = *rc::gen::inRange<std::size_t>(0, bent.report.size() * 8);
    bent.report[bit / 8] = static_cast<Byte>(bent.report[bit / 8] ^ (1U << (bit % 8)));
    RC_ASSERT(verifier.verify(bent, original.options).verdict == Verdict::refused);
  });
}

TEST(Nvidia, JsonHoldsTheContract) {
  Case good;
  EvidenceVerdict verdict = good.verdict();
  verdict.file = "a\xff.hex";
  const auto json = nlohmann::json::parse(to_json(std::span(&verdict, 1)));
  EXPECT_EQ(json["verdict"], "genuine");
  EXPECT_EQ(json["level"], "L3");
  EXPECT_EQ(json["as_of"], "2026-02-25T06:13:20Z");
  EXPECT_EQ(json["reason"]["name"], "evidence_genuine");
  EXPECT_EQ(json["reason"]["code"], 1370);
  EXPECT_EQ(json["device"]["ueid"], "1000");
  EXPECT_EQ(json["device"]["measurements"], 3);
  EXPECT_EQ(json["grounds"].size(), 9U);
  const std::array<EvidenceVerdict, 2> two{verdict, verdict};
  EXPECT_EQ(nlohmann::json::parse(to_json(two))["items"].size(), 2U);
  EXPECT_EQ(nlohmann::json::parse(to_json({}))["items"].size(), 0U);
}

TEST(Nvidia, TextNamesVerdictAndGaps) {
  Case good;
  const EvidenceVerdict verdict = good.verdict();
  const std::string text = to_text(verdict);
  EXPECT_NE(text.find("genuine (L3)"), std::string::npos);
  EXPECT_NE(text.find("not judged: freshness, revocation, known, allowed"), std::string::npos);
  EXPECT_NE(to_text(verdict, Language::simplified_chinese).find("报告"), std::string::npos);
}

}  // namespace
}  // namespace daymark::evidence
