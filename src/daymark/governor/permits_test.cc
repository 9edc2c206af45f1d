// Permits, fences and usage.
#include <gtest/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/governor_testing.h"

namespace daymark::governor {
namespace {

using namespace daymark::governor::testing;

class PermitsTest : public ::testing::Test {
 protected:
  World world;
  Device device{world};

  void SetUp() override {
    device.enrol();
    device.range();
  }

  /// At least two of the three beacons within 10 ms.
  [[nodiscard]] order::Fence fence() const {
    order::Fence out;
    out.faults = 1;
    out.beacon_count = 3;
    out.alternative_count = 1;
    out.alternatives[0].needed = 2;
    out.alternatives[0].clause_count = 3;
    for (std::uint8_t i = 0; i < 3; ++i) {
      const order::BeaconEntry& beacon = world.charter().beacons.at(i);
      out.beacons.at(i) = {beacon.key, i, beacon.place};
      out.alternatives[0].clauses.at(i) = {i, 10'000};
    }
    return out;
  }

  void range_at(std::int64_t first_ms, std::int64_t second_ms, std::int64_t third_ms) {
    Device::Beacons beacons;
    beacons.round_trips[0].value = first_ms * 1'000'000;
    beacons.round_trips[1].value = second_ms * 1'000'000;
    beacons.round_trips[2].value = third_ms * 1'000'000;
    device.range_with(beacons);
  }

  [[nodiscard]] Outcome<CountedUsage> use(UnixMillis start, std::uint64_t operations) {
    UsageRequest usage;
    usage.start = start;
    usage.end = start + hours(1);
    usage.use = {TeraOps{operations / 2}, TeraOps{operations}, Joules{7},
                 ChipMillis{static_cast<std::uint64_t>(hours(1).value)}};
    usage.level = Level::host_signed;
    return device.client().record_usage(usage);
  }
};

/// Until a policy has bound, an instant is left in which no permit can live.
TEST_F(PermitsTest, ARefusalAtTheEdgeOfAPolicyIsNotedOnce) {
  ASSERT_EQ(verdict(device.apply(world.prove(world.policy({}), {"owner", "regulator-a"}))), "ok");
  device.live(hours(73));
  const auto observed = device.ask();
  ASSERT_EQ(verdict(observed), "ok");
  ASSERT_EQ(observed->content.finding, errc::gov_program);
  ASSERT_EQ(verdict(device.apply(world.prove(world.policy({}), {"owner", "regulator-a"}))), "ok");
  const UnixMillis binds = device.governor().state().pending[0].what.binds_at;
  device.wait(binds + Millis{10} - world.now);  // the beacons' radius
  device.range();
  ASSERT_EQ(device.governor().clock().earliest, binds);
  const std::uint64_t before = device.governor().state().refusal_total;
  EXPECT_EQ(verdict(device.ask()), "gov_restriction_near");
  EXPECT_EQ(device.governor().state().refusal_total, before + 1);
}

TEST_F(PermitsTest, APermitSaysWhatIsGranted) {
  device.license({});
  const auto permit = device.ask(8);
  ASSERT_EQ(verdict(permit), "ok");
  const Permit& content = permit->content;
  EXPECT_EQ(content.chip, device.chip.id);
  EXPECT_EQ(content.job, job(1).job);
  EXPECT_EQ(content.program, job(1).program);
  EXPECT_EQ(content.world_size, 8U);
  EXPECT_EQ(content.standing, Standing::licensed);
  EXPECT_EQ(content.life, hours(1));
  EXPECT_EQ(content.until, content.clock.latest + hours(1));
  EXPECT_EQ(content.licence, 1U);
  EXPECT_EQ(content.link_megabytes_per_second, 50'000U);
}

TEST_F(PermitsTest, EachLimitHasItsOwnReason) {
  device.license({.cluster_max = 8, .level_least = 0, .job_classes = 1});
  EXPECT_EQ(verdict(device.ask(9)), "gov_cluster");
  PermitRequest other_class = job(1);
  other_class.job_class = 1;
  EXPECT_EQ(verdict(device.ask(other_class)), "gov_job_class");
  ASSERT_EQ(verdict(device.ask(8)), "ok");
  EXPECT_EQ(verdict(device.ask(job(2))), "gov_other_job");
  EXPECT_EQ(verdict(device.client().end_permit(job(2).job)), "gov_no_permit");
  ASSERT_EQ(verdict(device.client().end_permit(job(1).job)), "ok");
  EXPECT_EQ(verdict(device.ask(job(2))), "ok");
}

TEST_F(PermitsTest, AnEndedPermitFreesTheChip) {
  device.license({});
  ASSERT_EQ(verdict(device.ask()), "ok");
  device.wait(hours(1));
  EXPECT_EQ(verdict(device.ask(job(2))), "ok");
}

TEST_F(PermitsTest, AGovernorBelowTheLevelGrantsNothing) {
  device.license({.level_least = 4});
  EXPECT_EQ(verdict(device.ask()), "gov_level");
}

TEST_F(PermitsTest, RenewalIsJudgedAnew) {
  device.license({.length = days(1)});
  ASSERT_EQ(verdict(device.ask()), "ok");
  device.wait(minutes(30));
  EXPECT_EQ(verdict(device.client().renew_permit(job(1).job)), "ok");
  EXPECT_EQ(verdict(device.client().renew_permit(job(2).job)), "gov_no_permit");
  device.live(days(1) + hours(25));
  EXPECT_EQ(verdict(device.client().renew_permit(job(1).job)), "gov_lapsed");
}

TEST_F(PermitsTest, NoPermitOutlivesLicenceAndReservedGrace) {
  device.license({.length = days(1)});
  device.live(days(1) - minutes(20));
  const auto permit = device.ask();
  ASSERT_EQ(verdict(permit), "ok");
  EXPECT_LE(permit->content.life, minutes(20));
  device.live(minutes(19) + seconds(40));
  const auto at_the_end = device.ask();
  ASSERT_EQ(verdict(at_the_end), "ok");
  EXPECT_GT(at_the_end->content.life, minutes(30)) << "grace was reserved, so work goes on";
  EXPECT_LE(at_the_end->content.life, hours(1));
}

TEST_F(PermitsTest, APermitInGraceIsReservedBeforeItIsGiven) {
  device.license({.length = days(1)});
  device.live(days(1) + minutes(5));
  const Millis left = device.governor().state().grace_left;
  PermitRequest request = job(1);
  request.duration = hours(72);
  const auto permit = device.ask(request);
  ASSERT_EQ(verdict(permit), "ok");
  EXPECT_EQ(permit->content.standing, Standing::grace);
  EXPECT_LE(permit->content.life, minutes(45));
  ASSERT_TRUE(device.reboot());
  EXPECT_LE(device.governor().state().grace_left, left);
}

TEST_F(PermitsTest, APermitLivesAtMostTheNotice) {
  device.license({.length = days(7)});
  PermitRequest request = job(1);
  request.duration = days(30);
  const auto permit = device.ask(request);
  ASSERT_EQ(verdict(permit), "ok");
  EXPECT_LE(permit->content.life, hours(72));
}

TEST_F(PermitsTest, FenceInsideOutsideStale) {
  device.license({.fence = fence()});
  range_at(1, 1, 200);
  EXPECT_EQ(verdict(device.ask()), "ok");
  range_at(1, 200, 200);
  EXPECT_EQ(verdict(device.ask()), "gov_fence_outside");
  range_at(1, 1, 1);
  device.wait(hours(47));
  EXPECT_EQ(verdict(device.ask()), "gov_fence_outside") << "in 47 h it may have moved far";
  device.wait(hours(1) + minutes(1));
  EXPECT_EQ(verdict(device.ask()), "gov_fence_stale");
  ASSERT_TRUE(device.reboot());
  EXPECT_EQ(verdict(device.ask()), "gov_fence_stale");
}

TEST_F(PermitsTest, FenceShrinksByTheMovementThatAgeAllows) {
  device.license({.fence = fence()});
  // 10 ms less 2.0014 us per second of age: 5 ms are left after 2498 s.
  range_at(5, 5, 5);
  device.wait(seconds(2490));
  EXPECT_EQ(verdict(device.ask()), "ok");
  device.wait(seconds(10));
  EXPECT_EQ(verdict(device.ask()), "gov_fence_outside");
}

TEST_F(PermitsTest, AFenceOfOtherBeaconsShowsNothing) {
  order::Fence other = fence();
  for (auto& beacon : other.beacons)
    beacon.place.latitude += 1;
  device.license({.fence = other});
  range_at(1, 1, 1);
  EXPECT_EQ(verdict(device.ask()), "gov_fence_stale");
}

TEST_F(PermitsTest, UsageIsChainedAndCharged) {
  device.license({.allowance = {2000}});
  const auto first = use(world.now, 1500);
  ASSERT_EQ(verdict(first), "ok");
  EXPECT_EQ(first->head.size.value, 1U);
  EXPECT_EQ(first->head.totals.ops_high.value, 1500U);
  const auto record = ledger::parse_record(first->record);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->chip, device.chip.id);
  EXPECT_EQ(device.standing(), Standing::licensed);
  EXPECT_EQ(verdict(use(world.now, 1)), "gov_usage_order");
  ASSERT_EQ(verdict(use(world.now + hours(1), 500)), "ok");
  EXPECT_EQ(device.standing(), Standing::grace);
  EXPECT_EQ(device.reason(), errc::gov_allowance);
  device.live(hours(25));
  EXPECT_EQ(verdict(device.ask()), "gov_allowance");
  ASSERT_TRUE(device.reboot());
  EXPECT_EQ(device.governor().state().ledger.size().value, 2U);
  device.range();
  device.license({.allowance = {2000}});
  EXPECT_EQ(device.standing(), Standing::licensed);
}

TEST_F(PermitsTest, UsageAboveThePeakIsRefused) {
  device.license({});
  EXPECT_EQ(verdict(use(world.now, 1000ULL * 3600 + 1)), "ledger_above_peak");
  EXPECT_EQ(device.governor().state().ledger.size().value, 0U);
  EXPECT_EQ(verdict(use(world.now, 1000ULL * 3600)), "ok");
}

}  // namespace
}  // namespace daymark::governor
