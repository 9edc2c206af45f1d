#include "daymark/ledger/record.h"

#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/base/hex.h"
#include "daymark/cbor/errors.h"
#include "daymark/ledger/errors.h"
#include "daymark/ledger/ledger_testing.h"

namespace daymark::ledger {
namespace {

constexpr auto most = std::numeric_limits<std::uint64_t>::max();

std::vector<Byte> encoded(const UsageRecord& record) {
  ByteArray<record_size_max> buffer{};
  const auto bytes = encode(record, buffer);
  EXPECT_TRUE(bytes);
  return bytes ? std::vector<Byte>(bytes->begin(), bytes->end()) : std::vector<Byte>{};
}

TEST(Record, IsEncodedAsTheFormatSays) {
  // Written out by hand from the format in record.h.
  const UsageRecord record = record_number(0);
  const std::string expected =
      "8d"                                   // array of 13
      "01"                                   // version
      "50c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1"   // chip
      "50b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0"   // boot
      "00"                                   // sequence
      "1b0000019c936e3800"                   // start
      "1b0000019c936f2260"                   // end
      "00"                                   // low
      "19e678"                               // high
      "197530"                               // joules
      "19ea60"                               // chip ms
      "01"                                   // level
      "5000000000000000000000000000000000"   // job
      "5000000000000000000000000000000000";  // salt
  EXPECT_EQ(to_hex(encoded(record)), expected);
}

TEST(Record, TheLongestEncodingFits) {
  UsageRecord record = record_number(1);
  record.sequence = most;
  record.start = record.end = {std::numeric_limits<std::int64_t>::max()};
  record.use = {{most}, {most}, {most}, {most}};
  EXPECT_EQ(encoded(record).size(), record_size_max);
  ByteArray<record_size_max - 1> small{};
  EXPECT_EQ(encode(record, small).error().code, errc::buffer_too_small);
}

TEST(Record, TimeBefore1970IsRefused) {
  UsageRecord record = record_number(1);
  record.start = {-1};
  ByteArray<record_size_max> buffer{};
  EXPECT_EQ(encode(record, buffer).error().code, errc::ledger_interval);
  EXPECT_EQ(check_plausible(record, test_peak).error().code, errc::ledger_interval);
}

RC_GTEST_PROP(Record, ReadsBackWhatItWrote, ()) {
  const UsageRecord record = *any_record();
  const auto parsed = parse_record(encoded(record));
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(*parsed == record);
}

RC_GTEST_PROP(Record, HasOneEncodingOnly, ()) {
  std::vector<Byte> bytes = encoded(*any_record());
  const auto bit = *rc::gen::inRange<std::size_t>(0, bytes.size() * 8);
  bytes[bit / 8] = static_cast<Byte>(bytes[bit / 8] ^ (1U << (bit % 8)));
  const auto parsed = parse_record(bytes);
  // A flipped bit is refused or makes another record, which encodes to just these bytes.
  if (parsed) RC_ASSERT(encoded(*parsed) == bytes);
}

TEST(Record, CutShortOrTrailingIsRefused) {
  std::vector<Byte> bytes = encoded(record_number(5));
  for (std::size_t n = 0; n < bytes.size(); ++n)
    EXPECT_FALSE(parse_record(ByteView(bytes).first(n))) << n;
  bytes.push_back(0);
  EXPECT_EQ(parse_record(bytes).error().code, errc::cbor_trailing);
}

TEST(Record, UnknownVersionOrLevelIsRefused) {
  std::vector<Byte> bytes = encoded(record_number(5));
  bytes[1] = 2;
  EXPECT_EQ(parse_record(bytes).error().code, errc::ledger_version);
  UsageRecord record = record_number(5);
  record.level = static_cast<Level>(level_max + 1);
  EXPECT_EQ(parse_record(encoded(record)).error().code, errc::cbor_range);
}

TEST(Plausible, TheBoundsAreExact) {
  UsageRecord record = record_number(1);
  record.use = {{0}, {59'400}, {1}, {60'000}};
  EXPECT_TRUE(check_plausible(record, test_peak));
  record.use.ops_high = {59'401};
  EXPECT_EQ(check_plausible(record, test_peak).error().code, errc::ledger_above_peak);
  record.use = {{7}, {6}, {1}, {60'000}};
  EXPECT_EQ(check_plausible(record, test_peak).error().code, errc::ledger_bounds);
  record.use = {{0}, {0}, {1}, {60'001}};
  EXPECT_EQ(check_plausible(record, test_peak).error().code, errc::ledger_chip_time);
  record.end = record.start;
  EXPECT_EQ(check_plausible(record, test_peak).error().code, errc::ledger_interval);
}

TEST(Plausible, PeakCountsChipTimeNotTheSpan) {
  UsageRecord record = record_number(1);
  record.use = {{0}, {990}, {1}, {999}};
  EXPECT_TRUE(check_plausible(record, test_peak));  // 989.01 rounds up
  record.use.chip_millis = {998};
  EXPECT_EQ(check_plausible(record, test_peak).error().code, errc::ledger_above_peak);
}

TEST(Plausible, MostOperationsStopsAtTheEndOfTheRange) {
  EXPECT_EQ(most_operations({{most}}, {most}).value, most);
  EXPECT_EQ(most_operations({{1}}, {most}).value, most / 1000 + 1);
  EXPECT_EQ(most_operations({{0}}, {most}).value, 0U);
  EXPECT_EQ(most_operations({{990}}, {1}).value, 1U);
}

TEST(Add, RefusesOverflowOfEachSum) {
  const Sums one{{1}, {1}, {1}, {1}};
  EXPECT_TRUE(add({{most - 1}, {most - 1}, {most - 1}, {most - 1}}, one));
  EXPECT_EQ(add({{most}, {}, {}, {}}, one).error().field, field::usage_operations);
  EXPECT_EQ(add({{}, {most}, {}, {}}, one).error().field, field::usage_operations);
  EXPECT_EQ(add({{}, {}, {most}, {}}, one).error().field, field::usage_energy);
  EXPECT_EQ(add({{}, {}, {}, {most}}, one).error().field, field::usage_chip_time);
}

}  // namespace
}  // namespace daymark::ledger
