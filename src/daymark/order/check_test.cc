#include "daymark/order/check.h"

#include <functional>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/order/order_testing.h"
#include "daymark/order/signer_sets.h"

namespace daymark::order {
namespace {

using ::testing::ElementsAre;
using testing::encoded;
using ::testing::IsEmpty;
using testing::World;

class CheckTest : public ::testing::Test {
 protected:
  /// "rule (detail)" for every finding after a change.
  std::vector<std::string> after(const std::function<void(Charter&)>& change) {
    Charter changed = world.source();
    change(changed);
    world.set_charter(changed);
    std::vector<std::string> out;
    for (const CharterFinding& finding : check_charter(world.charter()))
      out.push_back(fmt::format("{} ({})", entry_of(finding.rule).name, finding.detail));
    return out;
  }

  static void set(Charter& charter, OrderKind kind, std::string_view quorum) {
    charter.quorums[static_cast<std::size_t>(kind)] = quorum;
  }

  /// A witness line with a key of its own.
  std::string witness(const std::string& name) {
    const tlog::NoteSigner signer{name + ".example", {world.random().draw<32>()}};
    return fmt::format("witness {} {}\n", name, tlog::format_vkey(signer, tlog::type_cosignature));
  }

  /// Mirrors of these names, any one of which is enough.
  std::string_view mirrors(std::initializer_list<std::string> names, std::string_view threshold) {
    std::string text;
    std::string members;
    for (const std::string& name : names) {
      text += witness(name);
      members += " " + name;
    }
    return world.keep(fmt::format("{}group g {}{}\nquorum g", text, threshold, members));
  }

  /// The log's line and witnesses of these names.
  std::string_view log_with(std::initializer_list<std::string> names, std::string_view threshold) {
    const std::string_view all = world.source().log_policy;
    const std::string_view log = all.substr(0, all.find('\n') + 1);
    return world.keep(std::string(log) + std::string(mirrors(names, threshold)));
  }

