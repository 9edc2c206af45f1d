#include <gtest/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/base/json_internal.h"

namespace daymark::internal {
namespace {

Errc error_of(std::string_view text) {
  const auto value = parse_json(text);
  return value ? Errc{} : value.error().code;
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST(Json, ReadsWhatRfc8259Allows) {
  const auto value = parse_json(R"({"a": [1, -2, 3.5, "ü", null, true], "b": {"a": 1}})");
  ASSERT_TRUE(value);
  EXPECT_EQ((*value)["a"][3], "ü");
  EXPECT_EQ((*value)["b"]["a"], 1);
  EXPECT_TRUE(parse_json("18446744073709551615"));
}

TEST(Json, RefusesBadSyntax) {
  for (const char* text : {"", "{", "[1,]", "{\"a\":1} x", "nul", "\"\xFF\"", "01", "1e999"}) {
    EXPECT_EQ(error_of(text), errc::json_malformed) << text;
  }
}

TEST(Json, RefusesDuplicateKeysAtEveryLevel) {
  EXPECT_EQ(error_of(R"({"a":1,"a":1})"), errc::json_malformed);
  EXPECT_EQ(error_of(R"([{"x":{"a":1,"b":2,"a":3}}])"), errc::json_malformed);
  // One key in two spellings is one key.
  EXPECT_EQ(error_of(R"({"a":1,"\u0061":1})"), errc::json_malformed);
  EXPECT_EQ(error_of(R"([{"a":1},{"a":1}])"), Errc{});
}

TEST(Json, BoundsDepth) {
  EXPECT_EQ(error_of(nested(json_depth_max)), Errc{});
  EXPECT_EQ(error_of(nested(json_depth_max + 1)), errc::json_malformed);
  EXPECT_EQ(error_of(nested(200'000)), errc::json_malformed);
}

TEST(Json, FindsMembers) {
  const auto value = parse_json(R"({"name": "x", "number": 1})");
  ASSERT_TRUE(value);
  EXPECT_EQ(text_member(*value, "name"), "x");
  EXPECT_FALSE(text_member(*value, "number"));
  EXPECT_FALSE(text_member(*value, "none"));
  EXPECT_FALSE(text_member(nlohmann::json::array(), "name"));
  EXPECT_EQ(**member(*value, "number"), 1);
}

}  // namespace
}  // namespace daymark::internal
