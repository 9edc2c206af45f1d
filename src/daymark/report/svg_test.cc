#include "daymark/report/svg.h"

#include <array>

#include <gtest/gtest.h>

namespace daymark::report {
namespace {

TEST(Svg, EscapesTextAndNothingElse) {
  SvgWriter svg(10, 20, "a<b");
  svg.text({1, 2}, "<script>alert(\"x\")</script>&'\x01", R"(fill="#000")");
  const std::string out = svg.finish();
  EXPECT_EQ(out.find("<script"), std::string::npos);
  EXPECT_NE(out.find(R"(<text x="1.0" y="2.0" fill="#000">&lt;script&gt;alert(&quot;x&quot;))"),
            std::string::npos);
  EXPECT_NE(out.find(R"(aria-label="a&lt;b")"), std::string::npos);
  EXPECT_NE(out.find("&amp;&#39; </text>"), std::string::npos);
}

TEST(Svg, WritesShortPaths) {
  SvgWriter svg(10, 20, "");
  const std::array<std::vector<Pixel>, 3> lines{
      {{{0, -0.01}, {1.25, 2}, {3, 4.04}}, {{5, 5}}, {{7, 7}, {8, 8}}}};
  svg.strokes(lines, R"(stroke="red")");
  svg.area(lines, R"(fill="red")");
  const std::string out = svg.finish();
  EXPECT_NE(out.find(R"(<path d="M0 0L1.2 2 3 4M7 7L8 8" stroke="red"/>)"), std::string::npos);
  EXPECT_NE(out.find(R"(<path d="M0 0L1.2 2 3 4ZM7 7L8 8Z" fill-rule="evenodd" fill="red"/>)"),
            std::string::npos);
}

TEST(Svg, LeavesOutEmptyPaths) {
  SvgWriter svg(10, 20, "");
  svg.strokes({}, "");
  EXPECT_EQ(svg.finish().find("<path"), std::string::npos);
}

}  // namespace
}  // namespace daymark::report
