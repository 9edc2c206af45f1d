#include "daymark/report/map.h"

#include <gtest/gtest.h>

#include "daymark/locate/locate.h"
#include "daymark/report/inert_svg.h"

namespace daymark::report {
namespace {

const geo::Borders& borders() {
  static const geo::Borders all =
      geo::load_borders(DAYMARK_SOURCE_DIR "/data/borders/countries.txt").value();
  return all;
}

const locate::DelayMatrix& cloud() {
  static const locate::DelayMatrix matrix =
      locate::load_matrix(DAYMARK_SOURCE_DIR "/data/rtt/cloud/nodes.csv",
                          DAYMARK_SOURCE_DIR "/data/rtt/cloud/rtt.csv")
          .value();
  return matrix;
}

MapScene scene(const std::string& target, const geo::Zone& zone, std::uint32_t faults) {
  locate::Question question{zone, locate::fiber, faults};
  const auto verdict = locate::locate(cloud(), {target, question, {}}).value();
  return scene_of(verdict, zone);
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t out = 0;
  for (std::size_t i = text.find(part); i != std::string::npos; i = text.find(part, i + 1))
    ++out;
  return out;
}

TEST(Map, ShowsDiscsRegionZoneAndLandmarks) {
  const geo::LatLon frankfurt = geo::LatLon::of(50.11, 8.68).value();
  const geo::Zone zone = geo::Zone::within(frankfurt, Metres{500e3}).value();
  MapScene one = scene("aws:eu-central-1", zone, 0);
  const std::string svg = map_svg(one, borders());
  EXPECT_TRUE(svg.starts_with("<svg "));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_NE(svg.find(">inside</text>"), std::string::npos);
  EXPECT_NE(svg.find("gcp:europe-west3 2.1 ms"), std::string::npos);
  EXPECT_EQ(count(svg, "fill=\"#f4a261\""), 2U) << "the region and its entry in the legend";
  EXPECT_EQ(count(svg, "<g "), count(svg, "</g>"));
  EXPECT_TRUE(is_inert_svg(svg)) << "a story may hold it";
  EXPECT_LT(svg.size(), 600'000U);
  EXPECT_EQ(svg, map_svg(one, borders())) << "the same bytes again";
  one.declared = frankfurt;
  EXPECT_NE(map_svg(one, borders()).find("declared place"), std::string::npos);
}

TEST(Map, IsSelfContained) {
  const geo::Zone zone = geo::Zone::not_in(borders().country("CN").value());
  const std::string svg = map_svg(scene("aws:ap-northeast-2", zone, 0), borders());
  EXPECT_EQ(count(svg, "http"), 1U) << "the name space alone";
  EXPECT_EQ(svg.find("href"), std::string::npos);
  EXPECT_EQ(svg.find("<script"), std::string::npos);
  EXPECT_NE(svg.find("not in)"), std::string::npos);
}

TEST(Map, SpeaksThreeLanguages) {
  const geo::Zone zone = geo::Zone::in(borders().country("GB").value());
  const MapScene one = scene("gcp:europe-west2", zone, 0);
  EXPECT_NE(map_svg(one, borders(), Language::simplified_chinese).find("未定"), std::string::npos);
  EXPECT_NE(map_svg(one, borders(), Language::traditional_chinese).find("延遲所允許"),
            std::string::npos);
}

TEST(Map, EscapesNamesFromOutside) {
  MapScene one;
  one.title = "<b>&";
  one.landmarks.push_back({{geo::LatLon::of(10, 10).value(), 500e3, 1}, "<i>", true});
  const std::string svg = map_svg(one, borders());
  EXPECT_EQ(svg.find("<b>"), std::string::npos);
  EXPECT_EQ(svg.find("<i>"), std::string::npos);
  EXPECT_NE(svg.find("&lt;b&gt;&amp;"), std::string::npos);
}

TEST(Map, DrawsWhatHasNoRegion) {
  MapScene empty;
  EXPECT_EQ(count(map_svg(empty, borders()), "fill=\"#f4a261\""), 1U);
  MapScene refuted;
  refuted.landmarks.push_back({{geo::LatLon::of(0, 0).value(), 100e3, 1}, "a", true});
  refuted.landmarks.push_back({{geo::LatLon::of(0, 40).value(), 100e3, 2}, "b", true});
  refuted.zone = geo::Zone::any_of({});
  EXPECT_EQ(count(map_svg(refuted, borders()), "fill=\"#f4a261\""), 1U);
}

TEST(Map, WorksAtPolesAndDateLine) {
  for (const auto& [latitude, longitude] : {std::pair{90.0, 0.0}, {-90.0, 0.0}, {-17.0, 180.0}}) {
    const geo::LatLon centre = geo::LatLon::of(latitude, longitude).value();
    MapScene one;
    one.zone = geo::Zone::within(centre, Metres{800e3}).value();
    one.landmarks.push_back({{centre, 500e3, 1}, "here", true});
    const std::string svg = map_svg(one, borders());
    EXPECT_EQ(count(svg, "fill=\"#f4a261\""), 2U);
    EXPECT_EQ(svg.find("nan"), std::string::npos);
  }
}

}  // namespace
}  // namespace daymark::report
