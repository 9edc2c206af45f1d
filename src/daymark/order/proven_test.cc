#include "daymark/order/proven.h"

#include <type_traits>

#include <gtest/gtest.h>

#include "daymark/order/errors.h"
#include "daymark/order/order_testing.h"

namespace daymark::order {
namespace {

using testing::Cosigning;
using testing::Logged;
using testing::verdict;
using testing::World;
using testing::world_start;

static_assert(!std::is_default_constructible_v<ProvenOrder>);
static_assert(!std::is_aggregate_v<ProvenOrder>);
static_assert(!std::is_constructible_v<ProvenOrder, const Order*, ByteView>);
static_assert(!std::is_default_constructible_v<ProvenLeaf>);
static_assert(!std::is_aggregate_v<ProvenLeaf>);

class ProveTest : public ::testing::Test {
 protected:
  Result<ProvenOrder> prove(const Logged& logged) {
    return prove_order(logged.message(), world.charter(), *scratch);
  }

  /// A fleet-wide stop with the smallest quorum, logged as said.
  Logged stop(const Cosigning& how) {
    return world.prove(world.suspend_fleet(days(4)), {"owner", "regulator-a"}, how);
  }

  World world;
  std::unique_ptr<ProofScratch> scratch = std::make_unique<ProofScratch>();
};

TEST_F(ProveTest, AcceptsAndDatesASuspension) {
  const Logged logged = stop({.time = world_start + minutes(5)});
  const auto proven = prove(logged);
  ASSERT_EQ(verdict(proven), "ok");
  EXPECT_EQ(proven->logged_at(), world_start + minutes(5));
  EXPECT_EQ(proven->binds_at(), world_start + minutes(5) + hours(72));
  EXPECT_EQ(proven->signers(), 0b00101U);
  EXPECT_EQ(proven->checkpoint().size, TreeSize{1});
  EXPECT_TRUE(equal(proven->content(), logged.content));
  EXPECT_EQ(proven->order().kind, OrderKind::suspend);
}

TEST_F(ProveTest, AcceptsTheSpareKey) {
  const Logged logged =
      world.prove(world.suspend_fleet(days(4)), {"owner.spare", "regulator-b.spare"});
  const auto proven = prove(logged);
  ASSERT_EQ(verdict(proven), "ok");
  EXPECT_EQ(proven->signers(), 0b01001U);
}

TEST_F(ProveTest, NotBeforeDelaysButNeverHastens) {
  DraftRequest request;
  ScopeContent scope;
  scope.reason = "later";
  const auto content = write_scope(scope);
  request.kind = OrderKind::suspend;
  request.content = content;
  request.times = {world_start, world_start + days(1), world_start + days(5),
                   world_start + days(9)};
  const auto file = draft_order(request, world.charter(), world.random());
  ASSERT_TRUE(file);
  const auto proven = prove(world.prove(*file, {"owner", "maker"}));
  ASSERT_EQ(verdict(proven), "ok");
  EXPECT_EQ(proven->binds_at(), world_start + days(5));
}

TEST_F(ProveTest, ProvesOldEntriesAgainstAGrownLog) {
  (void)stop({.time = world_start});
  for (int i = 0; i < 9; ++i)
    (void)world.log_and_prove(bytes_of("filler"), world_start);
  const Logged last = stop({.time = world_start});
  EXPECT_EQ(verdict(prove(last)), "ok");
}

TEST_F(ProveTest, RefusesSizes) {
  Logged logged = stop({});
  Logged large = logged;
  large.envelope.resize(order_size_max + 1);
  EXPECT_EQ(verdict(prove(large)), "order_size");
  large = logged;
  large.content.resize(content_size_max + 1);
  EXPECT_EQ(verdict(prove(large)), "order_size");
  large = logged;
  large.proof.resize(tlog::proof_size_max + 1, 'x');
  EXPECT_EQ(verdict(prove(large)), "proof_size");
}

TEST_F(ProveTest, RefusesTrailingBytes) {
  Logged logged = stop({});
  logged.envelope.push_back(0);
  EXPECT_EQ(verdict(prove(logged)), "cbor_trailing");
}

TEST_F(ProveTest, RefusesAnotherCharter) {
  const Logged logged = stop({});
  World other(2);
  EXPECT_EQ(verdict(prove_order(logged.message(), other.charter(), *scratch)), "order_charter");
  // The same fleet under an amended charter.
  World amended;
  amended.set_charter(amended.successor());
  EXPECT_EQ(verdict(prove_order(logged.message(), amended.charter(), *scratch)), "order_charter");
}

TEST_F(ProveTest, RefusesAnotherContentOrSalt) {
  Logged logged = stop({});
  logged.salt.front() ^= 1;
  EXPECT_EQ(verdict(prove(logged)), "order_commitment");
  logged.salt.front() ^= 1;
  logged.content.back() ^= 1;
  EXPECT_EQ(verdict(prove(logged)), "order_commitment");
}

/// Signatures that sign_order would refuse to add.
std::vector<Byte> envelope_by(const OrderFile& file, std::vector<crypto::SecretKey> keys,
                              std::string_view purpose = order_purpose) {
  std::vector<Byte> scratch(order_size_max + 256);
  std::vector<cbor::SignerEntry> signers;
  for (const crypto::SecretKey& key : keys) {
    const auto signer = cbor::make_signer(file.payload, purpose, key, scratch);
    if (signer) signers.push_back(*signer);
  }
  std::vector<Byte> out(order_size_max);
  const auto written = cbor::write_sign(file.payload, signers, out);
  out.resize(written ? written->size() : 0);
  return out;
}

class SignerTest : public ProveTest {
 protected:
  std::string_view verdict_of(const std::vector<Byte>& envelope) {
    Logged logged{envelope, world.log_and_prove(envelope, world_start), file.salt, file.content};
    return verdict(prove(logged));
  }

