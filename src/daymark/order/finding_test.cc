#include "daymark/order/finding.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/cbor/cose.h"
#include "daymark/crypto/errors.h"
#include "daymark/order/errors.h"
#include "daymark/order/finding_testing.h"

namespace daymark::order {
namespace {

using testing::decision_on;
using testing::finding_about;
using testing::notice_about;
using testing::sign_finding_by;
using testing::verdict;
using testing::World;

class FindingTest : public ::testing::Test {
 protected:
  std::vector<Byte> answered_by(const std::string& party, ByteView bytes) {
    crypto::SecretSigner signer(world.party(party).key.sign);
    return make_finding_answer(bytes, world.now, "The chip was in transit.", signer).value();
  }

  /// Decided by what a test changed, signed by a quorum.
  FindingFile decided(const std::vector<Byte>& answer = {}) {
    FindingFile file =
        decide({write_notice(notice), answer}, decision, world.charter(), world.random()).value();
    sign_finding_by(file, world, {"maker", "regulator-a"});
    return file;
  }

  std::string judged(const FindingFile& file) {
    return std::string(verdict(verify_finding(file, world.charter())));
  }

  std::string proven_at(const FindingFile& file, UnixMillis time) {
    const auto envelope = finding_envelope(file).value();
    const std::string proof = world.log_and_prove(envelope, Cosigned{.time = time});
    return std::string(verdict(prove_finding(file, proof, world.charter())));
  }

  using Cosigned = testing::Cosigning;

