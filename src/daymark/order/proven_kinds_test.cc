// Each kind of order: accepted once, and refused for each rule of its content.
#include <gtest/gtest.h>

#include "daymark/order/errors.h"
#include "daymark/order/order_testing.h"
#include "daymark/order/proven.h"

namespace daymark::order {
namespace {

using testing::Chip;
using testing::Cosigning;
using testing::encoded;
using testing::LeafDelivery;
using testing::Logged;
using testing::verdict;
using testing::World;
using testing::world_start;

class KindTest : public ::testing::Test {
 protected:
  std::string_view verdict_of(const Logged& logged) {
    return verdict(prove_order(logged.message(), world.charter(), *scratch));
  }

  World world;
  Chip chip = World::chip(1);
  std::unique_ptr<ProofScratch> scratch = std::make_unique<ProofScratch>();
};

TEST_F(KindTest, FleetOrdersFormAChain) {
  const Logged first = world.prove(world.suspend_fleet(days(4)), {"owner", "maker"});
  const auto one = prove_order(first.message(), world.charter(), *scratch);
  ASSERT_EQ(verdict(one), "ok");
  EXPECT_TRUE(StreamHead{}.continues_with(one->order().seq, one->order().prev));
  const StreamHead head{one->order().seq, one->order().hash};
  const Logged second = world.prove(world.scope_order(OrderKind::resume, {}), {"owner"});
  const auto two = prove_order(second.message(), world.charter(), *scratch);
  ASSERT_EQ(verdict(two), "ok");
  EXPECT_TRUE(head.continues_with(two->order().seq, two->order().prev));
  EXPECT_FALSE(StreamHead{}.continues_with(two->order().seq, two->order().prev));
}

TEST_F(KindTest, ReliefBindsAtOnceAndWithoutAProof) {
  Logged logged = world.prove(world.scope_order(OrderKind::resume, {{chip.id, 2, {}}}), {"owner"});
  const auto with = prove_order(logged.message(), world.charter(), *scratch);
  ASSERT_EQ(verdict(with), "ok");
  EXPECT_EQ(with->binds_at(), world_start);
  EXPECT_EQ(with->checkpoint().size, TreeSize{1});
  logged.proof.clear();
  const auto without = prove_order(logged.message(), world.charter(), *scratch);
  ASSERT_EQ(verdict(without), "ok");
  EXPECT_EQ(without->checkpoint().size, TreeSize{0});
  EXPECT_EQ(without->logged_at(), world_start);
}

TEST_F(KindTest, ReliefWithAProofIsChecked) {
  Logged logged = world.prove(world.scope_order(OrderKind::release, {}), {"regulator-b"},
                              Cosigning{.witnesses = 0b1});
  EXPECT_EQ(verdict_of(logged), "proof_quorum");
  logged.proof = "nonsense";
  EXPECT_EQ(verdict_of(logged), "proof_malformed");
}

TEST_F(KindTest, ReliefNeedsItsQuorum) {
  Logged logged = world.prove(world.scope_order(OrderKind::resume, {}), {"authority"});
  logged.proof.clear();
  EXPECT_EQ(verdict_of(logged), "order_quorum");
}

TEST_F(KindTest, SuspendsNamedChips) {
  const std::vector<Target> targets = {{World::chip(5).id, 3, {}}, {chip.id, 1, {}}};
  EXPECT_EQ(verdict_of(world.prove(world.scope_order(OrderKind::suspend, targets),
                                   {"maker", "regulator-a"})),
            "ok");
}

TEST_F(KindTest, RefusesAChipTwice) {
  const std::vector<Target> targets = {{chip.id, 1, {}}, {chip.id, 2, {}}};
  ScopeContent scope;
  std::ranges::copy(targets, scope.targets.begin());
  scope.target_count = 2;
  scope.reason = "twice";
  EXPECT_EQ(verdict(parse_scope(write_scope(scope))), "order_content");
}

TEST_F(KindTest, LicencesNeedNoMirrorAndNoNotice) {
  std::vector<LeafDelivery> deliveries;
  const std::vector<std::vector<Byte>> leaves = {
      encoded(testing::licence_for(chip, {}, world_start, days(7)))};
  const Logged logged =
      world.prove(world.batch(leaves, deliveries), {"authority"}, Cosigning{.mirrors = 0});
  const auto proven = prove_order(logged.message(), world.charter(), *scratch);
  ASSERT_EQ(verdict(proven), "ok");
  EXPECT_EQ(proven->binds_at(), world_start);
  EXPECT_EQ(proven->order().stream(), Stream::none);
}

TEST_F(KindTest, LicencesNeedWitnesses) {
  std::vector<LeafDelivery> deliveries;
  const std::vector<std::vector<Byte>> leaves = {{1, 2, 3}};
  EXPECT_EQ(verdict_of(world.prove(world.batch(leaves, deliveries), {"authority"},
                                   Cosigning{.witnesses = 0b100})),
            "proof_quorum");
}

TEST_F(KindTest, AnEmptyBatchIsNoLicence) {
  std::vector<LeafDelivery> deliveries;
  EXPECT_EQ(verdict_of(world.prove(world.batch({}, deliveries), {"authority"})), "order_content");
}

TEST_F(KindTest, PolicyListsPrograms) {
  const std::vector<Program> programs = {{"trainer", {9}}, {"server", {3}}, {"probe", {7}}};
  EXPECT_EQ(verdict_of(world.prove(world.policy(programs), {"owner", "regulator-a"})), "ok");
  EXPECT_EQ(verdict_of(world.prove(world.policy({}), {"owner", "regulator-a"})), "ok");
  EXPECT_EQ(verdict_of(world.prove(world.policy(programs), {"regulator-a", "regulator-b"})),
            "order_quorum");
}

TEST_F(KindTest, PolicyRootMustFitTheList) {
  auto content = write_policy({{{"trainer", {9}}}, 0, hours(1)});
  content[3] ^= 1;  // the first byte of the root, behind the heads of array and string
  EXPECT_EQ(
      verdict_of(world.prove(world.draft(OrderKind::policy, content), {"owner", "regulator-a"})),
      "order_content");
}

TEST_F(KindTest, FirmwareNeedsTwoBuilders) {
  EXPECT_EQ(verdict_of(world.prove(world.firmware({1, 2, 3}, 7), {"owner", "maker"})), "ok");
  FirmwareContent content;
  content.image = {1, 2, 3};
  content.version = 7;
  content.commit = "abcdef";
  const auto key = make_build_attestation(content, world.party("maker").key.sign);
  const auto spare = make_build_attestation(content, world.party("maker").spare.sign);
  content.attestations = {key, spare};
  EXPECT_EQ(verdict_of(world.prove(world.draft(OrderKind::firmware, write_firmware(content)),
                                   {"owner", "maker"})),
            "order_attestation");
}

TEST_F(KindTest, FirmwareAttestationsNameThisImage) {
  FirmwareContent content;
  content.image = {1, 2, 3};
  content.version = 7;
  content.commit = "abcdef";
  const auto maker = make_build_attestation(content, world.party("maker").key.sign);
  FirmwareContent other = content;
  other.version = 8;
  const auto regulator = make_build_attestation(other, world.party("regulator-a").key.sign);
  const auto stranger = make_build_attestation(content, {world.random().draw<32>()});
  for (const auto& second : {regulator, stranger}) {
    content.attestations = {maker, second};
    EXPECT_EQ(verdict_of(world.prove(world.draft(OrderKind::firmware, write_firmware(content)),
                                     {"owner", "maker"})),
              "order_attestation");
  }
}

TEST_F(KindTest, AmendContinuesTheCharter) {
  EXPECT_EQ(verdict_of(world.prove(world.amend(world.successor()), {"owner", "regulator-a"})),
            "ok");
}

TEST_F(KindTest, AmendRefusesJumpsAndOtherFleets) {
  Charter next = world.successor();
  next.revision = 3;
  EXPECT_EQ(verdict_of(world.prove(world.amend(next), {"owner", "regulator-a"})),
            "order_successor");
  next.revision = 1;
  EXPECT_EQ(verdict_of(world.prove(world.amend(next), {"owner", "regulator-a"})),
            "order_successor");
  next = world.successor();
  next.fleet.bytes.back() ^= 1;
  EXPECT_EQ(verdict_of(world.prove(world.amend(next), {"owner", "regulator-a"})),
            "order_successor");
}

TEST_F(KindTest, AmendRefusesACharterThatLocksOut) {
  Charter next = world.successor();
  next.quorums[static_cast<std::size_t>(OrderKind::resume)] = "quorum nobody";
  EXPECT_EQ(verdict_of(world.prove(world.amend(next), {"owner", "regulator-a"})), "policy_name");
  next = world.successor();
  next.log_policy = "quorum";
  EXPECT_EQ(verdict_of(world.prove(world.amend(next), {"owner", "regulator-a"})),
            "policy_malformed");
}

TEST_F(KindTest, AmendNeedsTheOwnerWhateverThePolicySays) {
  Charter loose = world.source();
  loose.quorums[static_cast<std::size_t>(OrderKind::amend)] =
      "group any-two 2 owner regulator-a regulator-b\nquorum any-two";
  world.set_charter(loose);
  const auto next = world.successor();
  EXPECT_EQ(verdict_of(world.prove(world.amend(next), {"regulator-a", "regulator-b"})),
            "order_quorum");
  EXPECT_EQ(verdict_of(world.prove(world.amend(next), {"regulator-a", "owner"})), "ok");
}

TEST_F(KindTest, TransferNeedsBothOwners) {
  const Target target{chip.id, 2, {4, 5, 6}};
  EXPECT_EQ(verdict_of(world.prove(world.transfer(target, chip, world.other_fleet()),
                                   {"owner", "regulator-a"})),
            "ok");
}

TEST_F(KindTest, TransferRefusesConsentsThatDontFit) {
  const Charter next = world.other_fleet();
  const std::vector<Byte> charter = encoded(next);
  const Digest hash = crypto::sha256(charter);
  const Target target{chip.id, 2, {4, 5, 6}};
  const crypto::SecretKey& new_owner = world.party("authority").key.sign;
  const std::vector<std::vector<Byte>> consents = {
      make_consent({World::chip(2).key, hash, target.prev}, new_owner),
      make_consent({chip.key, world.charter().hash, target.prev}, new_owner),
      make_consent({chip.key, hash, {}}, new_owner),
      make_consent({chip.key, hash, target.prev}, world.party("owner").key.sign),
      {0x01}};
  for (const std::vector<Byte>& consent : consents) {
    const auto content = write_transfer({target, next.fleet, charter, consent});
    EXPECT_EQ(verdict_of(
                  world.prove(world.draft(OrderKind::transfer, content), {"owner", "regulator-a"})),
              "order_consent");
  }
}

TEST_F(KindTest, TransferLeavesTheFleet) {
  const Target target{chip.id, 2, {}};
  Charter next = world.other_fleet();
  next.fleet = world.charter().fleet;
  EXPECT_EQ(verdict_of(world.prove(world.transfer(target, chip, next), {"owner", "regulator-a"})),
            "order_successor");
}

TEST_F(KindTest, EnrolHasItsOwnDoor) {
  EXPECT_EQ(verdict_of(world.prove(world.enrol(chip, {1}), {"owner", "authority"})), "order_kind");
}

}  // namespace
}  // namespace daymark::order
