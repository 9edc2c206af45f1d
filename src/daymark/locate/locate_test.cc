#include "daymark/locate/locate.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "daymark/locate/errors.h"
#include "daymark/locate/locate_testing.h"

namespace daymark::locate {
namespace {

LocateRequest request(const std::string& target, const std::string& landmarks) {
  return {target, Question{within(at(50, 10), 3000)}, parse_selection(landmarks).value()};
}

std::vector<std::string> used(const PlaceVerdict& verdict) {
  std::vector<std::string> out;
  for (const LandmarkReport& one : verdict.landmarks)
    if (one.used) out.push_back(one.id);
  return out;
}

TEST(Locate, UsesRowsThatTheTargetAnswered) {
  const DelayMatrix cloud = shipped_cloud();
  const std::size_t target = cloud.nodes.find("aws:eu-central-1");
  const auto measurements = measurements_of(cloud, target);
  const auto expected = std::ranges::count(cloud.delays, target, &Delay::target);
  EXPECT_EQ(static_cast<std::ptrdiff_t>(measurements.size()), expected);
  for (const Measurement& one : measurements) {
    const auto source = static_cast<std::uint32_t>(cloud.nodes.find(one.id));
    const Delay row{source, static_cast<std::uint32_t>(target), one.rtt_ms};
    EXPECT_NE(std::ranges::find(cloud.delays, row), cloud.delays.end());
  }
  EXPECT_TRUE(std::ranges::is_sorted(measurements, {}, &Measurement::rtt_ms));
}

TEST(Locate, IgnoresWhatTheTargetTimedItself) {
  DelayMatrix cloud = shipped_cloud();
  const auto before = locate(cloud, request("aws:eu-central-1", "all")).value();
  const auto target = static_cast<std::uint32_t>(cloud.nodes.find("aws:eu-central-1"));
  for (Delay& delay : cloud.delays)
    if (delay.source == target) delay.rtt_ms = 0.001;
  const auto after = locate(cloud, request("aws:eu-central-1", "all")).value();
  EXPECT_EQ(to_json(before), to_json(after));
}

TEST(Locate, SelectsTheNearest) {
  const DelayMatrix cloud = shipped_cloud();
  const auto verdict = locate(cloud, request("aws:eu-central-1", "nearest:3")).value();
  EXPECT_EQ(used(verdict).size(), 3U);
  EXPECT_TRUE(verdict.landmarks[0].used && verdict.landmarks[1].used && verdict.landmarks[2].used);
  EXPECT_TRUE(std::ranges::is_sorted(verdict.landmarks, {}, &LandmarkReport::rtt_ms));
  EXPECT_GT(verdict.landmarks.size(), 40U);
  EXPECT_FALSE(verdict.landmarks[3].used);
  EXPECT_GT(verdict.landmarks[3].radius_km, 0);
}

TEST(Locate, SelectsAtRandomButRepeatably) {
  const DelayMatrix cloud = shipped_cloud();
  const auto one = used(locate(cloud, request("gcp:us-central1", "random:5:1")).value());
  EXPECT_EQ(one.size(), 5U);
  EXPECT_EQ(one, used(locate(cloud, request("gcp:us-central1", "random:5:1")).value()));
  EXPECT_NE(one, used(locate(cloud, request("gcp:us-central1", "random:5:2")).value()));
  const auto all = used(locate(cloud, request("gcp:us-central1", "all")).value());
  EXPECT_EQ(used(locate(cloud, request("gcp:us-central1", "random:10000:3")).value()), all);
  EXPECT_EQ(used(locate(cloud, request("gcp:us-central1", "nearest:10000")).value()), all);
}

TEST(Locate, NamesAnUnknownTarget) {
  const auto result = locate(shipped_cloud(), request("moon", "all"));
  EXPECT_EQ(result.error().error.code, errc::locate_target_unknown);
  EXPECT_EQ(result.error().subject, "moon");
}

TEST(Locate, IsUndecidedAboutWhatNobodyMeasured) {
  DelayMatrix cloud = shipped_cloud();
  cloud.delays.clear();
  const auto verdict = locate(cloud, request("gcp:us-central1", "all")).value();
  EXPECT_EQ(verdict.reason, errc::locate_too_few_operators);
  EXPECT_TRUE(verdict.landmarks.empty());
}

}  // namespace
}  // namespace daymark::locate
