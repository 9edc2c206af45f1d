#include "daymark/evidence/governor/governor_verdict.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daymark/base/file.h"
#include "daymark/crypto/key_file.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/evidence_testing.h"
#include "daymark/evidence/governor/governor_testing.h"
#include "daymark/evidence/tokens/ear.h"
#include "daymark/evidence/tpm/tpm_binding.h"
#include "daymark/evidence/tpm/tpm_testing.h"
#include "daymark/governor/errors.h"

namespace daymark::evidence {
namespace {

using EatBytes = std::vector<Byte>;

const std::string source_dir = DAYMARK_SOURCE_DIR;

std::string governor_reason(const EvidenceVerdict& verdict) {
  return std::string(entry_of(verdict.reason.code).name);
}

std::string fact_of(const EvidenceVerdict& verdict, std::string_view name) {
  const auto found = std::ranges::find(verdict.facts, name, &Fact::name);
  return found == verdict.facts.end() ? "" : found->value;
}

Finding finding_of(const EvidenceVerdict& verdict, std::string_view question) {
  const auto found = std::ranges::find(verdict.grounds, question, &Ground::question);
  return found == verdict.grounds.end() ? Finding::not_judged : found->finding;
}

/// A governor with two tokens beside it, and an asker who named the chip and asks for freshness.
class GovernorVerdict : public ::testing::Test {
 protected:
  void SetUp() override {
    options.key = governor.key();
    options.nonce = governor.nonce;
    options.as_of = governor_time;
    options.submodules.report.as_of = governor_time;
    options.submodules.quote.as_of = governor_time;
    options.submodules.token.as_of = governor_time;
    options.submodules.token.key = token_key.verifying();
  }

  [[nodiscard]] EvidenceVerdict judged(ByteView content) const {
    return verify_governor("f", content, options);
  }

  [[nodiscard]] EvidenceVerdict judged_with(const SubmoduleSet& given) const {
    return judged(governor.bundle(given));
  }

