#include "daymark/authority/finding_desk.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "daymark/authority/batch_desk.h"
#include "daymark/authority/chip_testing.h"
#include "daymark/base/hex.h"
#include "daymark/order/finding_testing.h"

namespace daymark::authority {
namespace {

using governor::testing::Device;
using order::testing::finding_about;
using testing::verdict;

class FindingDeskTest : public ::testing::Test {
 protected:
  [[nodiscard]] testing::Office& office() { return fleet.office; }

  Outcome<StoredFinding> submit(const order::FindingFile& file) {
    return desk.submit(order::print_finding_file(file));
  }

  /// A finding on record: its deadline passes first.
  Digest on_record(std::optional<ChipId> chip) {
    const order::FindingFile file = finding_about(office().world, chip);
    wait();
    const auto stored = submit(file);
    EXPECT_EQ(verdict(stored), "ok");
    return stored ? stored->hash : Digest{};
  }

  void wait() { office().world.now = office().world.now + office().world.charter().bounds.notice; }

  /// The denial's leaf, or the error's name.
  std::string denied(const Device& device, const std::string& finding) {
    const std::string cites = finding.empty() ? "" : R"(, "finding": ")" + finding + "\"";
    const auto draft = batches.draft(
        fmt::format(R"({{"validity_s": 3600, "deny": {{"{}": {{"reason": "abroad"{}}}}}}})",
                    to_hex(device.chip.id.view()), cites));
    if (!draft) return std::string(verdict(draft));
    const std::size_t slot = &device == &first ? 0 : 1;
    const LeafList page = office().archive.page(draft->content.root, {slot, 1}).value();
    const order::Leaf leaf = order::parse_leaf(page.at(0)).value();
    EXPECT_EQ(leaf.chip, device.chip.id);
    return fmt::format("{} {} {}", leaf.denial_reason, to_hex(leaf.finding),
                       to_rfc3339(leaf.appeal_until));
  }

  testing::Fleet fleet;
  Device& first = fleet.enrol(1);
  Device& second = fleet.enrol(2);
  FindingDesk desk{*fleet.office.records, *fleet.office.publisher, *fleet.office.desk};
  BatchDesk batches{{*fleet.office.records, fleet.office.archive, fleet.office.renewals->chips()},
                    *fleet.office.desk,
                    fleet.office.clock,
                    fleet.office.world.random()};
};

TEST_F(FindingDeskTest, AFindingBecomesPublicAndProvesItself) {
  const order::FindingFile file = finding_about(office().world, first.chip.id);
  wait();
  const auto stored = submit(file);
  ASSERT_EQ(verdict(stored), "ok");
  const auto logged = order::prove_finding(file, stored->proof, office().world.charter());
  ASSERT_EQ(order::testing::verdict(logged), "ok");
  EXPECT_EQ(*logged, stored->logged_at);
  // The same again changes nothing.
  wait();
  const auto again = submit(file);
  ASSERT_EQ(verdict(again), "ok");
  EXPECT_EQ(again->proof, stored->proof);
}

TEST_F(FindingDeskTest, RefusesWhatIsNotDecidedRightly) {
  const order::FindingFile early = finding_about(office().world, first.chip.id);
  EXPECT_EQ(verdict(submit(early)), "finding_early");
  EXPECT_EQ(verdict(submit(finding_about(office().world, first.chip.id, {"maker"}))),
            "order_quorum");
  EXPECT_EQ(verdict(submit(finding_about(office().world, first.chip.id, {}))), "order_quorum");
  order::FindingFile forged = early;
  forged.signatures.front().signature.bytes[3] ^= 1;
  EXPECT_EQ(verdict(submit(forged)), "cose_signature");
  forged = early;
  forged.content.back() ^= 1;
  EXPECT_EQ(verdict(submit(forged)), "order_commitment");
  order::testing::World other(5);
  EXPECT_EQ(verdict(submit(finding_about(other, first.chip.id))), "order_charter");
  EXPECT_FALSE(desk.submit({}));
}

TEST_F(FindingDeskTest, ADenialCitesWhatIsOnRecord) {
  const Digest hash = on_record(first.chip.id);
  const auto cited = cited_finding(*office().records, hash, first.chip.id);
  ASSERT_EQ(verdict(cited), "ok");
  EXPECT_EQ(denied(first, to_hex(hash)),
            fmt::format("abroad {} {}", to_hex(hash), to_rfc3339(cited->decision.appeal_until)));
  EXPECT_EQ(denied(second, to_hex(hash)), "finding_chip");
  EXPECT_EQ(denied(first, ""), "authority_finding_unknown");
  EXPECT_EQ(denied(first, std::string(64, '7')), "authority_finding_unknown");
}

TEST_F(FindingDeskTest, AFindingAboutTheFleetIsAboutEveryChip) {
  const std::string hash = to_hex(on_record({}));
  EXPECT_TRUE(denied(first, hash).starts_with("abroad"));
  EXPECT_TRUE(denied(second, hash).starts_with("abroad"));
}

TEST_F(FindingDeskTest, ADismissedFindingDeniesNothing) {
  order::testing::World& world = office().world;
  const order::FindingNotice notice = order::testing::notice_about(world, first.chip.id);
  order::Decision decision = order::testing::decision_on(world, notice);
  decision.denies = false;
  order::FindingFile file =
      order::decide({order::write_notice(notice), {}}, decision, world.charter(), world.random())
          .value();
  order::testing::sign_finding_by(file, world, {"maker", "regulator-a"});
  wait();
  const auto stored = submit(file);
  ASSERT_EQ(verdict(stored), "ok");
  EXPECT_EQ(denied(first, to_hex(stored->hash)), "finding_dismissed");
}

}  // namespace
}  // namespace daymark::authority
