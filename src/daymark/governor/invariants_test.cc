// Random lives of a chip: whatever comes in whatever sequence, the invariants hold.
#include <set>

#include <gtest/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/governor_testing.h"

namespace daymark::governor {
namespace {

using namespace daymark::governor::testing;
using order::OrderKind;

/// Plays one chip from a seed and checks after every step.
class RandomLife {
 public:
  explicit RandomLife(std::uint64_t seed) : world_(seed), device_(world_), dice_(seed) {
    device_.enrol();
    device_.range();
    remember();
  }

  void play(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
      step();
      check();
    }
  }

  /// Every suspension ends by itself, with no help from anybody.
  void expect_suspension_ends() {
    device_.wait(world_.charter().bounds.suspension_longest + minutes(1));
    EXPECT_NE(device_.standing(), Standing::suspended);
  }

 private:
  [[nodiscard]] std::uint64_t roll(std::uint64_t sides) {
    return get_big_endian<std::uint64_t>(dice_.draw<8>()) % sides;
  }

  void step() {
    switch (roll(12)) {
      case 0: return device_.wait(hours(static_cast<std::int64_t>(roll(60))));
      case 1: return device_.sleep(hours(static_cast<std::int64_t>(roll(200))));
      case 2:
      case 3: return range();
      case 4:
      case 5: return license();
      case 6: return stop();
      case 7: return relieve();
      case 8: return forge();
      case 9: return cut_power();
      case 10: return use();
      default: static_cast<void>(device_.ask(static_cast<std::uint32_t>(roll(100)))); return;
    }
  }

  void range() {
    for (std::size_t i = 0; i < 3; ++i)
      static_cast<void>(device_.range_one(i, RoundTripNanos{1'000'000}, Millis{}));
  }

  void license() {
    const Terms terms{.length = days(1 + static_cast<std::int64_t>(roll(7))),
                      .allowance = {roll(3) * 500},
                      .cluster_max = static_cast<std::uint32_t>(1 + roll(64)),
                      .denial = roll(4) == 0 ? "finding" : ""};
    static_cast<void>(device_.try_license(terms));
  }

  void stop() {
    const bool fleet = roll(2) == 0;
    const Millis length = hours(1 + static_cast<std::int64_t>(roll(300)));
    note(world_.prove(
        fleet ? world_.suspend_fleet(length) : world_.suspend_chip(device_.target(), length),
        {"maker", "regulator-a"}));
  }

  void note(const Logged& order) {
    const auto done = device_.apply(order);
    if (done) proven_.insert(done->content.order);
  }

  void relieve() {
    if (roll(12) == 0) {
      note(world_.prove(world_.scope_order(OrderKind::release, {device_.target()}), {"owner"}));
    } else {
      note(world_.prove(world_.scope_order(OrderKind::resume, {device_.target()}), {"owner"}));
    }
  }

  /// A suspension with one thing wrong is never obeyed.
  void forge() {
    const auto draft = world_.suspend_chip(device_.target(), days(1));
    Logged bad;
    switch (roll(4)) {
      case 0: bad = world_.prove(draft, {"regulator-a"}); break;
      case 1:
        bad =
            world_.prove(draft, {"maker", "regulator-a"}, {.time = world_.now, .witnesses = 0b100});
        break;
      case 2:
        bad = world_.prove(draft, {"maker", "regulator-a"}, {.time = world_.now, .mirrors = 0});
        break;
      default:
        bad = world_.prove(draft, {"maker", "regulator-a"});
        bad.proof.clear();
        break;
    }
    const order::StreamHead before = device_.governor().state().own;
    EXPECT_FALSE(device_.apply(bad));
    EXPECT_EQ(device_.governor().state().own, before);
  }

  void cut_power() {
    device_.storage.cut_after(static_cast<unsigned>(roll(4)));
    license();
    device_.storage.restore_power();
    EXPECT_TRUE(device_.reboot());
  }

  void use() {
    UsageRequest usage;
    usage.start = std::max(world_.now, device_.governor().state().usage_end);
    usage.end = usage.start + hours(1);
    usage.use.ops_high.value = roll(600);
    usage.use.chip_millis.value = static_cast<std::uint64_t>(hours(1).value);
    static_cast<void>(device_.client().record_usage(usage));
  }

  void remember() {
    const State& state = device_.governor().state();
    counter_ = device_.storage.count;
    own_ = state.own.seq;
    fleet_ = state.fleet.seq;
    released_ = state.life == Life::released;
    floor_ = state.floor;
  }

  void check() {
    const Standing now = device_.standing();
    const State& state = device_.governor().state();
    EXPECT_GE(device_.storage.count, counter_) << "the counter never goes back";
    EXPECT_EQ(state.counter, device_.storage.count);
    EXPECT_GE(state.own.seq, own_);
    EXPECT_GE(state.fleet.seq, fleet_);
    EXPECT_GE(state.floor, floor_);
    EXPECT_LE(state.floor, world_.now) << "honest beacons never make the floor false";
    if (released_) {
      EXPECT_EQ(now, Standing::released) << "released stays free";
    }
    if (now == Standing::suspended) {
      EXPECT_TRUE(proven_.contains(state.suspension.order)) << "no restriction without an order";
      EXPECT_LE(state.suspension.until - state.suspension.since,
                world_.charter().bounds.suspension_longest);
    }
    for (const Pending& pending : state.pending_list())
      EXPECT_TRUE(proven_.contains(pending.what.order));
    check_grants(now);
    remember();
  }

  /// What stands is granted, what doesn't isn't.
  void check_grants(Standing now) {
    const State& state = device_.governor().state();
    const ClockReading clock = device_.governor().clock();
    const order::Leaf& leaf = state.current.leaf;
    const bool stands = state.life == Life::enrolled && state.current.held && clock.fresh &&
                        clock.latest < leaf.not_after && clock.latest >= leaf.not_before &&
                        state.current.used < leaf.allowance && !state.suspension.active;
    EXPECT_EQ(now == Standing::licensed, stands);
    const bool stopped = now == Standing::suspended || now == Standing::lapsed;
    if (stopped) {
      EXPECT_FALSE(device_.ask(1)) << "a stopped chip grants nothing";
    }
  }

  World world_;
  Device device_;
  crypto::SeededRandom dice_;
  std::set<Digest> proven_;
  std::uint64_t counter_ = 0;
  std::uint64_t own_ = 0;
  std::uint64_t fleet_ = 0;
  UnixMillis floor_;
  bool released_ = false;
};

TEST(InvariantsTest, HoldOverRandomLives) {
  constexpr std::uint64_t lives = 40;
  constexpr int steps = 40;
  for (std::uint64_t seed = 1; seed <= lives && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomLife life(seed);
    life.play(steps);
    life.expect_suspension_ends();
  }
}

}  // namespace
}  // namespace daymark::governor
