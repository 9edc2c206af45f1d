#include "daymark/report/chart.h"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/report/inert_svg.h"

namespace daymark::report {
namespace {

constexpr std::int64_t start = 1'772'323'200'000;  // 2026-03-01T00:00:00Z
constexpr std::int64_t hour = 3'600'000;

std::size_t times_in(const std::string& text, std::string_view part) {
  std::size_t out = 0;
  for (std::size_t i = text.find(part); i != std::string::npos; i = text.find(part, i + 1))
    ++out;
  return out;
}

/// The numbers of one attribute of all elements `element`, in their order.
std::vector<double> numbers_of(const std::string& svg, const std::string& element,
                               const std::string& attribute) {
  std::vector<double> out;
  for (std::size_t i = svg.find("<" + element + " "); i != std::string::npos;
       i = svg.find("<" + element + " ", i + 1)) {
    const std::string tag = svg.substr(i, svg.find('>', i) - i);
    const std::size_t at = tag.find(" " + attribute + "=\"");
    EXPECT_NE(at, std::string::npos) << tag;
    out.push_back(std::stod(tag.substr(at + attribute.size() + 3)));
  }
  return out;
}

/// The points of the path number `index`.
std::vector<std::pair<double, double>> path_points(const std::string& svg, std::size_t index) {
  std::size_t at = 0;
  for (std::size_t i = 0; i <= index; ++i)
    at = svg.find("<path d=\"", at) + 9;
  const std::string data = svg.substr(at, svg.find('"', at) - at);
  std::vector<std::pair<double, double>> out;
  std::size_t used = 0;
  for (std::size_t i = 0; i < data.size(); i += used) {
    EXPECT_EQ(data[i], i == 0 ? 'M' : 'L');
    ++i;
    const double x = std::stod(data.substr(i), &used);
    i += used;
    const double y = std::stod(data.substr(i), &used);
    out.emplace_back(x, y);
  }
  return out;
}

TEST(Charts, NothingGivesNothing) {
  EXPECT_EQ(timeline_svg({}, {}), "");
  EXPECT_EQ(throughput_svg({}, {}, "ops/s"), "");
}

TEST(Charts, SpansLieWhereTheirTimesAre) {
  // 0 to 10 hours over 90 to 940 pixels: 85 pixels an hour.
  const std::vector<Lane> lanes{
      {"chip-1",
       {{{start}, {start + 4 * hour}, "licensed"},
        {{start + 4 * hour}, {start + 10 * hour}, "grace"}}},
      {"chip-2", {{{start + 2 * hour}, {start + 3 * hour}, "suspended"}}}};
  const std::string svg = timeline_svg(lanes, {});
  const std::vector<double> x = numbers_of(svg, "rect", "x");
  const std::vector<double> width = numbers_of(svg, "rect", "width");
  const std::vector<double> y = numbers_of(svg, "rect", "y");
  ASSERT_EQ(x.size(), 6U) << "three spans, three states in the legend";
  EXPECT_DOUBLE_EQ(x[0], 90);
  EXPECT_DOUBLE_EQ(width[0], 340);
  EXPECT_DOUBLE_EQ(x[1], 430);
  EXPECT_DOUBLE_EQ(width[1], 510);
  EXPECT_DOUBLE_EQ(x[2], 260);
  EXPECT_DOUBLE_EQ(width[2], 85);
  EXPECT_DOUBLE_EQ(y[0], y[1]);
  EXPECT_GT(y[2], y[0]) << "a lane of its own below";
  EXPECT_EQ(times_in(svg, "fill=\"#2a9d8f\""), 2U) << "the span and its entry in the legend";
}

TEST(Charts, PointsLieWhereTheirValuesAre) {
  // Highest 100: the axis ends at 110, 220 pixels high, its foot at 294.
  const std::vector<Series> series{
      {"a", {{{start}, 0}, {{start + 5 * hour}, 55}, {{start + 10 * hour}, 100}}},
      {"b", {{{start + 10 * hour}, 11}}}};
  const std::string svg = throughput_svg(series, {}, "ops/s");
  const auto a = path_points(svg, 0);
  ASSERT_EQ(a.size(), 3U);
  EXPECT_NEAR(a[0].first, 90, 0.051);
  EXPECT_NEAR(a[0].second, 294, 0.051);
  EXPECT_NEAR(a[1].first, 515, 0.051);
  EXPECT_NEAR(a[1].second, 184, 0.051);
  EXPECT_NEAR(a[2].first, 940, 0.051);
  EXPECT_NEAR(a[2].second, 94, 0.051);
  const auto b = path_points(svg, 1);
  ASSERT_EQ(b.size(), 1U);
  EXPECT_NEAR(b[0].first, 940, 0.051);
  EXPECT_NEAR(b[0].second, 272, 0.051);
}

TEST(Charts, MarksStandAtTheirTimesOrNotAtAll) {
  const std::vector<Lane> lanes{{"chip-1", {{{start}, {start + 10 * hour}, "licensed"}}}};
  const std::vector<Mark> marks{{{start - hour}, {"before", "", ""}},
                                {{start + 2 * hour}, {"inside", "", ""}},
                                {{start + 11 * hour}, {"after", "", ""}}};
  const std::string svg = timeline_svg(lanes, marks);
  const std::vector<double> x = numbers_of(svg, "circle", "cx");
  ASSERT_EQ(x.size(), 1U);
  EXPECT_DOUBLE_EQ(x[0], 260);
  EXPECT_NE(svg.find("<title>inside</title>"), std::string::npos);
  EXPECT_NE(svg.find(">2</text>"), std::string::npos) << "numbered as in the list below";
}

TEST(Charts, ChartsWithoutASinglePointStandStill) {
  const std::vector<Mark> marks{{{start}, {"x", "x", "x"}}};
  const std::string lanes = timeline_svg(std::vector<Lane>{{"chip-1", {}}}, marks);
  EXPECT_TRUE(is_inert_svg(lanes));
  EXPECT_EQ(times_in(lanes, "<circle"), 0U);
  const std::string series = throughput_svg(std::vector<Series>{{"chip-1", {}}}, marks, "ops/s");
  EXPECT_TRUE(is_inert_svg(series));
}

TEST(Charts, ATimeBefore1970IsATime) {
  const std::vector<Lane> lanes{
      {"old", {{{-10 * hour}, {-8 * hour}, "licensed"}, {{-8 * hour}, {0}, "grace"}}}};
  const std::string svg = timeline_svg(lanes, {});
  const std::vector<double> x = numbers_of(svg, "rect", "x");
  EXPECT_DOUBLE_EQ(x[0], 90);
  EXPECT_DOUBLE_EQ(x[1], 260);
}

TEST(Charts, HostileTextStaysText) {
  const std::string hostile = "</text><script>alert('1')</script>\"]]>&";
  const std::vector<Lane> lanes{{hostile, {{{start}, {start + hour}, hostile}}}};
  const std::vector<Mark> marks{{{start}, {hostile, hostile, hostile}}};
  const std::vector<Series> series{{hostile, {{{start}, 1}, {{start + hour}, 2}}}};
  for (const std::string& svg :
       {timeline_svg(lanes, marks), throughput_svg(series, marks, hostile)}) {
    EXPECT_TRUE(is_inert_svg(svg));
    EXPECT_EQ(times_in(svg, "<script"), 0U);
    EXPECT_NE(svg.find("&lt;script&gt;"), std::string::npos);
  }
}

RC_GTEST_PROP(Charts, EveryPointIsInsideTheFrame, ()) {
  const auto values = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::uint32_t>>(
      rc::gen::inRange<std::uint32_t>(0, 1'000'000)));
  Series series{"a", {}};
  std::int64_t at = start;
  for (const std::uint32_t value : values) {
    series.points.push_back({{at}, static_cast<double>(value)});
    at += *rc::gen::inRange<std::int64_t>(0, 100 * hour);
  }
  const std::string svg = throughput_svg(std::vector<Series>{series}, {}, "ops/s");
  RC_ASSERT(is_inert_svg(svg));
  const auto points = path_points(svg, 0);
  RC_ASSERT(points.size() == values.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto [x, y] = points[i];
    const bool inside = x >= 90 && x <= 940 && y >= 74 && y <= 294;
    const bool rightward = i == 0 || x >= points[i - 1].first;
    RC_ASSERT(inside);
    RC_ASSERT(rightward);
  }
}

TEST(Escape, TurnsMarkupIntoText) {
  EXPECT_EQ(escape("<a href=\"x\">'&'</a>"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
  EXPECT_EQ(escape("one\ntwo\tthree"), "one\ntwo\tthree");
  EXPECT_EQ(escape(std::string_view("\x1b[31m\0", 6)), " [31m ");
}

}  // namespace
}  // namespace daymark::report
