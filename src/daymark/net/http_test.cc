#include "daymark/net/http.h"

#include <gtest/gtest.h>

namespace daymark::net {
namespace {

TEST(Http, HeaderNamesIgnoreCase) {
  const std::vector<HttpHeader> headers{{"Content-Type", "a"}, {"X-Other", "b"}, {"x-other", "c"}};
  EXPECT_EQ("a", header_of(headers, "content-TYPE"));
  EXPECT_EQ("b", header_of(headers, "X-OTHER"));
  EXPECT_EQ("", header_of(headers, "x-othe"));
}

TEST(Http, QueryValuesAreFoundByWholeName) {
  EXPECT_EQ("1", query_value("chip=1&chips=2", "chip"));
  EXPECT_EQ("2", query_value("chip=1&chips=2", "chips"));
  EXPECT_EQ("", query_value("a&b=2", "a"));
  EXPECT_EQ("x=y", query_value("a=x=y", "a"));
  EXPECT_EQ(std::nullopt, query_value("a=1", "b"));
  EXPECT_EQ(std::nullopt, query_value("", "b"));
}

TEST(Http, QueryValuesAreDecoded) {
  EXPECT_EQ("a b/\xC3\xA9", query_value("q=a%20b%2F%c3%A9", "q"));
  EXPECT_EQ(std::nullopt, query_value("q=%2", "q"));
  EXPECT_EQ(std::nullopt, query_value("q=%zz", "q"));
  EXPECT_EQ(std::nullopt, query_value("q=%", "q"));
}

TEST(Http, ResponsesStateTheirType) {
  EXPECT_EQ("gone\n", text_response(410, "gone").body);
  EXPECT_EQ(410U, text_response(410, "gone").status);
  EXPECT_EQ("application/json", json_response(200, "{}").content_type);
}

}  // namespace
}  // namespace daymark::net
