// Statements of TPMs of all kinds of keys: what holds, and the name of every refusal.
#include <cstdlib>

#include <gtest/gtest.h>

#include "daymark/base/encode.h"
#include "daymark/base/file.h"
#include "daymark/crypto/key_file.h"
#include "daymark/evidence/conformance.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tokens/ear.h"
#include "daymark/evidence/tpm/tpm_binding.h"
#include "daymark/evidence/tpm/tpm_explain.h"
#include "daymark/evidence/tpm/tpm_quote_file.h"
#include "daymark/evidence/tpm/tpm_testing.h"

namespace daymark::evidence {
namespace {

const std::string evidence_vectors = std::string(DAYMARK_SOURCE_DIR) + "/tests/vectors/evidence/";
const TestBytes test_nonce{1, 2, 3, 4, 5, 6, 7, 8};

/// A quote by a TPM of our own over PCRs 0, 4 and 7 of one bank.
struct QuotePlan {
  TestTpm tpm;
  TpmQuoteEvidence evidence;
  TpmQuoteOptions options;

  explicit QuotePlan(std::string_view kind = "P-256", std::uint32_t attributes = good_attributes,
                     std::uint16_t bank = tpm_alg::sha256)
      : tpm(kind, attributes) {
    for (const unsigned pcr : {0U, 4U, 7U})
      evidence.pcrs[bank][pcr] = TestBytes(tpm_hash_size(bank), static_cast<Byte>(pcr + 1));
    const std::array<TestBank, 1> banks{{{bank, 0x91}}};
    evidence.attest = quote_over(banks, evidence.pcrs, tpm.hash(), test_nonce);
    evidence.key = tpm.area();
    options.key = tpm.area();
    options.nonce = test_nonce;
    options.as_of = UnixMillis{1'796'083'200'000};
    sign();
  }

  void sign() { evidence.signature = tpm.sign(evidence.attest); }

  [[nodiscard]] EvidenceVerdict verdict() const { return verify_tpm_quote(evidence, options); }

