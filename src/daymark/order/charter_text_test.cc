#include "daymark/order/charter_text.h"

#include <gtest/gtest.h>

#include "daymark/order/charter_spec.h"
#include "daymark/order/check.h"
#include "daymark/order/order_testing.h"

namespace daymark::order {
namespace {

using testing::World;

/// `text` with the first `from` replaced; fails where there is none.
std::string with(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string refusal(const std::string& json) {
  const auto result = charter_from_json(json);
  if (result) return "ok";
  return std::string(entry_of(result.error().error.code).name) + " " + result.error().subject;
}

TEST(CharterJson, ReadsWhatItPrints) {
  const World world;
  const std::string json = charter_to_json(world.charter());
  const auto bytes = charter_from_json(json);
  ASSERT_TRUE(bytes) << refusal(json);
  EXPECT_EQ(*bytes, world.encoded_charter());
}

TEST(CharterJson, KeepsEveryPlaceAndSpan) {
  World world;
  Charter source = world.source();
  source.bounds.notice = seconds(259'201);
  source.bounds.grace = minutes(1441);
  source.bounds.appeal = hours(25);
  source.parties[4].reads = 0b10100;
  for (std::int32_t i = 0; i < 500; ++i) {
    source.beacons[0].place = {i * 1'799'999 + 7, -i * 3'599'999 - 3};
    world.set_charter(source);
    const auto bytes = charter_from_json(charter_to_json(world.charter()));
    ASSERT_TRUE(bytes);
    ASSERT_EQ(*bytes, world.encoded_charter());
  }
}

TEST(CharterJson, NamesTheMember) {
  const World world;
  const std::string good = charter_to_json(world.charter());
  EXPECT_EQ(refusal(good), "ok");
  EXPECT_EQ(refusal("{"), "json_malformed charter");
  EXPECT_EQ(refusal("[]"), "json_malformed charter");
  EXPECT_EQ(refusal(with(good, "\"notice\": \"3d\"", "\"notice\": \"3 days\"")),
            "duration_malformed bounds.notice");
  EXPECT_EQ(refusal(with(good, "\"notice\": \"3d\"", "\"notice\": \"1500ms\"")),
            "duration_malformed bounds.notice");
  EXPECT_EQ(refusal(with(good, "\"notice\": \"3d\",", "")), "json_malformed bounds.notice");
  EXPECT_EQ(refusal(with(good, "\"faults\": 1", "\"faults\": -1")), "json_malformed faults");
  EXPECT_EQ(refusal(with(good, "\"faults\": 1", "\"faults\": 1, \"kill\": true")),
            "json_malformed kill");
  EXPECT_EQ(refusal(with(good, "\"suspend\":", "\"stop\":")), "order_kind quorums.stop");
  EXPECT_EQ(refusal(with(good, "\"role\": \"maker\"", "\"role\": \"king\"")),
            "json_malformed parties[1].role");
  EXPECT_EQ(refusal(with(good, "\"role\": \"maker\"", "\"role\": \"\"")),
            "json_malformed parties[1].role");
  EXPECT_EQ(refusal(with(good, "\"operator\": \"op-0\"", "\"operator\": 7")),
            "json_malformed beacons[0].operator");
  EXPECT_EQ(refusal(with(good, "\"latitude\": 50.1109", "\"latitude\": 90.1")),
            "json_malformed beacons[0].latitude");
  EXPECT_EQ(refusal(with(good, "\"action\": \"lapse\"", "\"action\": \"die\"")),
            "json_malformed silence.action");
  EXPECT_EQ(refusal(with(good, "\"sunset\": \"2028", "\"sunset\": \"28")),
            "time_malformed silence.sunset");
  EXPECT_EQ(refusal(with(good, "\"fleet\": \"", "\"fleet\": \"zz")), "hex_malformed fleet");
}

TEST(CharterJson, RefusesWhatTheParserRefuses) {
  const World world;
  const std::string good = charter_to_json(world.charter());
  EXPECT_EQ(refusal(with(good, "\"role\": \"maker\"", "\"role\": \"owner\"")),
            "charter_no_owner parties");
  EXPECT_EQ(refusal(with(good, "\"grace\": \"1d\"", "\"grace\": \"0s\"")), "charter_bounds bounds");
  EXPECT_EQ(refusal(with(good, "\"name\": \"owner\"", "\"name\": \"Owner\"")),
            "charter_malformed name");
}

TEST(CharterJson, RefusesDuplicateMembers) {
  const World world;
  const std::string good = charter_to_json(world.charter());
  EXPECT_EQ(refusal(with(good, "\"faults\": 1", "\"faults\": 1, \"faults\": 2")),
            "json_malformed charter");
}

class SpecTest : public ::testing::Test {
 protected:
  crypto::PublicKeys keys(const std::string& name) {
    return crypto::public_keys(crypto::generate_keys(name, random));
  }

  WitnessSpec witness(const std::string& name, Byte type = tlog::type_cosignature) {
    return {name, tlog::format_vkey(name + ".example", type, keys(name).sign), ""};
  }

  CharterSpec good() {
    CharterSpec spec;
    spec.name = "Example fleet";
    const std::array<std::pair<Role, const char*>, 5> parties = {{{Role::owner, "owner"},
                                                                  {Role::maker, "maker"},
                                                                  {Role::regulator, "reg-a"},
                                                                  {Role::regulator, "reg-b"},
                                                                  {Role::authority, "authority"}}};
    for (const auto& [role, name] : parties)
      spec.parties.push_back({role, keys(name), keys(std::string(name) + ".spare")});
    spec.logs = {witness("log", tlog::type_ed25519)};
    spec.witnesses = {witness("north"), witness("south"), witness("east")};
    spec.mirrors = {witness("mirror-a"), witness("mirror-b")};
    for (const char* name : {"one", "two", "three"})
      spec.beacons.push_back({name, name, keys(name).sign, {10, 20}});
    spec.faults = 1;
    spec.silence = {OnSilence::lapse, days(30), testing::world_start};
    return spec;
  }

  crypto::SeededRandom random{7};
};

TEST_F(SpecTest, DefaultsAreFair) {
  const auto bytes = charter_new(good(), random);
  ASSERT_TRUE(bytes);
  const auto charter = parse_charter(*bytes);
  ASSERT_TRUE(charter);
  for (const CharterFinding& finding : check_charter(*charter))
    ADD_FAILURE() << print_finding(finding);
  EXPECT_EQ(charter->quorums[static_cast<std::size_t>(OrderKind::suspend)],
            "group signers 2 owner maker reg-a reg-b\nquorum signers");
  EXPECT_EQ(charter->quorums[static_cast<std::size_t>(OrderKind::amend)],
            "group others any maker reg-a reg-b\ngroup both all owner others\nquorum both");
}

TEST_F(SpecTest, DrawsAFleetUnlessGiven) {
  CharterSpec spec = good();
  const auto a = charter_new(spec, random);
  const auto b = charter_new(spec, random);
  ASSERT_TRUE(a && b);
  EXPECT_NE(parse_charter(*a)->fleet, parse_charter(*b)->fleet);
  spec.fleet = FleetId{{1, 2, 3}};
  EXPECT_EQ(parse_charter(*charter_new(spec, random))->fleet, *spec.fleet);
}

TEST_F(SpecTest, NamesWhatIsWrong) {
  CharterSpec spec = good();
  spec.parties.front().role = Role::maker;
  const auto refused = charter_new(spec, random);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().subject, "parties");
  spec = good();
  spec.beacons.resize(beacons_max + 1);
  EXPECT_EQ(charter_new(spec, random).error().subject, "beacons");
}

TEST_F(SpecTest, GivenQuorumsWin) {
  CharterSpec spec = good();
  spec.quorums[OrderKind::transfer] = "";
  const auto bytes = charter_new(spec, random);
  ASSERT_TRUE(bytes);
  EXPECT_TRUE(
      parse_charter(*bytes)->quorums[static_cast<std::size_t>(OrderKind::transfer)].empty());
}

}  // namespace
}  // namespace daymark::order
