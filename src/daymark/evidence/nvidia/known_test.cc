// Verdicts that keep genuine, known and allowed apart, over real devices; explanations and
// conformance runs over what the project ships.
#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "daymark/base/file.h"
#include "daymark/base/time.h"
#include "daymark/evidence/conformance.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/evidence_file.h"
#include "daymark/evidence/evidence_testing.h"
#include "daymark/evidence/explain.h"
#include "daymark/evidence/nvidia/spdm_record.h"
#include "daymark/evidence/pki/revocation_internal.h"
#include "daymark/evidence/tokens/ear.h"

namespace daymark::evidence {
namespace {

namespace fs = std::filesystem;

const std::string known_source = DAYMARK_SOURCE_DIR;
const std::string known_h100 = known_source + "/data/evidence/nvidia/h100-550.90.07/";
const std::string known_foreign = known_source + "/tests/vectors/evidence/";

/// A device of the vectors, with what it is judged by.
struct Judged {
  std::string report = known_h100 + "report.hex";
  std::string chain = known_h100 + "chain.pem";
  std::vector<std::string> rims{known_h100 + "rim-driver.xml", known_h100 + "rim-vbios.xml"};
  std::vector<std::string> answers;
  std::optional<EvidencePolicy> policy;
  const char* as_of = "2025-08-21T12:00:00Z";