  World world;
};

TEST_F(CheckTest, PassesAFairCharter) {
  EXPECT_THAT(after([](Charter&) {}), IsEmpty());
}

TEST_F(CheckTest, OnePartyRestricts) {
  EXPECT_THAT(after([](Charter& c) { set(c, OrderKind::suspend, "quorum maker"); }),
              ElementsAre("charter_one_party_restricts (suspend: maker)"));
  EXPECT_THAT(after([](Charter& c) { set(c, OrderKind::suspend, "quorum none"); }),
              ElementsAre("charter_one_party_restricts (suspend: none)"));
  EXPECT_THAT(after([](Charter& c) {
                set(c, OrderKind::suspend,
                    "group a all owner maker\ngroup b any a regulator-b\nquorum b");
              }),
              ElementsAre("charter_one_party_restricts (suspend: regulator-b)"));
}

TEST_F(CheckTest, OnePartyMayGrant) {
  EXPECT_THAT(after([](Charter& c) {
                set(c, OrderKind::license, "quorum authority");
                set(c, OrderKind::release, "quorum owner");
              }),
              IsEmpty());
}

TEST_F(CheckTest, UnmeetableQuorum) {
  EXPECT_THAT(after([](Charter& c) { set(c, OrderKind::license, "quorum stranger"); }),
              ElementsAre("charter_quorum_unreachable (license: policy_name)"));
  EXPECT_THAT(after([](Charter& c) {
                set(c, OrderKind::license, "quorum authority");
                set(c, OrderKind::resume, "");
              }),
              ElementsAre("charter_quorum_unreachable (resume: -)"));
  // Nobody must be able to restrict.
  EXPECT_THAT(after([](Charter& c) {
                set(c, OrderKind::resume, "quorum owner");
                set(c, OrderKind::suspend, "");
              }),
              IsEmpty());
}

TEST_F(CheckTest, LogsAreNeeded) {
  EXPECT_THAT(after([](Charter& c) { c.log_policy = "quorum"; }),
              ElementsAre("charter_quorum_unreachable (log: policy_malformed)"));
}

TEST_F(CheckTest, LostKeys) {
  // The owner signs every amendment; without a spare, one lost key ends them.
  EXPECT_THAT(after([](Charter& c) { c.parties[0].spare = c.parties[0].key; }),
              ElementsAre("charter_amend_fragile (amend: owner)"));
  // One of two regulators can be replaced by the other.
  EXPECT_THAT(after([this](Charter& c) {
                c.parties[0].spare = crypto::ed25519_public(world.party("owner").spare.sign);
                c.parties[2].spare = c.parties[2].key;
              }),
              IsEmpty());
  EXPECT_THAT(after([](Charter& c) {
                set(c, OrderKind::amend, "group all all owner regulator-a\nquorum all");
              }),
              ElementsAre("charter_amend_fragile (amend: regulator-a)"));
}

TEST_F(CheckTest, AmendWithoutTheOwner) {
  EXPECT_THAT(after([](Charter& c) {
                set(c, OrderKind::amend, "group g 2 maker regulator-a owner\nquorum g");
              }),
              ElementsAre("charter_amend_without_owner (amend: maker + regulator-a)"));
}

TEST_F(CheckTest, WitnessesOutsideTheSigners) {
  EXPECT_THAT(
      after([&](Charter& c) { c.log_policy = log_with({"regulator-a", "authority.east"}, "2"); }),
      ElementsAre("charter_no_independent_witness (regulator-a + authority.east)"));
  EXPECT_THAT(after([&](Charter& c) { c.log_policy = log_with({"regulator-a", "north"}, "any"); }),
              ElementsAre("charter_no_independent_witness (regulator-a)"));
  EXPECT_THAT(after([&](Charter& c) { c.log_policy = log_with({"regulator-a", "north"}, "2"); }),
              IsEmpty());
  // Only a whole first word makes a name somebody's.
  EXPECT_THAT(after([&](Charter& c) { c.log_policy = log_with({"owner-watch", "north"}, "any"); }),
              IsEmpty());
}

TEST_F(CheckTest, AWitnessWithAPartysKey) {
  const tlog::NoteSigner signer{"north.example", world.party("regulator-b").spare.sign};
  const std::string line =
      fmt::format("witness north {}\n", tlog::format_vkey(signer, tlog::type_cosignature));
  const std::string_view all = world.source().log_policy;
  const std::string_view text =
      world.keep(std::string(all.substr(0, all.find('\n') + 1)) + line + "quorum north");
  EXPECT_THAT(after([&](Charter& c) { c.log_policy = text; }),
              ElementsAre("charter_no_independent_witness (north)"));
}

TEST_F(CheckTest, TwoIndependentMirrors) {
  EXPECT_THAT(after([&](Charter& c) { c.mirror_policy = mirrors({"north"}, "any"); }),
              ElementsAre("charter_no_independent_mirror (north)"));
  EXPECT_THAT(after([&](Charter& c) { c.mirror_policy = mirrors({"owner", "north"}, "any"); }),
              ElementsAre("charter_no_independent_mirror (north)"));
  EXPECT_THAT(after([&](Charter& c) { c.mirror_policy = mirrors({"north.a", "north.b"}, "any"); }),
              ElementsAre("charter_no_independent_mirror (north.a + north.b)"));
  EXPECT_THAT(after([&](Charter& c) { c.mirror_policy = "quorum none"; }),
              ElementsAre("charter_no_independent_mirror (none)"));
  EXPECT_THAT(
      after([&](Charter& c) { c.mirror_policy = mirrors({"owner", "north", "south"}, "2"); }),
      IsEmpty());
}

TEST_F(CheckTest, NoMirrorHasAVeto) {
  EXPECT_THAT(after([&](Charter& c) { c.mirror_policy = mirrors({"north", "south"}, "all"); }),
              ElementsAre("charter_no_independent_mirror (north)",
                          "charter_no_independent_mirror (south)"));
}

TEST_F(CheckTest, NoPathToAStopIsShorterThanTheNotice) {
  EXPECT_THAT(after([](Charter& c) { c.bounds.renewal = days(5) + seconds(1); }),
              ElementsAre("charter_stop_before_notice (V-R+G = 2 d 23 h < N = 3 d)"));
  EXPECT_THAT(after([](Charter& c) {
                c.bounds.renewal = days(5);
                c.bounds.time_age = hours(47);
              }),
              ElementsAre("charter_stop_before_notice (time_age+G = 2 d 23 h < N = 3 d)"));
  EXPECT_THAT(after([](Charter& c) {
                c.bounds.time_age = hours(48);
                c.bounds.fence_age = hours(1);
              }),
              ElementsAre("charter_stop_before_notice (fence_age+G = 1 d 1 h < N = 3 d)"));
}

TEST_F(CheckTest, EnoughOperatorsOfBeacons) {
  EXPECT_THAT(after([](Charter& c) { c.faults = 2; }),
              ElementsAre("charter_beacons (3 < 2f+1 = 5)"));
  EXPECT_THAT(after([](Charter& c) {
                c.faults = 1;
                c.beacons[1].operator_name = c.beacons[0].operator_name;
              }),
              ElementsAre("charter_beacons (2 < 2f+1 = 3)"));
  EXPECT_THAT(after([](Charter& c) {
                c.faults = 0;
                c.beacon_count = 0;
              }),
              ElementsAre("charter_beacons (0 < 2f+1 = 1)"));
}

TEST_F(CheckTest, AnAmendmentMustFit) {
  const std::string filler = "#" + std::string(1500, 'x') + "\n";
  const auto findings =
      after([&](Charter& c) { c.log_policy = world.keep(filler + std::string(c.log_policy)); });
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_TRUE(findings.front().starts_with("charter_amend_size")) << findings.front();
  // And indeed no order can carry it.
  DraftRequest request;
  const auto next = encoded(world.successor());
  request.kind = OrderKind::amend;
  request.content = next;
  EXPECT_EQ(testing::verdict(draft_order(request, world.charter(), world.random())), "order_size");
}

TEST_F(CheckTest, AFairCharterCanBeAmendedByItsWholeQuorum) {
  const auto file = world.amend(world.successor());
  OrderFile whole = file;
  world.sign(whole, {"owner", "maker", "regulator-a", "regulator-b"});
  EXPECT_EQ(testing::verdict(envelope_of(whole)), "ok");
}

TEST_F(CheckTest, PrintsOneSentence) {
  Charter changed = world.source();
  set(changed, OrderKind::suspend, "quorum maker");
  world.set_charter(changed);
  EXPECT_EQ(print_finding(check_charter(world.charter()).front()),
            "charter_one_party_restricts: One party alone could restrict a chip. "
            "(suspend: maker)");
}

/// Straight from the definition: a set suffices, and no proper subset does.
std::vector<tlog::MemberSet> naive_minimal(const tlog::Policy& policy, std::size_t members) {
  std::vector<tlog::MemberSet> out;
  for (tlog::MemberSet set = 0; set < tlog::MemberSet{1} << members; ++set) {
    bool minimal = policy.met_by(set);
    for (tlog::MemberSet part = 0; part < set && minimal; ++part)
      minimal = (part & set) != part || !policy.met_by(part);
    if (minimal) out.push_back(set);
  }
  std::ranges::sort(out);
  return out;
}

RC_GTEST_PROP(SignerSets, AgreeWithTheDefinition, ()) {
  const std::array<std::string_view, 6> names = {"a", "b", "c", "d", "e", "f"};
  const auto first = *rc::gen::inRange(1, 4);
  const auto second = *rc::gen::inRange(1, 4);
  const std::string text =
      fmt::format("group one {} a b c\ngroup two {} one d e f\nquorum two", first, second);
  const auto policy = tlog::Policy::parse_over(text, names);
  RC_ASSERT(policy.has_value());
  auto sets = minimal_sets(*policy, names.size());
  std::ranges::sort(sets);
  RC_ASSERT(sets == naive_minimal(*policy, names.size()));
}

}  // namespace
}  // namespace daymark::order
