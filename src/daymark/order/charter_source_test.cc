#include "daymark/order/charter_source.h"

#include <gtest/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/base/errors.h"
#include "daymark/crypto/random.h"
#include "daymark/order/check.h"
#include "daymark/tlog/note_writer.h"

namespace daymark::order {
namespace {

/// A key for every name but one.
Outcome<crypto::PublicKeys> keys_of(const std::string& name) {
  if (name == "lost.pub") return refuse(errc::file_not_opened, name);
  crypto::SeededRandom random(std::hash<std::string>{}(name));
  return crypto::public_keys(crypto::generate_keys(name.substr(0, name.find('.')), random));
}

std::string vkey_of(const std::string& name, Byte type) {
  crypto::SeededRandom random(std::hash<std::string>{}(name));
  return tlog::format_vkey(tlog::NoteSigner{name + ".example", {random.draw<32>()}}, type);
}

std::string peer(const std::string& name) {
  return R"({"name":")" + name + R"(","vkey":")" + vkey_of(name, tlog::type_cosignature) +
         R"(","url":"http://127.0.0.1:7001"})";
}

std::string beacon(const std::string& name) {
  return R"({"name":")" + name + R"(","operator":")" + name + R"(-op","key":")" + name +
         R"(.pub","lat":50.1109,"lon":-8.6821})";
}

std::string good_source() {
  return R"({"name":"Test fleet","parties":[
    {"role":"owner","key":"owner.pub","spare":"owner-spare.pub"},
    {"role":"maker","key":"maker.pub","spare":"maker-spare.pub"},
    {"role":"regulator","key":"reg-a.pub","spare":"reg-a-spare.pub"},
    {"role":"authority","key":"authority.pub","spare":"authority-spare.pub"}],
  "logs":[{"vkey":")" +
         vkey_of("log", tlog::type_ed25519) + R"("}],
  "witnesses":[)" +
         peer("north") + "," + peer("south") + "," + peer("west") + R"(],
  "mirrors":[)" +
         peer("mirror-a") + "," + peer("mirror-b") + R"(],
  "beacons":[)" +
         beacon("one") + "," + beacon("two") + "," + beacon("three") + R"(],
  "faults":1,"emergency_chip_hours":8,
  "quorums":{"transfer":"quorum none"},
  "bounds":{"notice":"60h","tick_drift_ppm":150},
  "silence":{"action":"extended_grace","lapsed_longest":"30d","sunset":"2028-11-25T12:00:00Z"}})";
}

