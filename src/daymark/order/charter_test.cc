#include "daymark/order/charter.h"

#include <functional>

#include <gtest/gtest.h>

#include "daymark/order/errors.h"
#include "daymark/order/order_testing.h"

namespace daymark::order {
namespace {

using testing::encoded;
using testing::verdict;
using testing::World;

class CharterTest : public ::testing::Test {
 protected:
  /// The verdict on the world's charter after a change.
  std::string_view after(const std::function<void(Charter&)>& change) {
    Charter changed = world.source();
    change(changed);
    const std::vector<Byte> bytes = encoded(changed);
    return verdict(parse_charter(bytes));
  }

  World world;
};

TEST_F(CharterTest, ReadsWhatItWrites) {
  const Charter& charter = world.charter();
  EXPECT_EQ(encoded(charter), world.encoded_charter());
  EXPECT_EQ(charter.hash, crypto::sha256(world.encoded_charter()));
  EXPECT_EQ(charter.name, "Test fleet");
  EXPECT_EQ(charter.party_count, 5U);
  EXPECT_EQ(charter.beacon_count, 3U);
  EXPECT_EQ(charter.faults, 1U);
  EXPECT_EQ(charter.bounds.notice, hours(72));
  EXPECT_EQ(charter.bounds.fence_age, hours(48));
  EXPECT_EQ(charter.bounds.tick_drift_ppm, 200U);
  EXPECT_EQ(charter.silence.action, OnSilence::lapse);
  EXPECT_EQ(charter.beacons[1].place, world.source().beacons[1].place);
  EXPECT_EQ(charter.emergency_chip_hours, 8U);
  EXPECT_EQ(charter.owner()->name, "owner");
}

TEST_F(CharterTest, WritesOnlyIntoEnoughSpace) {
  std::vector<Byte> small(world.encoded_charter().size() - 1);
  EXPECT_EQ(verdict(write_charter(world.charter(), small)), "buffer_too_small");
}

TEST_F(CharterTest, FindsPartiesByKeyAndSpare) {
  for (std::size_t i = 0; i < world.charter().party_count; ++i) {
    const Party& party = world.charter().parties[i];
    EXPECT_EQ(world.charter().party_of(crypto::key_id(party.key)), i);
    EXPECT_EQ(world.charter().party_of(crypto::key_id(party.spare)), i);
  }
  EXPECT_EQ(world.charter().party_of({}), std::nullopt);
}

TEST_F(CharterTest, RefusesEveryPrefixAndTrailingBytes) {
  std::vector<Byte> bytes = world.encoded_charter();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_FALSE(parse_charter(ByteView(bytes).first(size))) << size;
  bytes.push_back(0);
  EXPECT_EQ(verdict(parse_charter(bytes)), "cbor_trailing");
}

TEST_F(CharterTest, EveryChangedBitChangesTheHashOrIsRefused) {
  std::vector<Byte> bytes = world.encoded_charter();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] ^= 0x10;
    const auto parsed = parse_charter(bytes);
    if (parsed) {
      EXPECT_NE(parsed->hash, world.charter().hash);
      EXPECT_EQ(encoded(*parsed), bytes) << i;
    }
    bytes[i] ^= 0x10;
  }
}

TEST_F(CharterTest, RefusesMoreThan4KiB) {
  const std::vector<Byte> large(charter_size_max + 1);
  EXPECT_EQ(verdict(parse_charter(large)), "charter_size");
}

TEST_F(CharterTest, WantsOneOwner) {
  EXPECT_EQ(after([](Charter& c) { c.parties[0].role = Role::maker; }), "charter_no_owner");
  EXPECT_EQ(after([](Charter& c) { c.parties[1].role = Role::owner; }), "charter_no_owner");
  EXPECT_EQ(after([](Charter& c) { c.party_count = 0; }), "charter_no_owner");
}

TEST_F(CharterTest, KeysNameOneParty) {
  EXPECT_EQ(after([](Charter& c) { c.parties[1].key = c.parties[0].key; }), "charter_key_twice");
  EXPECT_EQ(after([](Charter& c) { c.parties[1].spare = c.parties[0].key; }), "charter_key_twice");
  EXPECT_EQ(after([](Charter& c) { c.parties[1].key = c.parties[0].spare; }), "charter_key_twice");
  EXPECT_EQ(after([](Charter& c) { c.beacons[1].key = c.beacons[0].key; }), "charter_key_twice");
  // A party without a spare is judged by the checker.
  EXPECT_EQ(after([](Charter& c) { c.parties[1].spare = c.parties[1].key; }), "ok");
}

TEST_F(CharterTest, NoKeyIsOfLowOrder) {
  const crypto::PublicKey identity{{1}};
  EXPECT_EQ(after([&](Charter& c) { c.parties[1].key = identity; }), "key_invalid");
  EXPECT_EQ(after([&](Charter& c) { c.parties[1].spare = identity; }), "key_invalid");
  EXPECT_EQ(after([&](Charter& c) { c.beacons[1].key = identity; }), "key_invalid");
  EXPECT_EQ(after([](Charter& c) { c.parties[0].key = {}; }), "key_invalid");
}