  OrderFile file = world.suspend_fleet(days(4));
  crypto::SecretKey owner = world.party("owner").key.sign;
  crypto::SecretKey owner_spare = world.party("owner").spare.sign;
  crypto::SecretKey maker = world.party("maker").key.sign;
  crypto::SecretKey authority = world.party("authority").key.sign;
};

TEST_F(SignerTest, AcceptsTheQuorum) {
  EXPECT_EQ(verdict_of(envelope_by(file, {owner, maker})), "ok");
}

TEST_F(SignerTest, RefusesStrangers) {
  const crypto::SecretKey stranger{world.random().draw<32>()};
  EXPECT_EQ(verdict_of(envelope_by(file, {owner, maker, stranger})), "order_signer_unknown");
}

TEST_F(SignerTest, RefusesOnePartyTwice) {
  EXPECT_EQ(verdict_of(envelope_by(file, {owner, owner})), "order_signer_duplicate");
  EXPECT_EQ(verdict_of(envelope_by(file, {owner, owner_spare})), "order_signer_duplicate");
  EXPECT_EQ(verdict_of(envelope_by(file, {owner, maker, owner_spare})), "order_signer_duplicate");
}

TEST_F(SignerTest, RefusesTooFew) {
  EXPECT_EQ(verdict_of(envelope_by(file, {owner})), "order_quorum");
  EXPECT_EQ(verdict_of(envelope_by(file, {owner, authority})), "order_quorum");
}

TEST_F(SignerTest, RefusesSignaturesForAnotherPurpose) {
  EXPECT_EQ(verdict_of(envelope_by(file, {owner, maker}, "daymark receipt v1")), "cose_signature");
}

TEST_F(SignerTest, RefusesAForgedSignature) {
  auto envelope = envelope_by(file, {owner, maker});
  envelope.back() ^= 1;
  EXPECT_EQ(verdict_of(envelope), "cose_signature");
}

TEST_F(ProveTest, RefusesOnePartyEvenIfTheCharterAllowsIt) {
  Charter unfair = world.source();
  unfair.quorums[static_cast<std::size_t>(OrderKind::suspend)] = "quorum owner";
  world.set_charter(unfair);
  EXPECT_EQ(verdict(prove(world.prove(world.suspend_fleet(days(4)), {"owner"}))),
            "order_one_party");
  // Nor does it help that others sign beside it.
  EXPECT_EQ(verdict(prove(world.prove(world.suspend_fleet(days(4)), {"maker", "owner"}))),
            "order_one_party");
  unfair.quorums[static_cast<std::size_t>(OrderKind::suspend)] = "quorum none";
  world.set_charter(unfair);
  EXPECT_EQ(verdict(prove(world.prove(world.suspend_fleet(days(4)), {"maker", "owner"}))),
            "order_one_party");
}

TEST_F(ProveTest, RefusesAKindNobodyHolds) {
  const Logged logged = stop({});
  Charter mute = world.charter();
  mute.quorums[static_cast<std::size_t>(OrderKind::suspend)] = {};
  EXPECT_EQ(verdict(prove_order(logged.message(), mute, *scratch)), "order_kind_forbidden");
}

TEST_F(ProveTest, RefusesTheUnlogged) {
  Logged logged = stop({});
  logged.proof.clear();
  EXPECT_EQ(verdict(prove(logged)), "order_unlogged");
}

TEST_F(ProveTest, RefusesTheUnwitnessed) {
  EXPECT_EQ(verdict(prove(stop({.witnesses = 0b001}))), "proof_quorum");
  EXPECT_EQ(verdict(prove(stop({.witnesses = 0}))), "proof_quorum");
}

TEST_F(ProveTest, RefusesWhatNoMirrorServes) {
  EXPECT_EQ(verdict(prove(stop({.mirrors = 0}))), "proof_mirrors");
  EXPECT_EQ(verdict(prove(stop({.mirrors = 0b10}))), "ok");
}

TEST_F(ProveTest, RefusesACheckpointTheLogDidNotSign) {
  EXPECT_EQ(verdict(prove(stop({.log_signs = false}))), "checkpoint_unsigned");
}

TEST_F(ProveTest, RefusesAProofOfAnotherEntry) {
  const Logged first = stop({});
  Logged second = stop({});
  second.proof = first.proof;
  EXPECT_EQ(verdict(prove(second)), "tlog_root");
}

TEST_F(ProveTest, RefusesCosignaturesWithoutTime) {
  EXPECT_EQ(verdict(prove(stop({.time = {0}}))), "proof_quorum");
}

TEST_F(ProveTest, RefusesTheLateLogged) {
  // The draft expires a day after its issue; the last second before counts.
  EXPECT_EQ(verdict(prove(stop({.time = world_start + days(1) - seconds(1)}))), "ok");
  EXPECT_EQ(verdict(prove(stop({.time = world_start + days(1)}))), "order_expired");
}

TEST_F(ProveTest, ReliefIsNeverLate) {
  const Logged late = world.prove(world.scope_order(OrderKind::resume, {}), {"owner"},
                                  {.time = world_start + days(9)});
  EXPECT_EQ(verdict(prove(late)), "ok");
}

struct TimesCase {
  const char* name;
  OrderKind kind;
  DraftTimes times;
  std::string_view verdict;
};

class TimesTest : public ProveTest, public ::testing::WithParamInterface<TimesCase> {};

TEST_P(TimesTest, KeepsTheBounds) {
  ScopeContent scope;
  scope.reason = "bounds";
  const auto content = write_scope(scope);
  DraftRequest request;
  request.kind = GetParam().kind;
  request.times = GetParam().times;
  request.content = content;
  const auto file = draft_order(request, world.charter(), world.random());
  ASSERT_TRUE(file);
  EXPECT_EQ(verdict(prove(world.prove(*file, {"owner", "regulator-a"}))), GetParam().verdict);
}

constexpr UnixMillis t0 = world_start;
constexpr UnixMillis none{0};

INSTANTIATE_TEST_SUITE_P(
    Bounds, TimesTest,
    ::testing::Values(
        TimesCase{"ok", OrderKind::suspend, {t0, t0 + days(1), none, t0 + days(17)}, "ok"},
        TimesCase{"too_long",
                  OrderKind::suspend,
                  {t0, t0 + days(1), none, t0 + days(17) + seconds(1)},
                  "order_bounds"},
        TimesCase{"over_before_it_starts",
                  OrderKind::suspend,
                  {t0, t0 + days(1), none, t0 + days(3)},
                  "order_bounds"},
        TimesCase{"no_end", OrderKind::suspend, {t0, t0 + days(1), none, none}, "order_bounds"},
        TimesCase{"late_start_counts",
                  OrderKind::suspend,
                  {t0, t0 + days(1), t0 + days(30), t0 + days(44)},
                  "ok"},
        TimesCase{"starts_next_year",
                  OrderKind::suspend,
                  {t0, t0 + days(1), t0 + days(366), t0 + days(370)},
                  "order_bounds"},
        TimesCase{"kept_in_a_drawer",
                  OrderKind::suspend,
                  {t0 - days(365), t0 + days(1), none, t0 + days(5)},
                  "order_bounds"},
        TimesCase{"expired_at_issue",
                  OrderKind::suspend,
                  {t0 + days(1), t0 + days(1), none, t0 + days(5)},
                  "order_bounds"},
        TimesCase{"resume", OrderKind::resume, {t0, t0 + days(1), none, none}, "ok"},
        TimesCase{"resume_with_end",
                  OrderKind::resume,
                  {t0, t0 + days(1), none, t0 + days(5)},
                  "order_bounds"}),
    [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace daymark::order