/// The good source with the first `from` replaced; fails where there is none.
std::string source_with(std::string_view from, std::string_view to) {
  std::string text = good_source();
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

struct Refusal {
  std::string_view from;
  std::string_view to;
  std::string_view subject;
  std::string_view code = "json_malformed";
};

void expect_refused_source(const Refusal& expected) {
  const auto spec = parse_charter_source(source_with(expected.from, expected.to), keys_of);
  ASSERT_FALSE(spec) << expected.to;
  EXPECT_EQ(spec.error().subject, expected.subject) << expected.to;
  EXPECT_EQ(entry_of(spec.error().error.code).name, expected.code) << expected.to;
}

TEST(CharterSource, ReadsEveryMember) {
  const auto spec = parse_charter_source(good_source(), keys_of);
  ASSERT_TRUE(spec) << describe(spec.error());
  EXPECT_EQ(spec->name, "Test fleet");
  ASSERT_EQ(spec->parties.size(), 4U);
  EXPECT_EQ(spec->parties[2].role, Role::regulator);
  EXPECT_EQ(spec->parties[2].key.name, "reg-a");
  ASSERT_TRUE(spec->parties[2].spare);
  EXPECT_EQ(spec->parties[2].spare->name, "reg-a-spare");
  EXPECT_EQ(spec->logs.size(), 1U);
  EXPECT_EQ(spec->witnesses[1].name, "south");
  EXPECT_EQ(spec->witnesses[1].url, "http://127.0.0.1:7001");
  EXPECT_EQ(spec->mirrors.size(), 2U);
  EXPECT_EQ(spec->beacons[2].operator_name, "three-op");
  EXPECT_EQ(spec->beacons[2].place.latitude, 501'109'000);
  EXPECT_EQ(spec->beacons[2].place.longitude, -86'821'000);
  EXPECT_EQ(spec->faults, 1U);
  EXPECT_EQ(spec->emergency_chip_hours, 8U);
  EXPECT_EQ(spec->quorums.at(OrderKind::transfer), "quorum none");
  EXPECT_EQ(spec->bounds.notice, hours(60));
  EXPECT_EQ(spec->bounds.tick_drift_ppm, 150U);
  EXPECT_EQ(spec->bounds.grace, default_bounds().grace);
  EXPECT_EQ(spec->silence.action, OnSilence::extended_grace);
  EXPECT_EQ(spec->silence.lapsed_longest, days(30));
}

TEST(CharterSource, MakesACharterThatIsFair) {
  crypto::SeededRandom random(1);
  const auto spec = parse_charter_source(source_with(R"("transfer":"quorum none")", ""), keys_of);
  ASSERT_TRUE(spec);
  const auto encoded = charter_new(*spec, random);
  ASSERT_TRUE(encoded) << describe(encoded.error());
  const auto charter = parse_charter(*encoded);
  ASSERT_TRUE(charter);
  for (const CharterFinding& finding : check_charter(*charter))
    ADD_FAILURE() << print_finding(finding);
}

TEST(CharterSource, EverySilenceIsSaid) {
  for (const auto& [word, action] :
       {std::pair("observe", OnSilence::observe), std::pair("lapse", OnSilence::lapse),
        std::pair("extended_grace", OnSilence::extended_grace)}) {
    const auto spec = parse_charter_source(source_with("extended_grace", word), keys_of);
    ASSERT_TRUE(spec) << word;
    EXPECT_EQ(spec->silence.action, action);
  }
  expect_refused_source({R"("extended_grace")", R"("lapsed")", "silence.action"});
  expect_refused_source({R"("extended_grace")", R"("")", "silence.action"});
  expect_refused_source({R"("extended_grace")", "1", "silence.action"});
  expect_refused_source({R"("action":"extended_grace",)", "", "silence.action"});
  expect_refused_source({R"("lapsed_longest":"30d",)", "", "silence.lapsed_longest"});
  expect_refused_source({R"(,"sunset":"2028-11-25T12:00:00Z")", "", "silence.sunset"});
  expect_refused_source({R"("silence":{)", R"("silence":{"actions":1,)", "silence.actions"});
  expect_refused_source({R"("silence":)", R"("silense":)", "silense"});
}

TEST(CharterSource, UnknownMembersAreNamed) {
  expect_refused_source({R"("faults":1)", R"("fault":1)", "fault"});
  expect_refused_source(
      {R"("role":"owner")", R"("role":"owner","reads":"all")", "parties[0].reads"});
  expect_refused_source({R"({"vkey":")", R"({"name":"x","vkey":")", "logs[0].name"});
  expect_refused_source(
      {R"({"name":"south")", R"({"weight":2,"name":"south")", "witnesses[1].weight"});
  expect_refused_source(
      {R"({"name":"two")", R"({"altitude":2,"name":"two")", "beacons[1].altitude"});
  expect_refused_source({R"("notice":"60h")", R"("notices":"60h")", "bounds.notices"});
  expect_refused_source({R"("transfer":)", R"("transfers":)", "quorums.transfers", "order_kind"});
}

TEST(CharterSource, WrongValuesAreNamed) {
  expect_refused_source({R"("name":"Test fleet")", R"("name":7)", "name"});
  expect_refused_source({R"("name":"Test fleet",)", "", "name"});
  expect_refused_source({R"("role":"maker")", R"("role":"makers")", "parties[1].role"});
  expect_refused_source({R"("key":"maker.pub",)", "", "parties[1].key"});
  expect_refused_source({"maker.pub", "lost.pub", "lost.pub", "file_not_opened"});
  expect_refused_source({R"("lat":50.1109)", R"("lat":90.1)", "beacons[0].lat"});
  expect_refused_source({R"("lon":-8.6821)", R"("lon":"8")", "beacons[0].lon"});
  expect_refused_source({R"("faults":1)", R"("faults":-1)", "faults"});
  expect_refused_source(
      {R"("emergency_chip_hours":8)", R"("emergency_chip_hours":1e99)", "emergency_chip_hours"});
  expect_refused_source(
      {R"("notice":"60h")", R"("notice":"soon")", "bounds.notice", "duration_malformed"});
  expect_refused_source({"2028-11-25T12:00:00Z", "2028-11-25", "silence.sunset", "time_malformed"});
  expect_refused_source({R"({"transfer":"quorum none"})", "[]", "quorums"});
  expect_refused_source({"\"quorum none\"", "[\"quorum none\"]", "quorums.transfer"});
}

TEST(CharterSource, NoTextMakesALineOfAPolicy) {
  expect_refused_source(
      {R"({"name":"south")", R"({"name":"south\nquorum none")", "witnesses[1].name"});
  expect_refused_source({"http://127.0.0.1:7001", "http://127.0.0.1:7001 x", "witnesses[0].url"});
  expect_refused_source({"http://127.0.0.1:7001", "http://x\\u007f", "witnesses[0].url"});
  expect_refused_source({R"({"name":"south")", R"({"name":"")", "witnesses[1].name"});
}

TEST(CharterSource, WhatIsNoObjectIsRefused) {
  for (const char* text : {"", "{", "[]", "null", "7", "{} {}", R"({"name":"a","name":"b"})"}) {
    const auto spec = parse_charter_source(text, keys_of);
    ASSERT_FALSE(spec) << text;
    EXPECT_EQ(spec.error().subject, "charter") << text;
  }
}

}  // namespace
}  // namespace daymark::order