TEST_F(CharterTest, NamesAreWordsAndUnique) {
  EXPECT_EQ(after([](Charter& c) { c.parties[1].name = c.parties[0].name; }), "charter_malformed");
  EXPECT_EQ(after([](Charter& c) { c.parties[1].name = "Maker"; }), "charter_malformed");
  EXPECT_EQ(after([](Charter& c) { c.parties[1].name = "the maker"; }), "charter_malformed");
  EXPECT_EQ(after([](Charter& c) { c.parties[1].name = ""; }), "charter_malformed");
  EXPECT_EQ(after([](Charter& c) { c.beacons[1].name = c.beacons[0].name; }), "charter_malformed");
  EXPECT_EQ(after([](Charter& c) { c.name = "line\nfeed"; }), "charter_malformed");
  EXPECT_EQ(after([](Charter& c) { c.name = "北方机群"; }), "ok");
}

TEST_F(CharterTest, TheOwnerReadsEverything) {
  EXPECT_EQ(after([](Charter& c) { c.parties[0].reads = 0; }), "charter_malformed");
  EXPECT_EQ(after([](Charter& c) { c.parties[4].reads = 0; }), "ok");
  EXPECT_EQ(after([](Charter& c) { c.parties[4].reads = 1; }), "charter_malformed");
}

TEST_F(CharterTest, BoundsAreSane) {
  using Change = std::function<void(Bounds&)>;
  const std::vector<Change> changes = {
      [](Bounds& b) { b.notice = {0}; },
      [](Bounds& b) { b.grace = {0}; },
      [](Bounds& b) { b.suspension_longest = {0}; },
      [](Bounds& b) { b.suspension_longest = b.suspension_budget + seconds(1); },
      [](Bounds& b) { b.suspension_budget = days(366); },
      [](Bounds& b) { b.appeal = {0}; },
      [](Bounds& b) { b.licence_longest = {0}; },
      [](Bounds& b) { b.renewal = {0}; },
      [](Bounds& b) { b.renewal = b.licence_longest + seconds(1); },
      [](Bounds& b) { b.time_age = {0}; },
      [](Bounds& b) { b.fence_age = {0}; }};
  for (std::size_t i = 0; i < changes.size(); ++i)
    EXPECT_EQ(after([&](Charter& c) { changes[i](c.bounds); }), "charter_bounds") << i;
  EXPECT_EQ(after([](Charter& c) { c.bounds.tick_drift_ppm = 100'001; }), "cbor_range");
}

TEST_F(CharterTest, SilenceIsBounded) {
  EXPECT_EQ(after([](Charter& c) { c.silence.sunset = {0}; }), "charter_bounds");
  EXPECT_EQ(after([](Charter& c) { c.silence.lapsed_longest = {0}; }), "charter_bounds");
  EXPECT_EQ(after([](Charter& c) { c.silence.action = static_cast<OnSilence>(3); }), "cbor_range");
}

TEST_F(CharterTest, PlacesAreOnEarth) {
  EXPECT_EQ(after([](Charter& c) { c.beacons[0].place.latitude = 900'000'001; }), "cbor_range");
  EXPECT_EQ(after([](Charter& c) { c.beacons[0].place.longitude = -1'800'000'001; }), "cbor_range");
  EXPECT_EQ(after([](Charter& c) { c.beacons[0].place = {-900'000'000, 1'800'000'000}; }), "ok");
}

TEST_F(CharterTest, QuorumsAreOverTheParties) {
  const auto suspend = quorum_of(world.charter(), OrderKind::suspend);
  ASSERT_TRUE(suspend);
  EXPECT_TRUE(suspend->met_by(0b00011));
  EXPECT_FALSE(suspend->met_by(0b10001));
  Charter without = world.charter();
  without.quorums[static_cast<std::size_t>(OrderKind::suspend)] = {};
  EXPECT_EQ(verdict(quorum_of(without, OrderKind::suspend)), "order_kind_forbidden");
}

TEST_F(CharterTest, MovesWithItsBytes) {
  auto before = std::make_unique<std::vector<Byte>>(world.encoded_charter());
  const std::vector<Byte> after = *before;
  Charter moved = parse_charter(*before).value();
  rebase(moved, after);
  before->assign(before->size(), 0);
  before.reset();
  std::vector<Byte> space(charter_size_max);
  const auto written = write_charter(moved, space);
  ASSERT_EQ(verdict(written), "ok");
  EXPECT_TRUE(equal(*written, after));
  EXPECT_EQ(moved.encoded.data(), after.data());
  EXPECT_EQ(moved.hash, crypto::sha256(after));
}

TEST_F(CharterTest, PoliciesAreReadBeforeTheyArePinned) {
  auto scratch = std::make_unique<PolicySpace>();
  EXPECT_EQ(verdict(check_policies(world.charter(), *scratch)), "ok");
  Charter broken = world.charter();
  broken.quorums[static_cast<std::size_t>(OrderKind::amend)] = "quorum stranger";
  EXPECT_EQ(verdict(check_policies(broken, *scratch)), "policy_name");
  broken = world.charter();
  broken.mirror_policy = "mirror x";
  EXPECT_EQ(verdict(check_policies(broken, *scratch)), "policy_malformed");
}

TEST(Kind, NamesAndNumbersAgree) {
  for (std::uint64_t number = 1; number <= order_kind_count; ++number) {
    const auto kind = kind_numbered(number);
    ASSERT_TRUE(kind);
    EXPECT_EQ(kind_named(name_of(*kind)), kind);
  }
  EXPECT_EQ(kind_numbered(0), std::nullopt);
  EXPECT_EQ(kind_numbered(10), std::nullopt);
  EXPECT_EQ(kind_named(""), std::nullopt);
  EXPECT_EQ(kind_named("kill"), std::nullopt);
}

}  // namespace
}  // namespace daymark::order