  World world;
  ChipId chip = World::chip(1).id;
  FindingNotice notice = notice_about(world, chip);
  Decision decision = decision_on(world, notice);
};

TEST_F(FindingTest, SaysWhatWasDecidedAndByWhom) {
  const FindingFile file = decided();
  const auto verified = verify_finding(file, world.charter());
  ASSERT_EQ(verdict(verified), "ok");
  EXPECT_EQ(verified->finding().notice, notice);
  EXPECT_EQ(verified->finding().decision, decision);
  EXPECT_FALSE(verified->finding().answer);
  EXPECT_EQ(verified->signers(), 0b00110U);
  EXPECT_EQ(proven_at(file, notice.answer_until), "ok");
}

TEST_F(FindingTest, AnAnswerOpensTheDecisionBeforeTheDeadline) {
  decision.decided = notice.issued + hours(1);
  EXPECT_EQ(judged(decided()), "finding_early");
  const FindingFile file = decided(answered_by("owner", write_notice(notice)));
  const auto verified = verify_finding(file, world.charter());
  ASSERT_EQ(verdict(verified), "ok");
  EXPECT_EQ(verified->finding().answer, "The chip was in transit.");
  EXPECT_EQ(proven_at(file, world.now + hours(1)), "ok");
}

TEST_F(FindingTest, OnlyTheOwnersAnswerToThisNoticeCounts) {
  EXPECT_EQ(judged(decided(answered_by("maker", write_notice(notice)))), "finding_answer");
  FindingNotice other = notice;
  other.evidence.pop_back();
  EXPECT_EQ(judged(decided(answered_by("owner", write_notice(other)))), "finding_answer");
}

TEST_F(FindingTest, TheWitnessesSayWhetherTheDeadlineWasPast) {
  const FindingFile file = decided();
  EXPECT_EQ(proven_at(file, notice.answer_until - Millis{1000}), "finding_early");
  EXPECT_EQ(proven_at(file, notice.answer_until), "ok");
}

TEST_F(FindingTest, DeadlinesAreAsLongAsTheCharterAsks) {
  decision.appeal_until = decision.appeal_until - Millis{1000};
  EXPECT_EQ(judged(decided()), "finding_times");
  decision = decision_on(world, notice);
  notice.answer_until = notice.answer_until - Millis{1000};
  EXPECT_EQ(judged(decided()), "finding_times");
  notice = notice_about(world, chip);
  decision.decided = notice.issued - Millis{1000};
  EXPECT_EQ(judged(decided(answered_by("owner", write_notice(notice)))), "finding_times");
}

TEST_F(FindingTest, TakesTheQuorumOfASuspension) {
  EXPECT_EQ(judged(finding_about(world, chip, {"maker"})), "order_quorum");
  EXPECT_EQ(judged(finding_about(world, chip, {"authority"})), "order_quorum");
  FindingFile file = finding_about(world, chip, {});
  EXPECT_EQ(judged(file), "order_quorum");
  EXPECT_EQ(verdict(finding_envelope(file)), "cose_signers");
  EXPECT_EQ(judged(finding_about(world, {})), "ok");
}

TEST_F(FindingTest, PartiesSignOnceAndStrangersNever) {
  FindingFile file = decided();
  crypto::SecretSigner maker(world.party("maker").spare.sign);
  EXPECT_EQ(sign_finding(file, world.charter(), maker).error().error.code,
            errc::order_signer_duplicate);
  crypto::SecretSigner stranger(crypto::SecretKey{{77}});
  EXPECT_EQ(sign_finding(file, world.charter(), stranger).error().error.code,
            errc::order_signer_unknown);
  World other(5);
  crypto::SecretSigner owner(other.party("owner").key.sign);
  EXPECT_EQ(sign_finding(file, other.charter(), owner).error().error.code, errc::order_charter);
  EXPECT_EQ(verdict(verify_finding(file, other.charter())), "order_charter");
}

TEST_F(FindingTest, EveryFlippedBitIsRefused) {
  const std::vector<Byte> good = print_finding_file(decided());
  ASSERT_EQ(judged(parse_finding_file(good).value()), "ok");
  for (std::size_t bit = 0; bit < good.size() * 8; bit += 13) {
    std::vector<Byte> bytes = good;
    bytes[bit / 8] ^= static_cast<Byte>(1U << bit % 8);
    const auto file = parse_finding_file(bytes);
    EXPECT_FALSE(file && verify_finding(*file, world.charter())) << bit;
  }
  for (std::size_t size = 0; size < good.size(); size += 7)
    EXPECT_FALSE(parse_finding_file(ByteView(good).first(size))) << size;
}

TEST_F(FindingTest, TheEntryShowsNobodyWhomItIsAbout) {
  const FindingFile file = decided();
  const auto envelope = finding_envelope(file).value();
  EXPECT_EQ(std::ranges::search(envelope, chip.bytes).size(), 0U);
  EXPECT_TRUE(is_finding_entry(envelope));
  const testing::Logged stop = world.prove(world.suspend_fleet(days(4)), {"owner", "regulator-a"});
  EXPECT_FALSE(is_finding_entry(stop.envelope));
  EXPECT_FALSE(parse_signed_order(envelope));
}

TEST_F(FindingTest, PartiesOpenTheEntry) {
  const FindingFile file = decided();
  const auto envelope = finding_envelope(file).value();
  const auto opened = open_finding(envelope, world.party("owner").key.open);
  ASSERT_EQ(verdict(opened), "ok");
  EXPECT_EQ(print_finding_file(*opened), print_finding_file(file));
  EXPECT_EQ(verdict(open_finding(envelope, {{9}})), "seal_not_opened");
}

TEST_F(FindingTest, NoticesWithoutEvidenceOrRuleAreNone) {
  notice.evidence.clear();
  EXPECT_EQ(verdict(parse_notice(write_notice(notice))), "finding_malformed");
  notice = notice_about(world, chip);
  for (const char* code : {"", "Fence", "a b", "a\n"}) {
    notice.code = code;
    EXPECT_EQ(verdict(parse_notice(write_notice(notice))), "finding_malformed") << code;
  }
  notice = notice_about(world, chip);
  notice.evidence.resize(finding_evidence_max + 1);
  EXPECT_FALSE(parse_notice(write_notice(notice)));
}

TEST_F(FindingTest, NoticeFilesTravel) {
  const std::vector<Byte> bytes = write_notice(notice);
  for (const std::vector<Byte>& answer : {std::vector<Byte>{}, answered_by("owner", bytes)}) {
    const NoticeFile file{bytes, answer};
    const auto again = parse_notice_file(print_notice_file(file));
    ASSERT_EQ(verdict(again), "ok");
    EXPECT_EQ(again->notice, file.notice);
    EXPECT_EQ(again->answer, file.answer);
  }
  // Neither is read as the other.
  EXPECT_FALSE(parse_finding_file(print_notice_file({bytes, {}})));
  EXPECT_FALSE(parse_notice_file(print_finding_file(decided())));
}

RC_GTEST_PROP(FindingNotices, ReadAsTheyAreWritten, (std::uint32_t seconds, bool fleet)) {
  FindingNotice notice;
  if (!fleet) notice.chip = ChipId{{3}};
  notice.code = "rule-" + std::to_string(seconds);
  notice.rule = "A sentence.";
  const int count = *rc::gen::inRange(1, 9);
  for (int i = 0; i < count; ++i) {
    const auto kind = static_cast<EvidenceKind>(*rc::gen::inRange(1, 5));
    notice.evidence.push_back({kind, Digest{static_cast<Byte>(i)}});
  }
  notice.issued = {static_cast<std::int64_t>(seconds) * 1000};
  notice.answer_until = notice.issued + days(3);
  const auto read = parse_notice(write_notice(notice));
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == notice);
}

}  // namespace
}  // namespace daymark::order