  [[nodiscard]] EvidenceVerdict verdict() const {
    static const auto verifier = NvidiaVerifier::create();
    static const auto rim_verifier = RimVerifier::create();
    std::vector<ReferenceFile> references;
    for (const std::string& rim : rims)
      references.push_back({fs::path(rim).filename(), rim_verifier->verify(*read_file(rim))});
    StapledAnswers stapled;
    for (const std::string& answer : answers)
      EXPECT_TRUE(stapled.add(*read_file(known_h100 + "ocsp/" + answer + ".b64")));
    VerifyOptions options;
    options.as_of = *from_rfc3339(as_of);
    options.references = references;
    if (!stapled.empty()) options.answers = &stapled;
    if (policy) options.policy = &*policy;
    const auto content = read_file(report);
    return verify_file(*verifier, {"device", *content, *read_text(chain)}, options).front();
  }
};

const std::vector<std::string> device_answers{"gpu_certificate_l2", "gpu_certificate_l3",
                                              "gpu_certificate_l4"};
const std::vector<std::string> rim_answers{"driver_rim_l4", "driver_rim_l3", "rim_l2", "vbios_l4"};

TEST(Known, AllThirtyThreeValuesMatch) {
  const EvidenceVerdict verdict = Judged{}.verdict();
  EXPECT_EQ(verdict.verdict, Verdict::genuine);
  EXPECT_EQ(verdict.genuine.reason.code, errc::evidence_genuine);
  EXPECT_EQ(verdict.known.finding, Finding::held);
  EXPECT_EQ(verdict.known.reason.code, errc::rim_match);
  EXPECT_EQ(verdict.allowed.finding, Finding::not_judged);
  ASSERT_TRUE(verdict.comparison);
  EXPECT_EQ(verdict.comparison->golden, 33U);
  EXPECT_EQ(verdict.comparison->matched, 33U);
  EXPECT_EQ(verdict.comparison->uncovered.size(), 31U);
  ASSERT_EQ(verdict.references.size(), 2U);
  EXPECT_EQ(verdict.references[0].version, "550.90.07");
  const std::string text = to_text(verdict);
  EXPECT_NE(text.find("33 of 33 reference values match"), std::string::npos) << text;
  EXPECT_NE(text.find("blocks without a reference value: 14 to 21, 42 to 64"), std::string::npos);
}

TEST(Known, SignersAreJudgedAtTheStatedTime) {
  Judged late;
  late.as_of = "2026-11-22T00:00:00Z";
  const EvidenceVerdict verdict = late.verdict();
  EXPECT_EQ(verdict.verdict, Verdict::refused);
  EXPECT_EQ(verdict.reason.code, errc::rim_expired);
  EXPECT_EQ(verdict.genuine.finding, Finding::held);
  EXPECT_EQ(verdict.known.finding, Finding::failed);
}

TEST(Known, MissingPartIsUnknownAndNeverAMatch) {
  Judged half;
  half.rims.pop_back();
  const EvidenceVerdict verdict = half.verdict();
  EXPECT_EQ(verdict.verdict, Verdict::undecided);
  EXPECT_EQ(verdict.reason.code, errc::rim_missing);
  EXPECT_EQ(verdict.known.finding, Finding::unknown);
  EXPECT_FALSE(verdict.comparison);
}

TEST(Known, FilesForAnotherVersionOrWithABadSignatureAreRefused) {
  Judged other;
  other.rims = {known_h100 + "rim-driver.xml", known_foreign + "no-fwid/rim-vbios-mismatch.xml"};
  EXPECT_EQ(other.verdict().reason.code, errc::rim_version);
  Judged forged;
  forged.rims = {known_h100 + "rim-vbios.xml",
                 known_foreign + "rim/driver-550.144.03-bad-signature.xml"};
  EXPECT_EQ(forged.verdict().reason.code, errc::rim_signature);
  EXPECT_EQ(forged.verdict().verdict, Verdict::refused);
}

TEST(Known, Switch) {
  Judged device;
  device.report = known_foreign + "switch/report.hex";
  device.chain = known_foreign + "switch/chain.pem";
  device.rims = {known_foreign + "switch/rim-bios.xml"};
  device.as_of = "2026-11-22T00:00:00Z";
  const EvidenceVerdict verdict = device.verdict();
  EXPECT_EQ(verdict.verdict, Verdict::genuine);
  // No identity in the report is no match of identities.
  EXPECT_EQ(verdict.reason.code, errc::evidence_genuine_no_fwid);
  EXPECT_EQ(verdict.comparison->matched, 31U);
  EXPECT_TRUE(verdict.comparison->uncovered.empty());
}

TEST(Revocation, DeviceGoodAndSignersUnknown) {
  Judged device;
  device.answers = device_answers;
  const EvidenceVerdict verdict = device.verdict();
  EXPECT_EQ(verdict.genuine.finding, Finding::held);
  EXPECT_EQ(verdict.known.finding, Finding::unknown);
  EXPECT_EQ(verdict.verdict, Verdict::undecided);
  EXPECT_EQ(verdict.reason.code, errc::ocsp_nothing_found);
  EXPECT_EQ(verdict.revocation.size(), 9U);
  device.rims.clear();
  EXPECT_EQ(device.verdict().verdict, Verdict::genuine);
}

TEST(Revocation, SignersGoodAndDeviceStale) {
  Judged device;
  device.answers = rim_answers;
  device.answers.insert(device.answers.end(), device_answers.begin(), device_answers.end());
  device.as_of = "2025-10-24T18:00:00Z";
  const EvidenceVerdict verdict = device.verdict();
  EXPECT_EQ(verdict.verdict, Verdict::undecided);
  EXPECT_EQ(verdict.reason.code, errc::ocsp_stale);
  EXPECT_EQ(verdict.genuine.finding, Finding::unknown);
  EXPECT_EQ(verdict.known.finding, Finding::held);
}

TEST(Allowed, PolicyIsHeldAgainstTheVerdict) {
  Judged device;
  device.policy = *parse_policy(
      R"({"models": ["GH100"], "drivers": ["550.90.07"], "vbios": ["96.00.9f.00.01"],
          "demand": ["known", "firmware identity"]})");
  EXPECT_EQ(device.verdict().allowed.reason.code, errc::policy_allowed);
  device.policy->demand.push_back("freshness");
  const EvidenceVerdict verdict = device.verdict();
  EXPECT_EQ(verdict.reason, (Error{errc::policy_demand, field::policy_member, 2}));
  EXPECT_EQ(verdict.genuine.finding, Finding::held);
  EXPECT_EQ(verdict.known.finding, Finding::held);
  EXPECT_EQ(verdict.allowed.finding, Finding::failed);
  device.policy = EvidencePolicy{};
  device.policy->models = {"GB100"};
  EXPECT_EQ(device.verdict().reason.code, errc::policy_model);
  device.policy = EvidencePolicy{};
  device.policy->drivers = {"550.90.08"};
  EXPECT_EQ(device.verdict().reason.code, errc::policy_driver);
  device.policy = EvidencePolicy{};
  device.policy->vbios = {"96.00.9F.00.02"};
  EXPECT_EQ(device.verdict().reason.code, errc::policy_vbios);
  device.policy = EvidencePolicy{};
  device.policy->modes = {"protected PCIe"};
  EXPECT_EQ(device.verdict().reason.code, errc::policy_mode);
}

TEST(Allowed, PoliciesThatSayMoreThanIsUnderstoodAreRefused) {
  for (const char* text :
       {R"({"model": ["GH100"]})", R"({"models": "GH100"})", R"({"models": [1]})",
        R"({"models": [""]})", R"({"demand": ["luck"]})", "[]", R"({"hold_accepted": ["00"]})"}) {
    const auto policy = parse_policy(text);
    ASSERT_FALSE(policy) << text;
    EXPECT_EQ(policy.error().code, errc::policy_form) << text;
  }
  EXPECT_FALSE(parse_policy(R"({"models": [], "models": []})"));
  EXPECT_TRUE(parse_policy("{}"));
  EXPECT_EQ(parse_policy(R"({"hold_accepted": [")" + std::string(64, 'a') + R"("]})")
                ->hold_accepted.size(),
            1U);
}

TEST(Known, JsonAndEarKeepTheThreeApart) {
  const EvidenceVerdict verdict = Judged{}.verdict();
  const auto json = nlohmann::json::parse(to_json(std::span(&verdict, 1)));
  EXPECT_EQ(json["genuine"]["finding"], "held");
  EXPECT_EQ(json["known"]["reason"], "rim_match");
  EXPECT_EQ(json["allowed"]["finding"], "not judged");
  EXPECT_EQ(json["comparison"]["matched"], 33);
  EXPECT_EQ(json["references"][1]["kind"], "vbios");
  const auto ear = nlohmann::json::parse(to_ear(std::span(&verdict, 1), test_time));
  EXPECT_EQ(ear["iat"], test_time.value / 1000);
  const auto& device = ear["submods"]["device"];
  EXPECT_EQ(device["ear.status"], "affirming");
  EXPECT_EQ(device["ear.trustworthiness-vector"]["executables"], 3);
  EXPECT_EQ(device["ear.trustworthiness-vector"]["configuration"], 0);
  Judged late;
  late.as_of = "2026-11-22T00:00:00Z";
  const EvidenceVerdict refused = late.verdict();
  const auto other = nlohmann::json::parse(to_ear(std::span(&refused, 1), test_time));
  EXPECT_EQ(other["submods"]["device"]["ear.status"], "contraindicated");
}

TEST(Known, ReferenceFileByItself) {
  const auto rims = RimVerifier::create();
  const auto judge = [&](const std::string& path, const char* time) {
    const auto content = read_file(path);
    EXPECT_TRUE(is_reference_file(*content));
    return verify_reference({path, rims->verify(*content)}, {{}, *from_rfc3339(time)});
  };
  const auto good = judge(known_h100 + "rim-driver.xml", "2025-08-21T12:00:00Z");
  EXPECT_EQ(good.verdict, Verdict::genuine);
  EXPECT_EQ(good.reason.code, errc::rim_good);
  EXPECT_EQ(good.level, Level::declared);
  EXPECT_EQ(judge(known_h100 + "rim-driver.xml", "2026-11-22T00:00:00Z").reason.code,
            errc::rim_expired);
  EXPECT_EQ(
      judge(known_foreign + "no-fwid/rim-driver-edited.xml", "2025-08-21T12:00:00Z").reason.code,
      errc::rim_digest);
}

TEST(Explain, EveryByteOfAReportIsNamedOnce) {
  for (const std::string& path : {known_h100 + "report.hex", known_foreign + "blackwell/report.hex",
                                  known_foreign + "switch/report.hex"}) {
    const std::vector<Byte> report = bytes_of_hex(*read_text(path));
    const auto words = explain_report(report);
    ASSERT_TRUE(words) << path;
    std::size_t end = 0;
    std::size_t named = 0;
    for (const ExplainedField& field : words->fields) {
      EXPECT_GE(field.place, end) << field.name;
      end = field.place + field.size;
      named += field.size;
    }
    EXPECT_EQ(end, report.size());
    // What has no line of its own: heads of blocks (7 bytes) and of opaque fields (4 bytes).
    const auto parsed = parse_report(report);
    EXPECT_EQ(report.size() - named, 7 * parsed->blocks.size() + 4 * parsed->opaque.size());
  }
}

TEST(Explain, InWords) {
  const std::string report = explanation_text(*explain_any(*read_file(known_h100 + "report.hex")));
  EXPECT_NE(report.find("opaque 3: driver version: \"550.90.07\""), std::string::npos);
  EXPECT_NE(report.find("opaque 6: VBIOS version: 96.00.9F.00.01"), std::string::npos);
  EXPECT_NE(report.find("opaque 11: video decoder 0: off (55)"), std::string::npos);
  const std::string nvswitch =
      explanation_text(*explain_any(*read_file(known_foreign + "switch/report.hex")));
  EXPECT_NE(nvswitch.find("0:40b9c6b3d748fd90"), std::string::npos);
  const std::string rim = explanation_text(*explain_any(*read_file(known_h100 + "rim-vbios.xml")));
  EXPECT_NE(rim.find("version: 96.00.9F.00.01"), std::string::npos);
  EXPECT_NE(rim.find("index 7 (block 8) Measurement_7: inactive"), std::string::npos);
  const auto answer = explain_any(*read_file(known_h100 + "ocsp/rim_l2.b64"));
  EXPECT_NE(explanation_text(*answer).find("good; from 2025-10-24T"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(explanation_json(*answer))["verified"], false);
  EXPECT_FALSE(explain_any(bytes_of("!")));
  EXPECT_FALSE(explain_any({}));
}

TEST(SpdmRecord, BlocksUntilTheEnd) {
  const std::vector<Byte> record = *from_hex(
      "01010500010200aabb"
      "10010b008708000700000000000000");
  const auto blocks = parse_spdm_record(record);
  ASSERT_TRUE(blocks);
  ASSERT_EQ(blocks->size(), 2U);
  EXPECT_FALSE((*blocks)[0].raw);
  EXPECT_EQ((*blocks)[1].type, SpdmValueType::secure_version);
  EXPECT_TRUE((*blocks)[1].raw);
  const auto code = [](const char* hex) { return parse_spdm_record(*from_hex(hex)).has_value(); };
  EXPECT_FALSE(code(""));
  EXPECT_FALSE(code("01010500010200aa"));
  EXPECT_FALSE(code("01010500010300aabb"));
  EXPECT_FALSE(code("01020500010200aabb"));
  EXPECT_FALSE(code("00010500010200aabb"));
  EXPECT_FALSE(code("01010500010200aabb01010500010200aabb"));
}

/// The shipped selection in the layout of the collections.
class Collection : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder);
    fs::create_directories(folder);
    const auto link = [&](const std::string& target, const char* name) {
      fs::create_directory_symlink(target, folder / name);
    };
    link(known_h100, "full-h100-550.90.07");
    link(known_foreign + "blackwell", "blackwell-575.32");
    link(known_foreign + "switch", "switch-ls10");
    link(known_foreign + "no-fwid", "noFWID-h100-535.86.09");
    link(known_foreign + "rim", "rim-only");
    link(known_foreign + "rim-parse", "rim-parse");
    link(known_foreign + "chains", "chains");
  }

  void TearDown() override { fs::remove_all(folder); }

  fs::path folder = fs::path(::testing::TempDir()) / fmt::format("collection-{}", ::getpid());
};

