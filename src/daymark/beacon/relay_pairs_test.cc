#include "daymark/beacon/relay_pairs.h"

#include <gtest/gtest.h>

#include "daymark/base/error_table.h"

namespace daymark::beacon {
namespace {

std::string pair_text(const std::string& round_trip) {
  return R"({"listen":"127.0.0.1:7301","target":"[::1]:7201","rtt_ms":)" + round_trip + "}";
}

void expect_pairs_refused(const std::string& text, std::string_view code,
                          const std::string& subject) {
  const auto pairs = parse_relay_pairs(text);
  ASSERT_FALSE(pairs) << text;
  EXPECT_EQ(entry_of(pairs.error().error.code).name, code) << text;
  EXPECT_EQ(pairs.error().subject, subject) << text;
}

TEST(RelayPairs, ReadsAllMembers) {
  const auto pairs = parse_relay_pairs("[" + pair_text("3.5") + "," + pair_text("0") + "]");
  ASSERT_TRUE(pairs) << describe(pairs.error());
  ASSERT_EQ(pairs->size(), 2U);
  EXPECT_EQ(pairs->front().listen, "127.0.0.1:7301");
  EXPECT_EQ(pairs->front().target, "[::1]:7201");
  EXPECT_EQ(pairs->front().round_trip, RoundTripNanos{3'500'000});
  EXPECT_EQ(pairs->back().round_trip, RoundTripNanos{0});
}

TEST(RelayPairs, DelaysAreBounded) {
  EXPECT_EQ(parse_relay_pairs("[" + pair_text("10000") + "]")->front().round_trip,
            relay_round_trip_max);
  for (const char* wrong : {"10000.1", "-0.1", "1e300", "-1e300"})
    expect_pairs_refused("[" + pair_text(wrong) + "]", "relay_delay", "pairs[0].rtt_ms");
  for (const char* wrong : {"\"3\"", "null", "[3]", "true"})
    expect_pairs_refused("[" + pair_text(wrong) + "]", "json_malformed", "pairs[0].rtt_ms");
}

TEST(RelayPairs, MembersAreExact) {
  const std::string good = pair_text("1");
  expect_pairs_refused("[" + good + R"(,{"listen":"127.0.0.1:1","target":"127.0.0.1:2"}])",
                       "json_malformed", "pairs[1].rtt_ms");
  expect_pairs_refused(R"([{"listen":"127.0.0.1:1","target":"127.0.0.1:2","rtt_ms":1,"jitter":2}])",
                       "json_malformed", "pairs[0].jitter");
  expect_pairs_refused("[7]", "json_malformed", "pairs[0]");
  expect_pairs_refused(R"([{"listen":7,"target":"127.0.0.1:2","rtt_ms":1}])", "json_malformed",
                       "pairs[0].listen");
  expect_pairs_refused(R"([{"listen":"127.0.0.1:1","target":"beacon.example:2","rtt_ms":1}])",
                       "net_address_malformed", "pairs[0].target");
}

TEST(RelayPairs, NoneAndTooManyAreRefused) {
  expect_pairs_refused("[]", "relay_pairs", "pairs");
  std::string many = "[" + pair_text("1");
  for (std::size_t i = 1; i < relay_pairs_max; ++i)
    many += "," + pair_text("1");
  EXPECT_TRUE(parse_relay_pairs(many + "]"));
  expect_pairs_refused(many + "," + pair_text("1") + "]", "relay_pairs", "pairs");
  for (const char* text : {"", "{}", "null", "[", "[]x"})
    EXPECT_FALSE(parse_relay_pairs(text)) << text;
}

}  // namespace
}  // namespace daymark::beacon
