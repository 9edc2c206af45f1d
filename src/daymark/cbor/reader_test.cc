#include "daymark/cbor/reader.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/cbor/encode.h"
#include "daymark/cbor/errors.h"
#include "daymark/cbor/naive_testing.h"

namespace daymark::cbor {
namespace {

using testing::hex;

constexpr std::size_t any = std::numeric_limits<std::size_t>::max();

/// The error of one call on a reader of `item`.
template <class Call>
Error error_of(std::string_view item, const Call& call, Profile profile = Profile::deterministic) {
  const std::vector<Byte> input = hex(item);
  Reader in(input, profile);
  const auto result = call(in);
  return result ? Error{} : result.error();
}

template <class Call>
Errc code_of(std::string_view item, const Call& call, Profile profile = Profile::deterministic) {
  return error_of(item, call, profile).code;
}

const auto read_unsigned = [](Reader& in) { return in.read_unsigned(); };
const auto read_integer = [](Reader& in) { return in.read_integer(); };
const auto read_bool = [](Reader& in) { return in.read_bool(); };
const auto read_text = [](Reader& in) { return in.read_text(4); };
const auto read_bytes = [](Reader& in) { return in.read_bytes(1, 4); };
const auto enter_array = [](Reader& in) { return in.enter_array(4); };
const auto enter_map = [](Reader& in) { return in.enter_map(4); };

TEST(Reader, WalksItemsInTurn) {
  const std::vector<Byte> input = hex("89002041016161f5f6c001820102a10203");
  Reader in(input);
  EXPECT_TRUE(in.enter_array_of(9));
  EXPECT_EQ(in.peek(), Type::unsigned_integer);
  EXPECT_EQ(in.read_unsigned(), 0U);
  EXPECT_EQ(in.peek(), Type::negative_integer);
  EXPECT_EQ(in.read_integer(), -1);
  EXPECT_EQ(in.read_array_of_bytes<1>(), ByteArray<1>{1});
  EXPECT_EQ(in.read_text(1), "a");
  EXPECT_EQ(in.peek(), Type::simple);
  EXPECT_EQ(in.read_bool(), true);
  EXPECT_TRUE(in.next_is_null());
  EXPECT_TRUE(in.read_null());
  EXPECT_EQ(in.read_tag(), 0U);
  EXPECT_EQ(in.read_integer(), 1);
  EXPECT_EQ(in.offset(), 11U);
  EXPECT_EQ(to_hex(in.read_item().value()), "820102");
  EXPECT_EQ(in.enter_map(1), 1U);
  EXPECT_EQ(in.read_unsigned_up_to(2), 2U);
  EXPECT_FALSE(in.at_end());
  EXPECT_EQ(in.expect_end().error().code, errc::cbor_trailing);
  EXPECT_EQ(in.read_integer(), 3);
  EXPECT_TRUE(in.at_end());
  EXPECT_TRUE(in.expect_end());
}

TEST(Reader, RefusesOtherTypes) {
  EXPECT_EQ(code_of("20", read_unsigned), errc::cbor_type);
  EXPECT_EQ(code_of("f93c00", read_unsigned), errc::cbor_type);
  EXPECT_EQ(code_of("40", read_integer), errc::cbor_type);
  EXPECT_EQ(code_of("00", read_bool), errc::cbor_type);
  EXPECT_EQ(code_of("f6", read_bool), errc::cbor_type);
  EXPECT_EQ(code_of("f93c00", read_bool), errc::cbor_type);
  EXPECT_EQ(code_of("61"
                    "61",
                    read_bytes),
            errc::cbor_type);
  EXPECT_EQ(code_of("41"
                    "61",
                    read_text),
            errc::cbor_type);
  EXPECT_EQ(code_of("a0", enter_array), errc::cbor_type);
  EXPECT_EQ(code_of("80", enter_map), errc::cbor_type);
  EXPECT_EQ(code_of("f7", [](Reader& in) { return in.read_null(); }), errc::cbor_type);
  EXPECT_EQ(code_of("00", [](Reader& in) { return in.read_tag(); }), errc::cbor_type);
}

TEST(Reader, BoundsLengths) {
  EXPECT_EQ(code_of("40", read_bytes), errc::cbor_length);
  EXPECT_EQ(code_of("450102030405", read_bytes), errc::cbor_length);
  EXPECT_EQ(code_of("656162636465", read_text), errc::cbor_length);
  EXPECT_EQ(code_of("85", enter_array), errc::cbor_length);
  EXPECT_EQ(code_of("a5", enter_map), errc::cbor_length);
  EXPECT_EQ(code_of("82", [](Reader& in) { return in.enter_array_of(3); }), errc::cbor_length);
  EXPECT_EQ(code_of("84", [](Reader& in) { return in.enter_array_of(3); }), errc::cbor_length);
  EXPECT_EQ(code_of("4101", [](Reader& in) { return in.read_array_of_bytes<2>(); }),
            errc::cbor_length);
  EXPECT_EQ(code_of("5bffffffffffffffff", [](Reader& in) { return in.read_bytes(0, any); }),
            errc::cbor_truncated);
}

TEST(Reader, BoundsNumbers) {
  const auto up_to_nine = [](Reader& in) { return in.read_unsigned_up_to(9); };
  EXPECT_EQ(code_of("09", up_to_nine), Errc{});
  EXPECT_EQ(code_of("0a", up_to_nine), errc::cbor_range);
  EXPECT_EQ(code_of("1b7fffffffffffffff", read_integer), Errc{});
  EXPECT_EQ(code_of("1b8000000000000000", read_integer), errc::cbor_range);
  EXPECT_EQ(code_of("3b7fffffffffffffff", read_integer), Errc{});
  EXPECT_EQ(code_of("3b8000000000000000", read_integer), errc::cbor_range);
  EXPECT_EQ(code_of("1bffffffffffffffff", read_unsigned), Errc{});
}

TEST(Reader, RefusesCutInput) {
  EXPECT_EQ(code_of("", read_unsigned), errc::cbor_truncated);
  EXPECT_EQ(code_of("18", read_unsigned), errc::cbor_truncated);
  EXPECT_EQ(code_of("4201", read_bytes), errc::cbor_truncated);
  EXPECT_EQ(code_of("6261", read_text), errc::cbor_truncated);
  EXPECT_EQ(code_of("", read_bool), errc::cbor_truncated);
  EXPECT_EQ(code_of("", [](Reader& in) { return in.read_null(); }), errc::cbor_truncated);
  EXPECT_EQ(code_of("", [](Reader& in) { return in.peek(); }), errc::cbor_truncated);
  EXPECT_EQ(code_of("8201", [](Reader& in) { return in.read_item(); }), errc::cbor_truncated);
}

TEST(Reader, ProfileDecidesOnHeads) {
  EXPECT_EQ(code_of("1801", read_unsigned), errc::cbor_not_shortest);
  EXPECT_EQ(code_of("1801", read_unsigned, Profile::foreign), Errc{});
  EXPECT_EQ(code_of("580101", read_bytes), errc::cbor_not_shortest);
  EXPECT_EQ(code_of("580101", read_bytes, Profile::foreign), Errc{});
  for (const Profile profile : {Profile::deterministic, Profile::foreign}) {
    EXPECT_EQ(code_of("9fff", enter_array, profile), errc::cbor_indefinite);
    EXPECT_EQ(code_of("bfff", enter_map, profile), errc::cbor_indefinite);
    EXPECT_EQ(code_of("5f4101ff", read_bytes, profile), errc::cbor_indefinite);
    EXPECT_EQ(code_of("ff", [](Reader& in) { return in.peek(); }, profile), errc::cbor_reserved);
  }
  const auto item = [](Reader& in) { return in.read_item(); };
  EXPECT_EQ(code_of("9f01ff", item), errc::cbor_indefinite);
  EXPECT_EQ(code_of("9f01ff", item, Profile::foreign), Errc{});
}

TEST(Reader, ErrorsNameFieldAndOffset) {
  const std::vector<Byte> input = hex("8201820061ff");
  Reader in(input);
  ASSERT_TRUE(in.enter_array_of(2));
  ASSERT_TRUE(in.read_unsigned());
  EXPECT_EQ(in.read_text(4, field::cbor_item).error(),
            (Error{errc::cbor_type, field::cbor_item, 2}));
  EXPECT_EQ(in.read_item(field::cbor_item).error(), (Error{errc::cbor_text, field::cbor_item, 4}));
  // A refused item is not consumed.
  EXPECT_EQ(in.offset(), 2U);
  EXPECT_TRUE(in.enter_array_of(2));
}

TEST(Reader, TextIsUtf8) {
  EXPECT_EQ(code_of("62c3bc", read_text), Errc{});
  EXPECT_EQ(code_of("62c3c3", read_text), errc::cbor_text);
}

TEST(MapKeys, WantAscendingEncodings) {
  MapKeys keys;
  std::uint32_t offset = 0;
  for (const std::int64_t key : {std::int64_t{0}, std::int64_t{23}, std::int64_t{24},
                                 std::numeric_limits<std::int64_t>::max(), std::int64_t{-1},
                                 std::int64_t{-2}, std::numeric_limits<std::int64_t>::min()}) {
    EXPECT_TRUE(keys.next(key, ++offset)) << key;
  }
  EXPECT_EQ(keys.next(std::numeric_limits<std::int64_t>::min(), 9).error(),
            (Error{errc::cbor_key_duplicate, no_field, 9}));
  EXPECT_EQ(keys.next(5, 9).error().code, errc::cbor_key_order);
}

RC_GTEST_PROP(MapKeys, OrderAsTheirEncodings, (std::int64_t a, std::int64_t b)) {
  const auto encoded = [](std::int64_t key) {
    return encode([key](Writer& out) { out.put_integer(key); });
  };
  MapKeys keys;
  RC_ASSERT(keys.next(a, 0).has_value());
  RC_ASSERT(keys.next(b, 0).has_value() == (encoded(a) < encoded(b)));
}

}  // namespace
}  // namespace daymark::cbor
