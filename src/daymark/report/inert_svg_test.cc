#include "daymark/report/inert_svg.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/report/chart.h"
#include "daymark/report/svg.h"

namespace daymark::report {
namespace {

std::string svg_around(const std::string& inner) {
  return R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">)" + inner + "</svg>\n";
}

std::string written_svg(const std::string& words) {
  SvgWriter svg(100, 50, words);
  svg.clip_box("frame", {0, 0}, {100, 50});
  svg.open_group(R"x(clip-path="url(#frame)")x");
  svg.rectangle({1, 2}, {3, 4}, R"(fill="#fff" rx="2")");
  svg.circle({5, 6}, 7, R"(fill="none")");
  svg.line({0, 0}, {9, 9}, R"(stroke="#000" stroke-dasharray="2 2")");
  const std::vector<std::vector<Pixel>> lines{{{0, 0}, {1, 1}, {2, 0}}};
  svg.strokes(lines, R"(stroke="#111")");
  svg.area(lines, R"(fill="#222")");
  svg.text({1, 1}, words, R"(text-anchor="middle")");
  svg.close_group();
  return svg.finish();
}

TEST(InertSvg, WhatThisModuleWritesIsInert) {
  EXPECT_TRUE(is_inert_svg(written_svg("words & <more> \"quoted\" it's")));
  const std::vector<Lane> lanes{{"chip-1", {{{1000}, {2000}, "licensed"}}}};
  const std::vector<Mark> marks{{{1500}, {"a", "b", "c"}}};
  EXPECT_TRUE(is_inert_svg(timeline_svg(lanes, marks)));
  const std::vector<Series> series{{"chip-1", {{{1000}, 1}, {{2000}, 3}}}};
  EXPECT_TRUE(is_inert_svg(throughput_svg(series, marks, "ops/s")));
}

RC_GTEST_PROP(InertSvg, NoTextBreaksOut, (const std::string& words)) {
  RC_ASSERT(is_inert_svg(written_svg(words)));
}

TEST(InertSvg, WhatActsOrFetchesIsRefused) {
  EXPECT_TRUE(is_inert_svg(svg_around("")));
  for (const char* inner : {
           "<script>alert(1)</script>",
           "<SCRIPT>alert(1)</SCRIPT>",
           R"x(<image href="http://x/y.png"/>)x",
           R"x(<use href="#a"/>)x",
           R"x(<a href="javascript:alert"><text>x</text></a>)x",
           R"x(<rect onload="alert"/>)x",
           R"x(<rect onclick="alert" width="1"/>)x",
           R"x(<rect style="fill:url(http://x)"/>)x",
           "<style>@import 'http://x';</style>",
           "<foreignObject><p>x</p></foreignObject>",
           R"x(<rect fill="url(http://x/#a)"/>)x",
           R"x(<rect fill="url( #a)"/>)x",
           R"x(<rect fill="URL(http://x)"/>)x",
           R"x(<rect fill="url(#a) image(http://x)"/>)x",
           R"x(<rect fill="u\72l(http://x)"/>)x",
           R"x(<rect xlink:href="#a"/>)x",
           R"x(<g xmlns="http://www.w3.org/1999/xhtml"></g>)x",
           R"x(<svg:script>1</svg:script>)x",
           "<animate attributeName=\"x\"/>",
           "<set/>",
           "<!-- x -->",
           "<![CDATA[<script>]]>",
           "<?xml-stylesheet href=\"x\"?>",
           "<!DOCTYPE svg>",
       })
    EXPECT_FALSE(is_inert_svg(svg_around(inner))) << inner;
}

TEST(InertSvg, WhatIsNotWellFormedIsRefused) {
  for (const char* inner : {"<g>", "</g>", "<g></rect>", "<g", "<rect x=1/>", "<rect x='1'/>",
                            "<rect x=\"1/>", "<rect x/>", "<rect / >", "&", "&nbsp;", "&#x3c;",
                            "a < b", "<text>\x01</text>", "</svg><svg>", "<rect x=\"<\"/>"})
    EXPECT_FALSE(is_inert_svg(svg_around(inner))) << inner;
  for (const std::string& text :
       {std::string(), std::string("<svg"), std::string("<g></g>"), std::string("text"),
        svg_around("") + "<script>", svg_around("") + svg_around(""), "x" + svg_around(""),
        std::string("<svg ><g></g>")})
    EXPECT_FALSE(is_inert_svg(text)) << text;
}

TEST(InertSvg, NoPrefixIsWhole) {
  const std::string whole = written_svg("words");
  for (std::size_t size = 0; size + 1 < whole.size(); ++size)
    EXPECT_FALSE(is_inert_svg(whole.substr(0, size))) << size;
}

}  // namespace
}  // namespace daymark::report
