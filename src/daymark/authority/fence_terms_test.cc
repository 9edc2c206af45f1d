// A compiled fence on its whole way: into the terms of a batch, into a licence, before a governor,
// which accepts and refuses as the compiler promised.
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "daymark/authority/batch_terms.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/governor_testing.h"
#include "daymark/locate/fence.h"

namespace daymark::authority {
namespace {

using governor::testing::Device;
using order::testing::World;

constexpr std::int64_t nanos_per_ms = 1'000'000;

geo::LatLon at(double latitude, double longitude) {
  return geo::LatLon::of(latitude, longitude).value();
}

class FenceTermsTest : public ::testing::Test {
 protected:
  World world;
  Device device{world};
  geo::LatLon centre = at(50.5, 5.5);
  locate::FenceTask task{geo::Zone::within(centre, Metres{1200e3}).value(), {}, {}};
  locate::CompiledFence fence;

  /// The beacons are the charter's; the chip's site measures paths twice as slow as straight glass.
  void SetUp() override {
    for (const order::BeaconEntry& beacon : world.charter().beacon_list()) {
      task.beacons.push_back({std::string(beacon.name),
                              at(beacon.place.latitude * 1e-7, beacon.place.longitude * 1e-7),
                              std::string(beacon.operator_name)});
    }
    task.sites = {{"brussels", at(50.85, 4.35), 64}};
    for (std::size_t i = 0; i < task.beacons.size(); ++i)
      task.measured.push_back({0, i, 0.2 + km_between(task.sites[0].place, i) / 80});
    fence = locate::compile_fence(task, locate::PathLaw(locate::DelayMatrix{})).value();
    device.enrol();
    device.range();
  }

  [[nodiscard]] double km_between(geo::LatLon place, std::size_t beacon) const {
    return geo::distance(place, task.beacons[beacon].place).value / 1000;
  }

  /// What a governor gets of it.
  [[nodiscard]] order::Fence licence_fence() const {
    const auto terms = parse_terms(
        fmt::format(R"({{"validity_s": 604800, "fence": {}}})", locate::terms_of(fence, task)),
        world.charter());
    EXPECT_TRUE(terms) << terms.error().detail;
    return terms->common.fence;
  }

  /// A chip at the place whose path to every beacon is as fast as light, `slower` times; the
  /// operator `liar` claims a millisecond.
  [[nodiscard]] Device::Beacons seen_from(geo::LatLon place, double slower,
                                          std::size_t liar) const {
    Device::Beacons out;
    for (std::size_t i = 0; i < task.beacons.size(); ++i) {
      const double ms = 2 * km_between(place, i) / locate::light.km_per_ms * slower;
      out.round_trips[i].value =
          i == liar ? nanos_per_ms : std::llround(std::ceil(ms * nanos_per_ms)) + 1;
    }
    return out;
  }

  /// What the compiler promised of these round trips; a hair off every limit.
  [[nodiscard]] bool promised(const Device::Beacons& seen) const {
    return std::ranges::any_of(fence.choices, [&](const locate::FenceChoice& choice) {
      std::size_t kept = 0;
      for (const locate::FenceLimit& limit : choice.limits)
        kept += seen.round_trips[limit.beacon].value <= std::int64_t{limit.rtt_us} * 1000 ? 1U : 0U;
      return kept >= choice.needed;
    });
  }
};

TEST_F(FenceTermsTest, TheGovernorAcceptsAndRefusesAsPromised) {
  ASSERT_TRUE(fence.holds());
  device.license({.fence = licence_fence()});
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (double azimuth = -180; azimuth < 180; azimuth += 24) {
    for (const double km : {50.0, 600.0, 1150.0, 1201.0, 2000.0}) {
      const geo::LatLon place = geo::destination(centre, azimuth, Metres{km * 1000});
      for (std::size_t liar = 0; liar <= task.beacons.size(); ++liar) {
        const Device::Beacons seen = seen_from(place, 1, liar);
        device.range_with(seen);
        const auto answer = governor::testing::verdict(device.ask());
        EXPECT_EQ(answer, promised(seen) ? "ok" : "gov_fence_outside") << km << " " << azimuth;
        // Whoever passes is inside, with one operator on its side and paths as fast as light.
        EXPECT_TRUE(answer != "ok" || km < 1201) << km << " " << azimuth;
        accepted += answer == "ok" ? 1U : 0U;
        refused += answer == "ok" ? 0U : 1U;
      }
    }
  }
  EXPECT_GT(accepted, 20U);
  EXPECT_GT(refused, 100U);
}

TEST_F(FenceTermsTest, TheSitePassesAndReceiptsThatGrowOldDoNot) {
  device.license({.fence = licence_fence()});
  Device::Beacons seen;
  for (const locate::SiteDelay& one : task.measured)
    seen.round_trips[one.beacon].value = std::llround(one.rtt_ms * nanos_per_ms);
  device.range_with(seen);
  device.wait(seconds(static_cast<std::int64_t>(task.age_s)));
  EXPECT_EQ(governor::testing::verdict(device.ask()), "ok");
  device.wait(hours(2));
  EXPECT_EQ(governor::testing::verdict(device.ask()), "gov_fence_outside");
}

TEST_F(FenceTermsTest, ARefusedFenceGivesNoTerms) {
  task.measured = {{0, 0, 400}, {0, 1, 400}, {0, 2, 400}};
  fence = locate::compile_fence(task, locate::PathLaw(locate::DelayMatrix{})).value();
  EXPECT_FALSE(fence.holds());
  EXPECT_EQ(locate::terms_of(fence, task), "null");
  EXPECT_EQ(licence_fence().alternative_count, 0U);
}

}  // namespace
}  // namespace daymark::authority