  /// Signs the same bytes the same way.
  TestKey token_key{"Ed25519"};
  TestGovernor governor;
  SubmoduleSet members = tokens_named(token_key, {"tpm", "gpu"});
  GovernorOptions options;
};

TEST_F(GovernorVerdict, HoldsWithAllThatItNames) {
  const EvidenceVerdict found = judged_with(members);
  EXPECT_EQ(found.verdict, Verdict::genuine) << governor_reason(found);
  EXPECT_EQ(governor_reason(found), "governor_genuine");
  EXPECT_EQ(found.kind, "governor");
  EXPECT_EQ(found.level, Level::host_signed);
  ASSERT_EQ(found.submodules.size(), 2U);
  EXPECT_EQ(found.submodules[0].file, "f#gpu");
  EXPECT_EQ(found.submodules[1].file, "f#tpm");
  for (const EvidenceVerdict& one : found.submodules) {
    EXPECT_EQ(one.verdict, Verdict::genuine);
    EXPECT_EQ(fact_of(one, "question"), "the attestation's");
  }
  for (const auto* const question :
       {"form", "chip", "signature", "submodules named", "freshness", "time", "submodules"}) {
    EXPECT_EQ(finding_of(found, question), Finding::held) << question;
  }
}

TEST_F(GovernorVerdict, HoldsAloneAndWithoutSubmodules) {
  const EvidenceVerdict found = judged(governor.attest());
  EXPECT_EQ(found.verdict, Verdict::genuine);
  EXPECT_TRUE(found.submodules.empty());
}

TEST_F(GovernorVerdict, SaysWhatItNamesAndWasNotGiven) {
  const EvidenceVerdict found = judged(governor.attest(members.claim()));
  EXPECT_EQ(found.verdict, Verdict::undecided);
  EXPECT_EQ(governor_reason(found), "submodule_missing");
  EXPECT_EQ(fact_of(found, "submodule elsewhere"), "gpu");
  EXPECT_EQ(found.genuine.finding, Finding::held);
}

TEST_F(GovernorVerdict, MembersAndNamesAreTheSame) {
  const auto around = [&](const SubmoduleSet& named, const SubmoduleSet& given) {
    const EvidenceVerdict found = judged(given.bundle(governor.attest(named.claim())));
    EXPECT_EQ(found.verdict, Verdict::refused);
    EXPECT_EQ(finding_of(found, "signature"), Finding::held);
    EXPECT_EQ(finding_of(found, "submodules named"), Finding::failed);
    return governor_reason(found);
  };
  const auto of = [&](const std::vector<std::string>& names) {
    return tokens_named(token_key, names);
  };
  EXPECT_EQ(around(members, of({"gpu"})), "submodule_missing");
  EXPECT_EQ(around(members, of({"tpm"})), "submodule_missing");
  EXPECT_EQ(around(of({"gpu"}), members), "submodule_unnamed");
  EXPECT_EQ(around(of({"tpm"}), members), "submodule_unnamed");
  EXPECT_EQ(around(SubmoduleSet(), members), "submodule_unnamed");
  EXPECT_EQ(around(of({"gpu", "psa"}), members), "submodule_missing");
  EXPECT_EQ(around(of({"gpu"}), tokens_named(TestKey(), {"gpu"})), "submodule_digest");
}

TEST_F(GovernorVerdict, EveryFlippedBitIsNoticed) {
  const EatBytes good = governor.bundle(members);
  for (std::size_t bit = 0; bit < good.size() * 8; bit += 7) {
    EatBytes bad = good;
    bad[bit / 8] = static_cast<Byte>(bad[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_NE(judged(bad).verdict, Verdict::genuine) << bit;
  }
  for (std::size_t size = 0; size < good.size(); size += 13)
    EXPECT_EQ(judged(ByteView(good).first(size)).verdict, Verdict::refused) << size;
}

TEST_F(GovernorVerdict, TheChipIsTheOneThatWasMeant) {
  const EatBytes bundle = governor.bundle(members);
  options.key = crypto::ed25519_public(governor_secret(2));
  EXPECT_EQ(governor_reason(judged(bundle)), "cose_signature");
  options.key.reset();
  options.chip = crypto::chip_id(governor.key());
  EXPECT_EQ(judged(bundle).verdict, Verdict::genuine);
  EXPECT_EQ(fact_of(judged(bundle), "chip named by"), "the asker, by its id");
  options.chip = crypto::chip_id(crypto::ed25519_public(governor_secret(2)));
  EXPECT_EQ(governor_reason(judged(bundle)), "gov_document_chip");
  EXPECT_EQ(judged(bundle).verdict, Verdict::refused);
  options.chip.reset();
  const EvidenceVerdict unnamed = judged(bundle);
  EXPECT_EQ(unnamed.verdict, Verdict::undecided);
  EXPECT_EQ(governor_reason(unnamed), "governor_unnamed");
  EXPECT_TRUE(fact_of(unnamed, "chip named by").starts_with("nobody"));
}

TEST_F(GovernorVerdict, AnEnrolmentNamesTheChip) {
  const std::string folder = source_dir + "/tests/vectors/evidence/tpm/";
  options.key.reset();
  options.submodules.quote.enrolment = read_file(folder + "chip.tpm-enrolment").value();
  options.submodules.quote.maker = crypto::read_public_keys(folder + "maker.pub").value().sign;
  // Another chip than the one that its maker enrolled.
  EXPECT_EQ(governor_reason(judged(governor.bundle(members))), "cose_signature");
  options.key = governor.key();
  EXPECT_EQ(governor_reason(judged(governor.bundle(members))), "gov_document_chip");
  options.submodules.quote.maker = governor.key();
  EXPECT_EQ(governor_reason(judged(governor.bundle(members))), "tpm_maker");
  // The chip's own attestation, as it went to its TPM.
  options = {};
  options.as_of = governor_time;
  const auto attested = parse_tpm_attested(read_file(folder + "chip.attested").value()).value();
  EXPECT_EQ(governor_reason(judged(attested.attestation)), "governor_unnamed");
  options.submodules.quote.enrolment = read_file(folder + "chip.tpm-enrolment").value();
  options.submodules.quote.maker = crypto::read_public_keys(folder + "maker.pub").value().sign;
  options.as_of = {1'800'000'000'000};
  EXPECT_EQ(judged(attested.attestation).verdict, Verdict::genuine);
}

TEST_F(GovernorVerdict, AnotherNonceIsRefused) {
  options.nonce = EatBytes(32, 8);
  const EvidenceVerdict found = judged_with(members);
  EXPECT_EQ(governor_reason(found), "gov_nonce");
  EXPECT_TRUE(found.submodules.empty());
  options.nonce.reset();
  EXPECT_EQ(judged_with(members).verdict, Verdict::genuine);
  EXPECT_EQ(finding_of(judged_with(members), "freshness"), Finding::not_judged);
}

TEST_F(GovernorVerdict, ASubmoduleAnswersTheSameQuestion) {
  // Fresh for the attestation's own nonce, or for another name's, is fresh for something else.
  for (const EatBytes& nonce : {governor.nonce, EatBytes(32, 7)}) {
    SubmoduleSet other;
    ASSERT_TRUE(other.add("gpu", token_for(token_key, nonce)));
    options.nonce = governor.nonce;
    const EvidenceVerdict asked = judged_with(other);
    EXPECT_EQ(governor_reason(asked), "token_submodule");
    EXPECT_EQ(governor_reason(asked.submodules.at(0)), "token_nonce");
    EXPECT_EQ(fact_of(asked.submodules.at(0), "question"), "another than the attestation's");
    options.nonce.reset();
    const EvidenceVerdict unasked = judged_with(other);
    EXPECT_EQ(unasked.verdict, Verdict::genuine);
    EXPECT_EQ(fact_of(unasked.submodules.at(0), "question"), "another than the attestation's");
  }
}

TEST_F(GovernorVerdict, TheAskerMayHaveGivenASubmoduleItsOwnChallenge) {
  SubmoduleSet own;
  ASSERT_TRUE(own.add("gpu", token_for(token_key, EatBytes(32, 7))));
  options.submodules.nonces["gpu"] = EatBytes(32, 7);
  const EvidenceVerdict found = judged_with(own);
  EXPECT_EQ(found.verdict, Verdict::genuine);
  EXPECT_EQ(fact_of(found.submodules.at(0), "question"), "the challenge that you gave for it");
  options.submodules.nonces["gpu"] = EatBytes(32, 6);
  EXPECT_EQ(governor_reason(judged_with(own)), "token_submodule");
}

TEST_F(GovernorVerdict, TimeIsTheChipsOwn) {
  const EatBytes bundle = governor.bundle(members);
  options.as_of = governor.clock.earliest;
  EXPECT_EQ(judged(bundle).verdict, Verdict::genuine);
  options.as_of.value -= 1;
  EXPECT_EQ(governor_reason(judged(bundle)), "governor_later");
  options.age_most = Millis{60'000};
  options.as_of = governor.clock.latest + Millis{60'000};
  EXPECT_EQ(judged(bundle).verdict, Verdict::genuine);
  options.as_of.value += 1;
  EXPECT_EQ(governor_reason(judged(bundle)), "governor_stale");
  governor.clock = {false, governor.clock.earliest, {}};
  const EvidenceVerdict unknown = judged(governor.bundle(members));
  EXPECT_EQ(unknown.verdict, Verdict::undecided);
  EXPECT_EQ(governor_reason(unknown), "gov_time_unknown");
  options.age_most.reset();
  EXPECT_EQ(judged(governor.bundle(members)).verdict, Verdict::genuine);
}

TEST_F(GovernorVerdict, TheWholeIsTheWorstOfAll) {
  SubmoduleSet mixed;
  ASSERT_TRUE(mixed.add("a", token_for(token_key, submodule_nonce(governor.nonce, "a"))));
  ASSERT_TRUE(
      mixed.add("b", read_file(source_dir + "/tests/vectors/evidence/no-fwid/report.hex").value()));
  options.nonce.reset();
  const EvidenceVerdict open = judged_with(mixed);
  EXPECT_EQ(open.verdict, Verdict::undecided);
  EXPECT_EQ(governor_reason(open), "submodule_undecided");
  EXPECT_EQ(governor_reason(open.submodules.at(1)), "evidence_chain_missing");
  EXPECT_EQ(open.genuine.finding, Finding::held);
  EXPECT_EQ(open.level, Level::declared);
  options.submodules.token.key = TestKey().verifying();
  EXPECT_EQ(governor_reason(judged_with(mixed)), "token_submodule");
  options.submodules.token.key.reset();
  EXPECT_EQ(judged_with(mixed).verdict, Verdict::undecided);
}

TEST_F(GovernorVerdict, ADevicesReportIsJudgedAsOne) {
  const auto report = read_file(source_dir + "/tests/vectors/evidence/no-fwid/report.hex").value();
  SubmoduleSet gpu;
  ASSERT_TRUE(gpu.add("nvidia-gpu-0", report));
  options.submodules.chain =
      read_text(source_dir + "/tests/vectors/evidence/no-fwid/chain.pem", 1U << 20U).value();
  const EvidenceVerdict asked = judged_with(gpu);
  EXPECT_EQ(governor_reason(asked.submodules.at(0)), "evidence_nonce");
  EXPECT_EQ(governor_reason(asked), "token_submodule");
  const EatBytes raw = bytes_of_hex(std::string(text_of(report)));
  options.submodules.nonces["nvidia-gpu-0"] = {raw.begin() + 4, raw.begin() + 36};
  const EvidenceVerdict own = judged_with(gpu);
  EXPECT_EQ(own.verdict, Verdict::genuine) << governor_reason(own.submodules.at(0));
  EXPECT_EQ(own.submodules.at(0).kind, "nvidia-spdm");
  EXPECT_EQ(own.submodules.at(0).level, Level::device_attested);
  EXPECT_EQ(own.level, Level::host_signed);
  options.submodules.nonces["nvidia-gpu-0"] = EatBytes(8, 1);
  EXPECT_EQ(judged_with(gpu).verdict, Verdict::refused);
  options.submodules.nonces.clear();
  options.nonce.reset();
  const EvidenceVerdict unasked = judged_with(gpu);
  EXPECT_EQ(unasked.verdict, Verdict::genuine);
  EXPECT_EQ(fact_of(unasked.submodules.at(0), "question"), "another than the attestation's");
}

TEST_F(GovernorVerdict, AQuoteIsJudgedAsOne) {
  const TestTpm tpm("P-256");
  PcrBanks banks;
  banks[tpm_alg::sha256][0] = TestBytes(32, 1);
  const TestBank selection{tpm_alg::sha256, 1};
  const Digest nonce = submodule_nonce(governor.nonce, "tpm");
  const TestBytes statement = quote_over({&selection, 1}, banks, tpm_alg::sha256, nonce);
  SubmoduleSet set;
  ASSERT_TRUE(set.add("tpm", statement));
  options.submodules.quote.key = tpm.area();
  options.submodules.quote_signature = tpm.sign(statement);
  options.submodules.quote_pcrs = TestBytes(32, 1);
  const EvidenceVerdict found = judged_with(set);
  EXPECT_EQ(found.verdict, Verdict::genuine) << governor_reason(found.submodules.at(0));
  EXPECT_EQ(found.submodules.at(0).level, Level::tpm_bound);
  EXPECT_EQ(fact_of(found.submodules.at(0), "question"), "the attestation's");
  SubmoduleSet renamed;
  ASSERT_TRUE(renamed.add("tpm-2", statement));
  EXPECT_EQ(governor_reason(judged_with(renamed).submodules.at(0)), "quote_nonce");
}

TEST_F(GovernorVerdict, AnotherChipsTpmIsRefused) {
  SubmoduleSet set;
  ASSERT_TRUE(
      set.add("tpm", read_file(source_dir + "/tests/vectors/evidence/tpm/chip.attested").value()));
  options.nonce.reset();
  const EvidenceVerdict found = judged_with(set);
  EXPECT_EQ(found.submodules.at(0).kind, "tpm-attested");
  EXPECT_EQ(found.submodules.at(0).verdict, Verdict::refused);
  EXPECT_EQ(governor_reason(found), "token_submodule");
}

TEST_F(GovernorVerdict, IsPrintedAsAWhole) {
  const EvidenceVerdict found = judged_with(members);
  const auto json = nlohmann::json::parse(to_json({&found, 1}));
  EXPECT_EQ(json["kind"], "governor");
  ASSERT_EQ(json["submodules"].size(), 2U);
  EXPECT_EQ(json["submodules"][0]["file"], "f#gpu");
  EXPECT_EQ(json["submodules"][0]["verdict"], "genuine");
  const auto ear = nlohmann::json::parse(to_ear({&found, 1}, governor_time));
  EXPECT_EQ(ear["submods"].size(), 3U);
  EXPECT_EQ(ear["submods"]["f"]["eat_nonce"], to_hex(governor.nonce));
  EXPECT_TRUE(ear["submods"].contains("f#tpm"));
  const std::string text = to_text(found);
  EXPECT_NE(text.find("f: genuine (L1)"), std::string::npos);
  EXPECT_NE(text.find("\n  f#gpu: genuine (L1)"), std::string::npos);
}

}  // namespace
}  // namespace daymark::evidence