  [[nodiscard]] std::string_view reason() const { return entry_of(verdict().reason.code).name; }
};

std::string_view fact(const EvidenceVerdict& verdict, std::string_view name) {
  for (const Fact& one : verdict.facts) {
    if (one.name == name) return one.value;
  }
  return "";
}

TEST(TpmQuote, EveryKindOfKeyAndEveryFormOfSignature) {
  for (const std::string_view kind : {"P-256", "P-384", "RSA"}) {
    QuotePlan plan(kind);
    EvidenceVerdict verdict = plan.verdict();
    EXPECT_EQ(verdict.verdict, Verdict::genuine) << kind;
    EXPECT_EQ(verdict.reason.code, errc::quote_genuine) << kind;
    EXPECT_EQ(verdict.level, Level::tpm_bound);
    EXPECT_EQ(fact(verdict, "resets"), "7");
    EXPECT_EQ(fact(verdict, "PCRs"), "SHA-256 0,4,7");
    plan.evidence.signature = plan.tpm.sign_plain(plan.evidence.attest);
    EXPECT_EQ(plan.reason(), "quote_genuine") << kind;
    if (kind == "RSA") continue;
    plan.evidence.signature = plan.tpm.sign_raw(plan.evidence.attest);
    EXPECT_EQ(plan.reason(), "quote_genuine") << kind;
  }
}

TEST(TpmQuote, KeysInEveryForm) {
  QuotePlan plan;
  TestBytes sized;
  put_sized_part(sized, plan.tpm.area());
  plan.options.key = sized;
  EXPECT_EQ(plan.reason(), "quote_genuine");
  plan.options.key = plan.tpm.spki();
  EXPECT_EQ(plan.reason(), "quote_genuine_bare");
  EXPECT_EQ(plan.verdict().level, Level::host_signed);
  const std::string pem =
      "-----BEGIN PUBLIC KEY-----\n" + to_base64(plan.tpm.spki()) + "\n-----END PUBLIC KEY-----\n";
  plan.options.key = TestBytes(pem.begin(), pem.end());
  EXPECT_EQ(plan.reason(), "quote_genuine_bare");
  plan.evidence.key.clear();
  EXPECT_EQ(plan.reason(), "quote_genuine_bare");
  plan.options.key->push_back('x');
  EXPECT_EQ(plan.reason(), "ak_form");
  // The lines share their dashes.
  constexpr std::string_view shared = "-----BEGIN PUBLIC KEY-----END PUBLIC KEY-----";
  plan.options.key = TestBytes(shared.begin(), shared.end());
  EXPECT_EQ(plan.reason(), "ak_form");
}

TEST(TpmQuote, AKeyThatNobodyNamedShowsLittle) {
  QuotePlan plan;
  plan.options.key.reset();
  EXPECT_EQ(plan.reason(), "ak_unshown");
  EXPECT_EQ(plan.verdict().verdict, Verdict::undecided);
  EXPECT_EQ(plan.verdict().level, Level::host_signed);
  plan.evidence.key.clear();
  EXPECT_EQ(plan.reason(), "ak_missing");
  EXPECT_EQ(plan.verdict().level, Level::declared);
  plan.evidence.key = TestTpm("P-256").area();
  plan.options.key = plan.tpm.area();
  EXPECT_EQ(plan.reason(), "ak_other");
}

TEST(TpmQuote, AttributesOfTheKey) {
  const auto with = [](std::uint32_t attributes) {
    return std::string(QuotePlan("P-256", attributes).reason());
  };
  EXPECT_EQ(with(0x00040072), "ak_not_restricted");
  EXPECT_EQ(with(0x00010072), "ak_not_signing");
  EXPECT_EQ(with(0x00070072), "ak_decrypts");
  EXPECT_EQ(with(0x00050070), "ak_movable");  // not fixedTPM
  EXPECT_EQ(with(0x00050062), "ak_movable");  // not fixedParent
  EXPECT_EQ(with(0x00050052), "ak_imported");
  EXPECT_EQ(with(0x00050472), "quote_genuine");  // without lockout
}

TEST(TpmQuote, OtherKindsOfKeys) {
  QuotePlan plan;
  const auto with = [&](std::size_t at, Byte value) {
    plan.options.key = plan.tpm.area();
    plan.options.key->at(at) = value;
    return std::string(plan.reason());
  };
  EXPECT_EQ(with(1, 0x25), "ak_algorithm");             // symmetric
  EXPECT_EQ(with(3, 0x04), "quote_sha1_signature");     // named by SHA-1
  EXPECT_EQ(with(3, 0x12), "ak_algorithm");             // named by an unknown hash
  EXPECT_EQ(with(13, 0x1B), "ak_algorithm");            // SM2
  EXPECT_EQ(with(15, 0x0C), "quote_signature_scheme");  // for SHA-384
  EXPECT_EQ(with(17, 0x10), "ak_algorithm");            // another curve
  const auto& area = plan.tpm.area();
  EXPECT_EQ(with(area.size() - 1, area.back() ^ 1U), "ak_algorithm");  // off the curve
  plan.options.key->push_back(0);
  EXPECT_EQ(plan.reason(), "tpm_structure");
}

TEST(TpmQuote, FlippedBitsAreRefused) {
  QuotePlan plan;
  for (std::size_t at = 0; at < plan.evidence.attest.size(); ++at) {
    plan.evidence.attest[at] ^= 0x10;
    EXPECT_EQ(plan.verdict().verdict, Verdict::refused) << at;
    plan.evidence.attest[at] ^= 0x10;
  }
  for (std::size_t at = 0; at < plan.evidence.signature.size(); ++at) {
    plan.evidence.signature[at] ^= 0x10;
    EXPECT_EQ(plan.verdict().verdict, Verdict::refused) << at;
    plan.evidence.signature[at] ^= 0x10;
  }
  EXPECT_EQ(plan.reason(), "quote_genuine");
}

TEST(TpmQuote, FormsOfStatements) {
  QuotePlan plan;
  const TestBytes good = plan.evidence.attest;
  const auto with = [&](std::size_t at, Byte value) {
    plan.evidence.attest = good;
    plan.evidence.attest.at(at) = value;
    plan.sign();
    return std::string(plan.reason());
  };
  EXPECT_EQ(with(0, 0xFE), "quote_magic");
  EXPECT_EQ(with(5, 0x16), "quote_kind");      // a session's audit
  EXPECT_EQ(with(5, 0x19), "quote_trailing");  // a time is shorter
  plan.evidence.attest = good;
  plan.evidence.attest.push_back(0);
  plan.sign();
  EXPECT_EQ(plan.reason(), "quote_trailing");
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(parse_tpms_attest(ByteView(good).first(size))) << size;
  plan.evidence.attest = statement_head(TpmStatementKind::time, test_nonce);
  plan.evidence.attest.resize(plan.evidence.attest.size() + 33);
  plan.sign();
  EXPECT_EQ(plan.reason(), "quote_kind");
}

TEST(TpmQuote, Nonces) {
  QuotePlan plan;
  plan.options.nonce->back() ^= 1;
  EXPECT_EQ(plan.reason(), "quote_nonce");
  plan.options.nonce = TestBytes();
  EXPECT_EQ(plan.reason(), "quote_nonce");
  plan.options.nonce.reset();
  EXPECT_EQ(plan.reason(), "quote_genuine");  // freshness is not judged
  const std::array<TestBank, 1> banks{{{tpm_alg::sha256, 0x91}}};
  plan.evidence.attest = quote_over(banks, plan.evidence.pcrs, tpm_alg::sha256, {});
  plan.sign();
  EXPECT_EQ(plan.reason(), "quote_nonce_empty");
  plan.options.nonce = TestBytes();
  EXPECT_EQ(plan.reason(), "quote_nonce_empty");
}

TEST(TpmQuote, Banks) {
  EXPECT_EQ(QuotePlan("P-256", good_attributes, tpm_alg::sha384).reason(), "quote_genuine");
  EXPECT_EQ(QuotePlan("P-256", good_attributes, tpm_alg::sha1).reason(), "quote_sha1_bank");
  QuotePlan plan;
  const auto over = [&](std::span<const TestBank> banks) {
    plan.evidence.attest = quote_over(banks, plan.evidence.pcrs, tpm_alg::sha256, test_nonce);
    plan.sign();
    return std::string(plan.reason());
  };
  plan.evidence.pcrs[tpm_alg::sha384][0] = TestBytes(48, 9);
  EXPECT_EQ(over(std::vector<TestBank>{{tpm_alg::sha256, 0x81}, {tpm_alg::sha384, 1}}),
            "quote_genuine");
  EXPECT_EQ(over(std::vector<TestBank>{{tpm_alg::sha1, 0}, {tpm_alg::sha256, 0x81}}),
            "quote_genuine");  // nothing of the SHA-1 bank is quoted
  EXPECT_EQ(over(std::vector<TestBank>{{tpm_alg::sha256, 0}}), "quote_selection");
  EXPECT_EQ(over(std::vector<TestBank>{{tpm_alg::sha256, 1}, {tpm_alg::sha256, 1}}),
            "quote_selection");
  EXPECT_EQ(over(std::vector<TestBank>{}), "quote_selection");
}

TEST(TpmQuote, ValuesAreTheQuotedOnes) {
  QuotePlan plan;
  auto& bank = plan.evidence.pcrs[tpm_alg::sha256];
  bank[4].back() ^= 1;
  EXPECT_EQ(plan.reason(), "tpm_pcrs");
  bank[4].pop_back();
  EXPECT_EQ(plan.reason(), "quote_values_missing");
  bank.erase(4);
  EXPECT_EQ(plan.reason(), "quote_values_missing");
  plan.evidence.pcrs.clear();
  EXPECT_EQ(plan.reason(), "quote_genuine");
  const EvidenceVerdict verdict = plan.verdict();
  EXPECT_EQ(std::ranges::count(verdict.grounds, Finding::not_judged, &Ground::finding), 3);
}

TEST(TpmQuote, ReferenceValuesDecideWhatIsKnown) {
  QuotePlan plan;
  plan.options.reference = plan.evidence.pcrs;
  EXPECT_EQ(plan.verdict().known.finding, Finding::held);
  plan.options.reference->at(tpm_alg::sha256).at(7).back() ^= 1;
  EXPECT_EQ(plan.reason(), "pcr_reference_mismatch");
  EXPECT_EQ(plan.verdict().genuine.finding, Finding::not_judged);
  plan.options.reference = PcrBanks{{tpm_alg::sha256, {{1, TestBytes(32)}}}};
  EXPECT_EQ(plan.reason(), "pcr_reference_missing");
  plan.options.reference = PcrBanks{{tpm_alg::sha384, {{0, TestBytes(48)}}}};
  EXPECT_EQ(plan.reason(), "pcr_reference_missing");
}

TEST(TpmQuote, EventLogsLeadToQuotedValues) {
  constexpr std::array<EventAlgorithm, 2> banks{{{tpm_alg::sha1, 20}, {tpm_alg::sha256, 32}}};
  QuotePlan plan;
  TestBytes log = log_header(banks);
  put_event(log, {0, 8, {1}, 0x11}, banks);
  put_event(log, {4, 4, {}, 0x22}, banks);
  put_event(log, {9, 4, {}, 0x22}, banks);
  plan.evidence.event_log = log;
  EXPECT_EQ(plan.reason(), "tpmlog_mismatch");
  const auto values = replay_event_log(*parse_event_log(log), tpm_alg::sha256);
  plan.evidence.pcrs[tpm_alg::sha256][0] = values->at(0);
  plan.evidence.pcrs[tpm_alg::sha256][4] = values->at(4);
  const std::array<TestBank, 1> selection{{{tpm_alg::sha256, 0x91}}};
  plan.evidence.attest = quote_over(selection, plan.evidence.pcrs, tpm_alg::sha256, test_nonce);
  plan.sign();
  EXPECT_EQ(plan.reason(), "quote_genuine");
  EXPECT_EQ(fact(plan.verdict(), "event log"), "3 events lead to 2 quoted PCRs; no event for 7");
  plan.evidence.event_log.pop_back();
  EXPECT_EQ(plan.reason(), "tpmlog_form");
  QuotePlan wider("P-256", good_attributes, tpm_alg::sha384);
  wider.evidence.event_log = log;
  EXPECT_EQ(wider.reason(), "tpmlog_bank_missing");
}

TEST(TpmQuote, CertifiedCountersAndObjects) {
  QuotePlan plan;
  plan.evidence.pcrs.clear();
  plan.evidence.attest = statement_head(TpmStatementKind::nv_certify, test_nonce);
  put_sized_part(plan.evidence.attest, TestBytes(34, 3));
  put_number(plan.evidence.attest, std::uint16_t{0});
  put_sized_part(plan.evidence.attest, ByteArray<8>{0, 0, 0, 0, 0, 0, 1, 2});
  plan.sign();
  EXPECT_EQ(plan.reason(), "quote_genuine");
  EXPECT_EQ(fact(plan.verdict(), "NV counter"), "258");
  plan.options.reference = PcrBanks{{tpm_alg::sha256, {{0, TestBytes(32)}}}};
  EXPECT_EQ(plan.reason(), "pcr_reference_missing");
  plan.options.reference.reset();
  plan.evidence.attest = statement_head(TpmStatementKind::certify, test_nonce);
  put_sized_part(plan.evidence.attest, TestBytes(34, 3));
  put_sized_part(plan.evidence.attest, TestBytes(34, 4));
  plan.sign();
  EXPECT_EQ(plan.reason(), "quote_genuine");
  EXPECT_EQ(fact(plan.verdict(), "statement"), "certified object");
}

TEST(TpmQuote, SignaturesOfOtherSchemes) {
  QuotePlan plan;
  QuotePlan rsa("RSA");
  std::swap(plan.evidence.signature, rsa.evidence.signature);
  EXPECT_EQ(plan.reason(), "quote_signature_scheme");
  EXPECT_EQ(rsa.reason(), "quote_signature_scheme");
  rsa.sign();
  rsa.evidence.signature.push_back(0);
  EXPECT_EQ(rsa.reason(), "quote_signature_form");
  plan.sign();
  plan.evidence.signature.push_back(0);
  EXPECT_EQ(plan.reason(), "quote_signature_form");
  plan.evidence.signature = plan.tpm.sign_plain(plan.evidence.attest);
  plan.evidence.signature.push_back(0);
  EXPECT_EQ(plan.reason(), "quote_signature_form");
  plan.evidence.signature.clear();
  EXPECT_EQ(plan.reason(), "quote_signature_form");
  plan.evidence.signature = TestBytes(64, 0);
  EXPECT_EQ(plan.reason(), "tpm_signature");
}

TEST(TpmQuote, AnEnrolledTpmIsNamedWithItsMaker) {
  const std::string folder = evidence_vectors + "tpm/";
  const auto attested = parse_tpm_attested(*read_file(folder + "chip.attested"));
  ASSERT_TRUE(attested);
  TpmQuoteEvidence evidence{attested->quote.attest, attested->quote.signature, {}, {}, {}};
  for (unsigned pcr = 0; pcr < attested->pcrs.size(); ++pcr) {
    const Digest& value = attested->pcrs[pcr];
    evidence.pcrs[tpm_alg::sha256][pcr] = TestBytes(value.begin(), value.end());
  }
  TpmQuoteOptions options;
  options.enrolment = *read_file(folder + "chip.tpm-enrolment");
  options.maker = crypto::read_public_keys(folder + "maker.pub").value().sign;
  options.authorities = *read_text(folder + "authorities.pem");
  options.as_of = UnixMillis{1'796'083'200'000};
  const EvidenceVerdict verdict = verify_tpm_quote(evidence, options);
  EXPECT_EQ(verdict.reason.code, errc::quote_genuine);
  EXPECT_EQ(verdict.level, Level::tpm_bound);
  EXPECT_EQ(fact(verdict, "TPM"), "software TPM of id:00001014 swtpm");
  EXPECT_FALSE(fact(verdict, "software TPM").empty());
  const std::string ear = to_ear({&verdict, 1}, options.as_of);
  EXPECT_NE(ear.find("\"hardware\": 0"), std::string::npos) << ear;
  EXPECT_NE(ear.find("\"instance-identity\": 2"), std::string::npos);
  EXPECT_NE(ear.find("software TPM"), std::string::npos);
  options.authorities =
      *read_text(std::string(DAYMARK_SOURCE_DIR) + "/data/evidence/nvidia/device_root.pem");
  EXPECT_EQ(verify_tpm_quote(evidence, options).reason.code, errc::ek_chain);
  options.maker.bytes[0] ^= 1;
  EXPECT_EQ(verify_tpm_quote(evidence, options).reason.code, errc::tpm_maker);
}

TEST(TpmFile, ValuesOfABank) {
  QuotePlan plan;
  TestBytes bare;
  for (const auto& [pcr, value] : plan.evidence.pcrs.at(tpm_alg::sha256))
    put_part(bare, value);
  const auto values = parse_pcr_values(bare, plan.evidence.attest);
  ASSERT_TRUE(values);
  EXPECT_EQ(*values, plan.evidence.pcrs);
  bare.pop_back();
  EXPECT_EQ(parse_pcr_values(bare, plan.evidence.attest).error().code, errc::pcr_values_form);
  for (const std::string_view text :
       {R"({})", R"({"banks":{}})", R"({"banks":{"SHA3":{"0":"00"}}})",
        R"({"banks":{"SHA256":{"0":"00"}}})", R"({"banks":{"SHA256":{"00":"00"}}})",
        R"({"banks":{"SHA256":{"24":"00"}}})", R"({"banks":{"SHA256":[]}})"}) {
    const auto result = parse_pcr_values(bytes_of(text), {});
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, errc::pcr_values_form) << text;
  }
}

TEST(TpmFile, JsonOfOtherShapesIsRefused) {
  for (const std::string_view text :
       {R"({"Quote":{}})", R"({"tpm_quote":{}})", R"({"tpm_quote":[],"ak_public":""})",
        R"({"message":"00","signature":"0","pcrs":[]})",
        R"({"message":"00","signature":"00","pcrs":{}})",
        R"({"tpm_quote":{"message":"00","signature":"00","pcrs":[]},"hcl_report":"?"})"}) {
    const auto result = parse_tpm_file(bytes_of(text));
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, errc::quote_file_form) << text;
  }
  EXPECT_FALSE(is_tpm_file(bytes_of("{}")));
  EXPECT_FALSE(is_tpm_file({}));
}

