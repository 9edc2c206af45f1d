#include "daymark/agent/burst_message.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/cbor/encode.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/governor_testing.h"

namespace daymark::agent {
namespace {

BurstBegin some_burst() {
  BurstBegin out;
  out.route = {3, "127.0.0.1:4460"};
  out.patience = {Millis{200}, 2, seconds(9), true};
  return out;
}

std::string_view refusal_of(ByteView request) {
  const auto parsed = parse_burst_request(request);
  if (!parsed) return "none";
  return *parsed ? "ok" : entry_of(parsed->error().code).name;
}

/// [1, 72, …] with one member of the argument changed.
std::vector<Byte> begin_with(const std::function<void(BurstBegin&)>& change) {
  BurstBegin request = some_burst();
  change(request);
  return print_burst_request(request);
}

TEST(BurstMessage, SaysWhatWasAsked) {
  const auto parsed = parse_burst_request(print_burst_request(some_burst()));
  ASSERT_TRUE(parsed && *parsed);
  const auto* begin = std::get_if<BurstBegin>(&**parsed);
  ASSERT_NE(begin, nullptr);
  EXPECT_EQ(begin->route.beacon, 3U);
  EXPECT_EQ(begin->route.address, "127.0.0.1:4460");
  EXPECT_EQ(begin->patience.each, Millis{200});
  EXPECT_EQ(begin->patience.tries, 2U);
  EXPECT_EQ(begin->patience.whole, seconds(9));
  EXPECT_TRUE(begin->patience.busy);
  const auto query = parse_burst_request(print_burst_request(BurstQuery{7}));
  ASSERT_TRUE(query && *query);
  EXPECT_EQ(std::get<BurstQuery>(**query).number, 7U);
}

TEST(BurstMessage, LeavesTheRestToTheCore) {
  for (std::uint64_t op = 0; op < 300; ++op) {
    const auto request = cbor::encode([op](cbor::Writer& out) {
      out.open_array(3);
      out.put_unsigned(1);
      out.put_unsigned(op);
      out.put_unsigned(1);
    });
    EXPECT_EQ(parse_burst_request(request).has_value(), op == 72 || op == 73) << op;
  }
  EXPECT_EQ(refusal_of({}), "none");
  EXPECT_EQ(refusal_of(bytes_of("x")), "none");
  auto other_version = print_burst_request(BurstQuery{1});
  other_version[1] = 2;
  EXPECT_EQ(refusal_of(other_version), "none");
}

TEST(BurstMessage, RefusesWhatIsOutOfBounds) {
  EXPECT_EQ(refusal_of(begin_with([](BurstBegin&) {})), "ok");
  EXPECT_EQ(refusal_of(begin_with([](BurstBegin& b) { b.patience.each = {}; })), "gov_message");
  EXPECT_EQ(refusal_of(begin_with([](BurstBegin& b) { b.patience.tries = 0; })), "gov_message");
  const auto too_long = [](BurstBegin& b) { b.patience.whole = burst_longest + Millis{1}; };
  EXPECT_NE(refusal_of(begin_with(too_long)), "ok");
  EXPECT_NE(refusal_of(begin_with([](BurstBegin& b) { b.patience.tries = 17; })), "ok");
  EXPECT_NE(refusal_of(begin_with([](BurstBegin& b) { b.route.beacon = 256; })), "ok");
  EXPECT_NE(refusal_of(begin_with([](BurstBegin& b) { b.route.address.assign(65, 'x'); })), "ok");
}

TEST(BurstMessage, RefusesWhatIsCutOrLonger) {
  for (const auto& whole :
       {print_burst_request(some_burst()), print_burst_request(BurstQuery{70'000})}) {
    for (std::size_t size = 4; size < whole.size(); ++size)
      EXPECT_NE(refusal_of(ByteView(whole).first(size)), "ok") << size;
    std::vector<Byte> longer = whole;
    longer.push_back(0);
    EXPECT_NE(refusal_of(longer), "ok");
  }
}

RC_GTEST_PROP(BurstMessageProperty, WhatParsesPrintsTheSame, (const std::vector<Byte>& noise)) {
  auto bytes = print_burst_request(some_burst());
  for (std::size_t i = 0; i < noise.size(); ++i)
    bytes[noise[i] % bytes.size()] ^= static_cast<Byte>(1U << (i % 8));
  const auto parsed = parse_burst_request(bytes);
  if (parsed && *parsed) RC_ASSERT(print_burst_request(**parsed) == bytes);
}

TEST(BurstMessage, AnswersComeBack) {
  EXPECT_EQ(parse_burst_number(print_burst_number(9)), 9U);
  const auto runs = parse_burst_state(print_burst_state(std::nullopt));
  ASSERT_TRUE(runs);
  EXPECT_FALSE(*runs);
  const std::vector<Byte> receipt{1, 2, 3};
  const auto done = parse_burst_state(print_burst_state(receipt));
  ASSERT_TRUE(done && *done);
  EXPECT_EQ(**done, receipt);
  const auto refused = print_burst_refusal({errc::gov_beacon, no_field, 4});
  EXPECT_EQ(parse_burst_number(refused).error().code, errc::gov_beacon);
  EXPECT_EQ(parse_burst_state(refused).error().offset, 4U);
}

TEST(BurstMessage, RefusesAnswersThatAreNone) {
  EXPECT_FALSE(parse_burst_state(print_burst_number(1)));
  EXPECT_FALSE(parse_burst_number(print_burst_state(std::nullopt)));
  EXPECT_FALSE(parse_burst_state(print_burst_state(std::vector<Byte>{})));
  EXPECT_FALSE(parse_burst_state(
      print_burst_state(std::vector<Byte>(ranging::receipt_size_max + 1, Byte{1}))));
  EXPECT_FALSE(parse_burst_state({}));
  auto longer = print_burst_state(std::nullopt);
  longer.push_back(0);
  EXPECT_FALSE(parse_burst_state(longer));
}

}  // namespace
}  // namespace daymark::agent
