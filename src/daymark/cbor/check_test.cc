#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/cbor/errors.h"
#include "daymark/cbor/naive_testing.h"
#include "daymark/cbor/reader.h"

namespace daymark::cbor {
namespace {

using testing::hex;
using testing::Naive;

Error check_error(const std::vector<Byte>& item, Profile profile) {
  const auto verdict = check_item(item, profile);
  return verdict ? Error{} : verdict.error();
}

Errc check_code(std::string_view item, Profile profile) {
  return check_error(hex(item), profile).code;
}

/// One error for both profiles.
void expect_refused(std::string_view item, Errc code) {
  EXPECT_EQ(check_code(item, Profile::deterministic), code) << item;
  EXPECT_EQ(check_code(item, Profile::foreign), code) << item;
}

void expect_accepted(std::string_view item) {
  EXPECT_EQ(check_code(item, Profile::deterministic), Errc{}) << item;
  EXPECT_EQ(check_code(item, Profile::foreign), Errc{}) << item;
}

void expect_only_foreign(std::string_view item, Errc code) {
  EXPECT_EQ(check_code(item, Profile::deterministic), code) << item;
  EXPECT_EQ(check_code(item, Profile::foreign), Errc{}) << item;
}

TEST(Check, AcceptsEveryKindOfItem) {
  for (const char* item : {"00",
                           "17",
                           "1818",
                           "1903e8",
                           "1a000f4240",
                           "1b000000e8d4a51000",
                           "20",
                           "3863",
                           "40",
                           "4401020304",
                           "60",
                           "63e6b0b4",
                           "80",
                           "8301820203820405",
                           "a0",
                           "a201020304",
                           "a26161016162820203",
                           "c11a514b67b0",
                           "d818456449455446",
                           "f4",
                           "f5",
                           "f6",
                           "f7",
                           "f0",
                           "f8ff",
                           "f820",
                           "c249010000000000000000",
                           "a30161612061626161f5"}) {
    expect_accepted(item);
  }
}

TEST(Check, RefusesCutItems) {
  for (const char* item : {"", "18", "19ff", "1b00000000000000", "41", "5818", "6261", "81", "8201",
                           "a1", "a101", "c0", "f8", "f97c", "d8"}) {
    expect_refused(item, errc::cbor_truncated);
  }
  for (const char* item : {"5f", "5f41ff", "9f", "9f01", "bf", "bf01", "7f6161"}) {
    EXPECT_EQ(check_code(item, Profile::foreign), errc::cbor_truncated) << item;
  }
}

TEST(Check, RefusesTrailingBytesAndNamesTheirOffset) {
  expect_refused("0000", errc::cbor_trailing);
  EXPECT_EQ(check_error(hex("8101f6"), Profile::deterministic).offset, 2U);
}

TEST(Check, RefusesReservedHeads) {
  for (const char* item :
       {"1c", "1d", "1e", "1f", "3f",   "5c",   "7d",   "9e",   "bc",     "dc",    "df",
        "fc", "fd", "fe", "ff", "f800", "f818", "f81f", "81ff", "a1ff00", "a101ff"}) {
    expect_refused(item, errc::cbor_reserved);
  }
}

TEST(Check, WantsShortestHeads) {
  for (const char* item : {"1800", "1817", "190001", "1900ff", "1a0000ffff", "1b00000000ffffffff",
                           "3817", "5800", "780161", "9800", "b800", "d80100", "a1180100"}) {
    expect_only_foreign(item, errc::cbor_not_shortest);
  }
}

TEST(Check, WantsDefiniteLengths) {
  for (const char* item : {"5fff", "5f4101ff", "7fff", "7f6161ff", "9fff", "9f9fffff", "bfff",
                           "bf0102ff", "819fff", "a1019fff"}) {
    expect_only_foreign(item, errc::cbor_indefinite);
  }
}

TEST(Check, WantsBreaksWhereTheyBelong) {
  EXPECT_EQ(check_code("bf01ff", Profile::foreign), errc::cbor_reserved);
  EXPECT_EQ(check_code("9f81ff", Profile::foreign), errc::cbor_reserved);
  EXPECT_EQ(check_code("5f01ff", Profile::foreign), errc::cbor_type);
  EXPECT_EQ(check_code("5f6161ff", Profile::foreign), errc::cbor_type);
  EXPECT_EQ(check_code("5f5fffff", Profile::foreign), errc::cbor_type);
  EXPECT_EQ(check_code("7f61c361bcff", Profile::foreign), errc::cbor_text);
}

TEST(Check, WantsAscendingKeys) {
  expect_only_foreign("a202000100", errc::cbor_key_order);
  expect_only_foreign("a220000100", errc::cbor_key_order);
  // Bytewise, not by length first: "b" before "aa" is right, text before integers is not.
  expect_accepted("a261620062616100");
  expect_only_foreign("a262616100616200", errc::cbor_key_order);
  expect_only_foreign("a261610018ff00", errc::cbor_key_order);
  EXPECT_EQ(check_error(hex("a202000100"), Profile::deterministic).offset, 3U);
}

TEST(Check, RefusesDuplicateKeys) {
  expect_refused("a201000100", errc::cbor_key_duplicate);
  expect_refused("81a2616100616100", errc::cbor_key_duplicate);
  expect_refused("a2f500f500", errc::cbor_key_duplicate);
  EXPECT_EQ(check_error(hex("a201000100"), Profile::foreign).offset, 3U);
  for (const char* item : {"a3020001000200", "bf010001 00ff", "a20100180100", "a2180100190001 00",
                           "a3616200616100616200", "a361620078016200616300",
                           "a302a20100020001000200", "a30200 01a2040003000200"}) {
    std::string text(item);
    std::erase(text, ' ');
    EXPECT_EQ(check_code(text, Profile::foreign), errc::cbor_key_duplicate) << item;
  }
}

TEST(Check, SameKeyInAnotherMapIsNoDuplicate) {
  expect_accepted("82a10100a10100");
  expect_accepted("a201a1010002a10100");
  EXPECT_EQ(check_code("a302a202000100010003a202000100", Profile::foreign), Errc{});
}

TEST(Check, KeysArePlainValues) {
  for (const char* item : {"a18000", "a1a000", "a1c00000", "a1f93c0000"}) {
    expect_refused(item, errc::cbor_type);
  }
  EXPECT_EQ(check_code("a15fff00", Profile::foreign), errc::cbor_type);
}

TEST(Check, WantsValidText) {
  for (const char* item : {"61ff", "61c3", "62c080", "62c1bf", "63e08080", "63eda080", "64f0808080",
                           "64f4908080", "64f5808080", "6180", "63e6b0c0", "62c328"}) {
    expect_refused(item, errc::cbor_text);
  }
  for (const char* item : {"6100", "62c280", "63ed9fbf", "63ee8080", "64f48fbfbf", "64f0908080"}) {
    expect_accepted(item);
  }
}

TEST(Check, WantsPreferredFloats) {
  for (const char* item :
       {"f90000", "f98000", "f93c00", "f97bff", "f90001", "f97c00", "f9fc00", "f97e00",
        "fa47c35000", "fa7f7fffff", "fa33000000", "fa00000001", "fa47800000", "fb3ff199999999999a",
        "fb7e37e43c8800759c", "fb3690000000000000", "fb0000000000000001", "fb47f0000000000000"}) {
    expect_accepted(item);
  }
  for (const char* item :
       {"fa00000000", "fa80000000", "fa3f800000", "fa477fe000", "fa33800000", "fa7f800000",
        "faff800000", "fa7fc00000", "fb0000000000000000", "fb3ff0000000000000",
        "fb36a0000000000000", "fb47efffffe0000000", "fb7ff0000000000000", "fb7ff8000000000000",
        "f97e01", "f9fe00", "f97c01"}) {
    expect_only_foreign(item, errc::cbor_not_shortest);
  }
}

TEST(Check, WantsPreferredBignums) {
  expect_accepted("c249010000000000000000");
  expect_accepted("c349010000000000000000");
  expect_only_foreign("c240", errc::cbor_not_shortest);
  expect_only_foreign("c248ffffffffffffffff", errc::cbor_not_shortest);
  expect_only_foreign("c24a00010000000000000000", errc::cbor_not_shortest);
  expect_only_foreign("c200", errc::cbor_type);
}

std::string repeated(std::string_view part, unsigned times) {
  std::string out;
  for (unsigned i = 0; i < times; ++i)
    out += part;
  return out;
}

TEST(Check, BoundsDepth) {
  for (const char* open : {"81", "c0", "a101"}) {
    expect_accepted(repeated(open, depth_max) + "00");
    expect_refused(repeated(open, depth_max + 1) + "00", errc::cbor_depth);
    expect_refused(repeated(open, 100'000) + "00", errc::cbor_depth);
  }
  expect_accepted(repeated("81", depth_max - 1) + "80");
  expect_refused(repeated("81", depth_max) + "80", errc::cbor_depth);
  EXPECT_EQ(check_code(repeated("9f", 17) + repeated("ff", 17), Profile::foreign),
            errc::cbor_depth);
}

TEST(Check, LyingCountsEndAtOnce) {
  for (const char* item : {"9bffffffffffffffff", "bbffffffffffffffff", "bb7fffffffffffffff",
                           "5bffffffffffffffff", "7bffffffffffffffff", "9a7fffffff00", "a20102"}) {
    expect_refused(item, errc::cbor_truncated);
  }
}

/// A map of `count` entries whose keys descend.
std::vector<Byte> descending_map(std::uint16_t count) {
  std::vector<Byte> out{0xB9, static_cast<Byte>(count >> 8), static_cast<Byte>(count & 0xFF)};
  for (std::uint16_t key = count; key > 0; --key) {
    const auto value = static_cast<unsigned>(key + 1000);
    out.insert(out.end(),
               {0x19, static_cast<Byte>(value >> 8), static_cast<Byte>(value & 0xFF), 0xF6});
  }
  return out;
}

/// A map of `count` entries in order.
std::vector<Byte> ascending_map(unsigned count) {
  std::vector<Byte> out{0xBA, static_cast<Byte>(count >> 24), static_cast<Byte>(count >> 16 & 0xFF),
                        static_cast<Byte>(count >> 8 & 0xFF), static_cast<Byte>(count & 0xFF)};
  for (unsigned key = 0; key < count; ++key) {
    out.insert(out.end(), {0x43, static_cast<Byte>(key >> 16), static_cast<Byte>(key >> 8 & 0xFF),
                           static_cast<Byte>(key & 0xFF), 0xF6});
  }
  return out;
}

TEST(Check, ForeignMapsOutOfOrderAreBounded) {
  EXPECT_TRUE(check_item(descending_map(1024), Profile::foreign));
  const Error error = check_error(descending_map(1026), Profile::foreign);
  EXPECT_EQ(error.code, errc::cbor_length);
}

TEST(Check, MapsInOrderAreNot) {
  EXPECT_TRUE(check_item(ascending_map(70'000), Profile::deterministic));
  EXPECT_TRUE(check_item(ascending_map(70'000), Profile::foreign));
}

/// Bytes that often form items.
std::vector<Byte> likely_items() {
  const auto byte = rc::gen::weightedOneOf<Byte>(
      {{6, rc::gen::element<Byte>(0x00, 0x01, 0x02, 0x20, 0x18, 0x40, 0x41, 0x60, 0x61, 0x80, 0x81,
                                  0x82, 0xA0, 0xA1, 0xA2, 0xC0, 0xC2, 0xD8, 0xF4, 0xF6, 0xF8, 0xF9,
                                  0x9F, 0xBF, 0x5F, 0x7F, 0xFF, 0x62, 0x49, 0xFA)},
       {1, rc::gen::arbitrary<Byte>()}});
  return *rc::gen::container<std::vector<Byte>>(*rc::gen::inRange<std::size_t>(1, 9), byte);
}

RC_GTEST_PROP(CheckProperty, AgreesWithTheNaiveReader, ()) {
  const std::vector<Byte> input = likely_items();
  const auto naive = Naive::judge(input);
  RC_CLASSIFY(naive.foreign);
  RC_ASSERT(check_item(input, Profile::foreign).has_value() == naive.foreign);
  RC_ASSERT(check_item(input, Profile::deterministic).has_value() == naive.deterministic);
}

/// An item that is well-formed by construction, of at most `depth` levels.
std::vector<Byte> built_item(int depth) {
  const auto kind = *rc::gen::inRange(0, depth > 0 ? 8 : 4);
  if (kind == 0) return {*rc::gen::inRange<Byte>(0, 24)};
  if (kind == 1) return {0x18, *rc::gen::arbitrary<Byte>()};
  if (kind == 2) return {0x62, 'a', *rc::gen::inRange<Byte>('a', 'e')};
  if (kind == 3) return {0xF9, *rc::gen::arbitrary<Byte>(), *rc::gen::arbitrary<Byte>()};
  const bool indefinite = kind == 7;
  const bool map = kind == 5;
  const auto count = *rc::gen::inRange<Byte>(0, 4);
  std::vector<Byte> out{indefinite ? Byte{0x9F} : static_cast<Byte>((map ? 0xA0 : 0x80) + count)};
  for (int i = 0; i < count; ++i) {
    if (map) out.push_back(*rc::gen::inRange<Byte>(0, 12));
    const std::vector<Byte> entry = built_item(depth - 1);
    out.insert(out.end(), entry.begin(), entry.end());
  }
  if (indefinite) out.push_back(0xFF);
  return out;
}

RC_GTEST_PROP(CheckProperty, AgreesOnBuiltAndDamagedItems, ()) {
  std::vector<Byte> input = built_item(4);
  if (*rc::gen::arbitrary<bool>()) {
    const auto at = *rc::gen::inRange<std::size_t>(0, input.size());
    input[at] = *rc::gen::arbitrary<Byte>();
  }
  const auto naive = Naive::judge(input);
  RC_CLASSIFY(naive.deterministic);
  RC_ASSERT(check_item(input, Profile::foreign).has_value() == naive.foreign);
  RC_ASSERT(check_item(input, Profile::deterministic).has_value() == naive.deterministic);
}

RC_GTEST_PROP(CheckProperty, AgreesOnFloats, ()) {
  const bool wide = *rc::gen::arbitrary<bool>();
  std::vector<Byte> input(wide ? 9 : 5);
  input[0] = wide ? 0xFB : 0xFA;
  // A plausible exponent and few bits of mantissa, so that narrower formats have a chance.
  const auto exponent = *rc::gen::inRange(-160, 140) + (wide ? 1023 : 127);
  const auto field = static_cast<std::uint64_t>(std::max(exponent, 0)) << (wide ? 52 : 23);
  const auto kept = *rc::gen::inRange(0, wide ? 53 : 24);
  const auto mantissa = *rc::gen::arbitrary<std::uint64_t>() & ((1ULL << (wide ? 52 : 23)) - 1);
  const std::uint64_t bits = field | (mantissa >> kept << kept);
  for (std::size_t i = 1; i < input.size(); ++i)
    input[i] = static_cast<Byte>(bits >> (8 * (input.size() - 1 - i)) & 0xFF);
  const auto naive = Naive::judge(input);
  RC_CLASSIFY(naive.deterministic);
  RC_ASSERT(naive.foreign);
  RC_ASSERT(check_item(input, Profile::deterministic).has_value() == naive.deterministic);
}

}  // namespace
}  // namespace daymark::cbor