TEST(TpmExplain, EveryFieldHasItsPlace) {
  QuotePlan plan;
  for (const TestBytes& bytes : {plan.evidence.attest, plan.evidence.signature, plan.tpm.area()}) {
    const auto words = explain_any(bytes);
    ASSERT_TRUE(words) << entry_of(words.error().code).name;
    std::uint32_t behind = 0;
    for (const ExplainedField& field : words->fields) {
      if (field.name == "name (computed)") continue;
      EXPECT_GE(field.place, behind) << field.name;
      EXPECT_LE(field.place, behind + 4) << field.name;
      behind = field.place + field.size;
    }
    EXPECT_EQ(behind, bytes.size()) << words->kind;
  }
}

TEST(TpmConformance, ShippedVectors) {
  const auto shipped = run_tpm_conformance(evidence_vectors + "tpm-foreign");
  ASSERT_TRUE(shipped);
  EXPECT_EQ(shipped->failed, 0U) << ::testing::PrintToString(shipped->failures);
  EXPECT_GT(shipped->passed, 50U);
  EXPECT_FALSE(run_tpm_conformance(evidence_vectors + "chains"));
}

TEST(TpmConformance, WholeCollection) {
  const char* const all = std::getenv("DAYMARK_VECTORS");  // NOLINT(concurrency-mt-unsafe)
  if (all == nullptr) GTEST_SKIP() << "DAYMARK_VECTORS names no collection";
  const auto whole = run_tpm_conformance(std::string(all) + "/evidence/tpm");
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->failed, 0U) << ::testing::PrintToString(whole->failures);
  EXPECT_GT(whole->passed, 150U);
}

}  // namespace
}  // namespace daymark::evidence