TEST_F(Collection, EveryCaseGivesItsReason) {
  for (const char* topic : {"nvidia", "switch", "rim", "ocsp"}) {
    const auto count = run_nvidia_conformance(topic, folder);
    ASSERT_TRUE(count) << topic;
    EXPECT_GE(count->passed, 2U) << topic;
    EXPECT_EQ(count->failures, std::vector<std::string>{}) << topic;
  }
  EXPECT_FALSE(run_nvidia_conformance("nvidia", folder / "rim-parse"));
}

TEST(WholeCollection, EveryCaseGivesItsReason) {
  const char* const root = std::getenv("DAYMARK_VECTORS");  // NOLINT(concurrency-mt-unsafe)
  if (root == nullptr) GTEST_SKIP() << "DAYMARK_VECTORS names no folder";
  const std::string folder = std::string(root) + "/evidence/";
  for (const char* topic : {"nvidia", "switch", "rim", "ocsp"}) {
    const auto count = run_nvidia_conformance(topic, folder + "nvidia-gpu");
    ASSERT_TRUE(count) << topic;
    EXPECT_EQ(count->failures, std::vector<std::string>{}) << topic;
  }
  const auto spdm = run_spdm_conformance(folder + "spdm");
  ASSERT_TRUE(spdm);
  EXPECT_EQ(spdm->failures, std::vector<std::string>{});
}

TEST_F(Collection, AWrongExpectationFails) {
  fs::remove(folder / "switch-ls10");
  fs::create_directory_symlink(known_foreign + "no-fwid", folder / "switch-ls10");
  fs::remove(folder / "blackwell-575.32");
  fs::create_directories(folder / "blackwell-575.32");
  fs::copy(known_foreign + "blackwell/chain.pem", folder / "blackwell-575.32");
  fs::copy(known_foreign + "no-fwid/report.hex", folder / "blackwell-575.32");
  const auto count = run_nvidia_conformance("nvidia", folder);
  ASSERT_TRUE(count);
  EXPECT_EQ(count->failed, 1U);
}

}  // namespace
}  // namespace daymark::evidence
