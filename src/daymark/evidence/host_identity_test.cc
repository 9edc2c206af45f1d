// Described hosts: what vouches for them, and what that is worth.
#include "daymark/evidence/host_identity.h"

#include <gtest/gtest.h>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/tpm/tpm_testing.h"

namespace daymark::evidence {
namespace {

HostDescription described() {
  return {"node-1",
          "550.90.07",
          {7, 7},
          {{"NVIDIA H20", "GPU-1", "165", "00000000:3B:00.0", "96.00.88.00.11"},
           {"NVIDIA H20", "GPU-2", "", "00000000:4B:00.0", "96.00.88.00.11"}}};
}

TestBytes description_bytes() {
  const std::string text = print_host_description(described());
  return {text.begin(), text.end()};
}

std::string_view worth(const EvidenceVerdict& verdict) {
  for (const Fact& one : verdict.facts) {
    if (one.name == "worth") return one.value;
  }
  return "";
}

std::string_view reason_of(const EvidenceVerdict& verdict) {
  return entry_of(verdict.reason.code).name;
}

/// A TPM's quote that commits to a description.
TpmQuoteEvidence quoted(const TestTpm& tpm, ByteView description) {
  TpmQuoteEvidence out;
  out.pcrs[tpm_alg::sha256][0] = TestBytes(32, 1);
  const std::array<TestBank, 1> banks{{{tpm_alg::sha256, 1}}};
  out.attest = quote_over(banks, out.pcrs, tpm.hash(), host_commitment(description));
  out.signature = tpm.sign(out.attest);
  out.key = tpm.area();
  return out;
}

TEST(HostIdentity, DescriptionsComeBack) {
  const TestBytes bytes = description_bytes();
  EXPECT_TRUE(is_host_file(bytes));
  const auto parsed = parse_host_description(bytes);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->devices.size(), 2U);
  EXPECT_EQ(parsed->devices[1].uuid, "GPU-2");
  const std::string text = print_host_description(*parsed);
  EXPECT_TRUE(equal(bytes_of(text), bytes));
}

TEST(HostIdentity, UnsignedIsDeclaredAlone) {
  const EvidenceVerdict verdict = verify_host({description_bytes(), {}, {}}, {});
  EXPECT_EQ(reason_of(verdict), "host_declared");
  EXPECT_EQ(verdict.verdict, Verdict::undecided);
  EXPECT_EQ(verdict.level, Level::declared);
  EXPECT_TRUE(worth(verdict).starts_with("L0"));
}

TEST(HostIdentity, SignedByTheHostIsL1) {
  const TestTpm key("P-256");
  HostEvidence evidence{description_bytes(), {}, {}};
  evidence.signature = key.sign_plain(evidence.description);
  TpmQuoteOptions options;
  EXPECT_EQ(reason_of(verify_host(evidence, options)), "ak_missing");
  options.key = key.spki();
  const EvidenceVerdict verdict = verify_host(evidence, options);
  EXPECT_EQ(verdict.verdict, Verdict::genuine);
  EXPECT_EQ(verdict.level, Level::host_signed);
  EXPECT_TRUE(worth(verdict).starts_with("L1"));
  options.key = TestTpm("P-256").spki();
  EXPECT_EQ(reason_of(verify_host(evidence, options)), "tpm_signature");
}

TEST(HostIdentity, QuotedByATpmIsL2) {
  const TestTpm tpm("P-256");
  HostEvidence evidence{description_bytes(), {}, {}};
  evidence.quote = quoted(tpm, evidence.description);
  TpmQuoteOptions options;
  options.key = tpm.area();
  const EvidenceVerdict verdict = verify_host(evidence, options);
  EXPECT_EQ(reason_of(verdict), "host_bound");
  EXPECT_EQ(verdict.verdict, Verdict::genuine);
  EXPECT_EQ(verdict.level, Level::tpm_bound);
  EXPECT_TRUE(worth(verdict).starts_with("L2"));
  options.key.reset();
  EXPECT_EQ(reason_of(verify_host(evidence, options)), "ak_unshown");
  EXPECT_EQ(verify_host(evidence, options).level, Level::host_signed);
}

TEST(HostIdentity, AQuoteOverAnotherDescriptionIsRefused) {
  const TestTpm tpm("P-256");
  HostEvidence evidence{description_bytes(), {}, {}};
  evidence.quote = quoted(tpm, evidence.description);
  evidence.description.back() = ' ';  // the same JSON in other bytes
  TpmQuoteOptions options;
  options.key = tpm.area();
  EXPECT_EQ(reason_of(verify_host(evidence, options)), "host_nonce");
  evidence.quote = quoted(tpm, evidence.description);
  evidence.quote->signature.back() ^= 1;
  EXPECT_EQ(reason_of(verify_host(evidence, options)), "tpm_signature");
  EXPECT_EQ(verify_host(evidence, options).level, Level::declared);
}

TEST(HostIdentity, FreshnessIsTheDescriptionsOwnNonce) {
  TpmQuoteOptions options;
  options.nonce = TestBytes{7, 7};
  EXPECT_EQ(reason_of(verify_host({description_bytes(), {}, {}}, options)), "host_declared");
  options.nonce = TestBytes{7, 8};
  EXPECT_EQ(reason_of(verify_host({description_bytes(), {}, {}}, options)), "evidence_nonce");
}

TEST(HostIdentity, TimingIsAskedWhereAHookIsGiven) {
  const HostEvidence evidence{description_bytes(), {}, {}};
  const auto refuses = [](const HostDescription& description) {
    return description.devices.size() == 2 ? Result<void>(fail(errc::host_timing)) : ok();
  };
  EXPECT_EQ(reason_of(verify_host(evidence, {}, refuses)), "host_timing");
  const auto holds = [](const HostDescription& /*description*/) { return ok(); };
  EXPECT_EQ(verify_host(evidence, {}, holds).grounds.back().finding, Finding::held);
}

TEST(HostIdentity, OtherJsonIsRefused) {
  const std::string good = print_host_description(described());
  const auto with = [&](std::string_view what, std::string_view by) {
    std::string text = good;
    text.replace(text.find(what), what.size(), by);
    const auto parsed = parse_host_description(bytes_of(text));
    return parsed ? std::string_view("ok") : entry_of(parsed.error().code).name;
  };
  EXPECT_EQ(with("GPU-2", "GPU-3"), "ok");
  EXPECT_EQ(with("GPU-2", "GPU-1"), "host_form");
  EXPECT_EQ(with("host v1", "host v2"), "host_form");
  EXPECT_EQ(with("\"host\"", "\"hosts\""), "host_form");
  EXPECT_EQ(with("\"0707\"", "\"070\""), "host_form");
  EXPECT_EQ(with("\"0707\"", "7"), "host_form");
  EXPECT_EQ(with("\"pci\"", "\"place\""), "host_form");
  EXPECT_EQ(with("550.90.07", ""), "host_form");
  EXPECT_EQ(with("550.90.07", "\\u0007"), "host_form");
  EXPECT_EQ(with("550.90.07", std::string(129, '1')), "host_form");
  EXPECT_EQ(with("\"driver\"", "\"host\""), "json_malformed");
  EXPECT_FALSE(is_host_file(bytes_of("{\"format\": 1}")));
}

}  // namespace
}  // namespace daymark::evidence
