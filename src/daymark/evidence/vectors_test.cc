// Real devices: the shipped vectors always, the whole collection where DAYMARK_VECTORS names it.
#include <cstdlib>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daymark/base/file.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/evidence_file.h"
#include "daymark/evidence/evidence_testing.h"

namespace daymark::evidence {
namespace {

const std::string shipped = std::string(DAYMARK_SOURCE_DIR) + "/data/evidence/nvidia/";
const std::string device_vectors = std::string(DAYMARK_SOURCE_DIR) + "/tests/vectors/evidence/";

std::vector<EvidenceVerdict> verify(const std::string& report, const std::string& chain,
                                    const VerifyOptions& options = {std::nullopt, test_time}) {
  const auto content = read_file(report, evidence_file_max);
  EXPECT_TRUE(content) << report;
  const auto pem = chain.empty() ? Outcome<std::string>(std::string{}) : read_text(chain);
  EXPECT_TRUE(pem) << chain;
  if (!content || !pem) return {};
  return verify_file(*NvidiaVerifier::create(), {report, *content, *pem}, options);
}

EvidenceVerdict verify_one(const std::string& report, const std::string& chain,
                           const VerifyOptions& options = {std::nullopt, test_time}) {
  const auto verdicts = verify(report, chain, options);
  EXPECT_EQ(verdicts.size(), 1U);
  return verdicts.empty() ? EvidenceVerdict{} : verdicts.front();
}

Errc chain_refusal(const std::string& path) {
  const auto verified = ChainVerifier::create()->verify(*read_text(path));
  return verified ? Errc{} : verified.error().code;
}

TEST(Vectors, PinnedRootIsTheShippedFile) {
  EXPECT_EQ(*read_text(shipped + "device_root.pem"), nvidia_device_root());
}

TEST(Vectors, Hopper) {
  VerifyOptions options{std::nullopt, test_time};
  options.nonce =
      *from_hex_fixed<32>("931d8dd0add203ac3d8b4fbde75e115278eefcdceac5b87671a748f32364dfcb");
  const std::string folder = shipped + "h100-550.90.07/";
  const EvidenceVerdict verdict = verify_one(folder + "report.hex", folder + "chain.pem", options);
  EXPECT_EQ(verdict.verdict, Verdict::genuine);
  EXPECT_EQ(verdict.reason.code, errc::evidence_genuine);
  ASSERT_TRUE(verdict.device);
  // The values that NVIDIA's own service states for this device.
  const GenuineDevice& device = *verdict.device;
  EXPECT_EQ(device.certified.model, "GH100 A01 GSP BROM");
  EXPECT_EQ(device.certified.ueid, "478176379286082186618948445787393647364802107249");
  EXPECT_EQ(device.certified.device_info, "NVIDIA:GH100:48B02D92494BADF4");
  EXPECT_EQ(device.driver, "550.90.07");
  EXPECT_EQ(device.vbios, "96.00.9F.00.01");
  EXPECT_EQ(device.measurements, 64U);
  options.nonce->front() ^= 1;
  EXPECT_EQ(verify_one(folder + "report.hex", folder + "chain.pem", options).reason.code,
            errc::evidence_nonce);
}

TEST(Vectors, FlippedBitsOfTheRealReportAreRefused) {
  const std::string folder = shipped + "h100-550.90.07/";
  NvidiaEvidence evidence;
  evidence.report = bytes_of_hex(*read_text(folder + "report.hex"));
  evidence.chain = *read_text(folder + "chain.pem");
  const auto verifier = NvidiaVerifier::create();
  for (std::size_t at = 0; at < evidence.report.size(); at += 37) {
    evidence.report[at] ^= 0x10;
    EXPECT_EQ(verifier->verify(evidence, {std::nullopt, test_time}).verdict, Verdict::refused)
        << at;
    evidence.report[at] ^= 0x10;
  }
  EXPECT_EQ(verifier->verify(evidence, {std::nullopt, test_time}).verdict, Verdict::genuine);
}

TEST(Vectors, BadSignature) {
  const std::string folder = shipped + "bad-signature/";
  const EvidenceVerdict verdict = verify_one(folder + "report.hex", folder + "chain.pem");
  EXPECT_EQ(verdict.verdict, Verdict::refused);
  EXPECT_EQ(verdict.reason.code, errc::evidence_signature);
}

TEST(Vectors, OldFirmwareStatesNoIdentity) {
  const std::string folder = device_vectors + "no-fwid/";
  const EvidenceVerdict verdict = verify_one(folder + "report.hex", folder + "chain.pem");
  EXPECT_EQ(verdict.verdict, Verdict::genuine);
  EXPECT_EQ(verdict.reason.code, errc::evidence_genuine_no_fwid);
  EXPECT_EQ(verdict.device->driver, "535.86.09");
}

TEST(Vectors, Blackwell) {
  const std::string folder = device_vectors + "blackwell/";
  const EvidenceVerdict verdict = verify_one(folder + "report.hex", folder + "chain.pem");
  EXPECT_EQ(verdict.reason.code, errc::evidence_genuine);
  EXPECT_EQ(verdict.device->certified.device_info, "NVIDIA:GB100:48B02DD4C0CB1539");
  EXPECT_TRUE(to_hex(*verdict.device->certified.firmware).starts_with("d090cab1b6e6ffdd"));
}

TEST(Vectors, Switch) {
  const std::string folder = device_vectors + "switch/";
  const EvidenceVerdict good = verify_one(folder + "report.hex", folder + "chain.pem");
  EXPECT_EQ(good.reason.code, errc::evidence_genuine_no_fwid);
  EXPECT_EQ(good.device->type, "switch");
  EXPECT_EQ(good.device->vbios, "96.10.55.00.01");
  EXPECT_EQ(good.device->measurements, 31U);
  const EvidenceVerdict bad = verify_one(folder + "report-bad-signature.hex", folder + "chain.pem");
  EXPECT_EQ(bad.reason.code, errc::evidence_signature);
}

TEST(Vectors, SerialisedForm) {
  const EvidenceVerdict verdict = verify_one(device_vectors + "h100-590.12-ppcie.json", "");
  EXPECT_EQ(verdict.reason.code, errc::evidence_genuine);
  EXPECT_EQ(verdict.device->mode, "protected PCIe");
  EXPECT_TRUE(to_hex(verdict.device->nonce).starts_with("e97b23a1"));
}

TEST(Vectors, BrokenChains) {
  for (const char* name : {"case2", "case3", "case4", "chain-missing-ica"}) {
    EXPECT_EQ(chain_refusal(device_vectors + "chains/" + name + ".pem"), errc::chain_length)
        << name;
  }
}

struct Expected {
  const char* report;
  const char* chain;
  Errc reason;
};

TEST(Vectors, WholeCollection) {
  const char* const root = std::getenv("DAYMARK_VECTORS");  // NOLINT(concurrency-mt-unsafe)
  if (root == nullptr) GTEST_SKIP() << "DAYMARK_VECTORS names no folder";
  const std::string folder = std::string(root) + "/evidence/nvidia-gpu/";
  const std::array<Expected, 11> all{{
      {"full-h100-550.90.07/report.hex", "full-h100-550.90.07/chain.pem", errc::evidence_genuine},
      {"parse-h100-580.159.03/report.hex", "parse-h100-580.159.03/chain.pem",
       errc::evidence_genuine},
      {"noFWID-h100-535.86.09/report.hex", "noFWID-h100-535.86.09/chain.pem",
       errc::evidence_genuine_no_fwid},
      {"bad-h100-570.124.03-expired-rim/report.hex", "bad-h100-570.124.03-expired-rim/chain.pem",
       errc::evidence_genuine},
      {"bad-report-signature/report.hex", "bad-report-signature/chain.pem",
       errc::evidence_signature},
      {"mismatch-h100-545.00/report.hex", "mismatch-h100-545.00/chain.pem",
       errc::evidence_genuine_no_fwid},
      {"mismatch-h100-545.00/report.hex", "mismatch-h100-545.00/chain-missing-ica.pem",
       errc::chain_length},
      {"blackwell-575.32/report.hex", "blackwell-575.32/chain.pem", errc::evidence_genuine},
      {"switch-ls10/report.hex", "switch-ls10/chain.pem", errc::evidence_genuine_no_fwid},
      {"switch-ls10/report-bad-signature.hex", "switch-ls10/chain.pem", errc::evidence_signature},
      {"evidence-json/h100-590.12-ppcie.json", "", errc::evidence_genuine},
  }};
  for (const Expected& expected : all) {
    const std::string chain = *expected.chain == 0 ? "" : folder + expected.chain;
    EXPECT_EQ(verify_one(folder + expected.report, chain).reason.code, expected.reason)
        << expected.report;
  }
  EXPECT_EQ(chain_refusal(folder + "chains/case1.pem"), Errc{});
  for (const char* name : {"case2", "case3", "case4"}) {
    EXPECT_NE(chain_refusal(folder + "chains/" + name + ".pem"), Errc{}) << name;
  }
}

/// The digests by block number, as another implementation states them.
TEST(Vectors, MeasurementsAgreeWithAnotherImplementation) {
  const char* const root = std::getenv("DAYMARK_VECTORS");  // NOLINT(concurrency-mt-unsafe)
  if (root == nullptr) GTEST_SKIP() << "DAYMARK_VECTORS names no folder";
  const std::string folder = std::string(root) + "/evidence/nvidia-gpu/full-h100-550.90.07/";
  const auto claims = nlohmann::json::parse(*read_text(folder + "expected-claims-coco.json"));
  const std::vector<Byte> bytes = bytes_of_hex(*read_text(folder + "report.hex"));
  const auto report = parse_report(bytes);
  ASSERT_TRUE(report);
  ASSERT_EQ(claims["measurements"].size(), report->blocks.size());
  for (const MeasurementBlock& block : report->blocks)
    EXPECT_EQ(claims["measurements"][std::to_string(block.index)], to_hex(block.value));
  EXPECT_EQ(claims["config"]["fwid"], to_hex(*report->firmware_identity()));
}

}  // namespace
}  // namespace daymark::evidence
