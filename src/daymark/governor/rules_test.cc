// Restrictions and judgements as plain functions, against second and simpler ones.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/governor/errors.h"
#include "daymark/governor/judge.h"
#include "daymark/governor/restrictions.h"

namespace daymark::governor {
namespace {

constexpr ledger::Peak peak{TeraOps{1}};
constexpr UnixMillis start{1'772'366'400'000};

UnixMillis day(std::int64_t number) {
  return start + days(number);
}

order::Bounds bounds_of(Millis budget, Millis longest) {
  order::Bounds out;
  out.suspension_budget = budget;
  out.suspension_longest = longest;
  out.notice = days(3);
  return out;
}

ClockReading at(UnixMillis time) {
  return {true, time, time + Millis{1}};
}

Pending suspension(UnixMillis binds, UnixMillis until) {
  Pending out;
  out.what = {order::OrderKind::suspend, order::Stream::chip, {}, binds, until};
  return out;
}

TEST(RestrictionsTest, TheQueueIsSortedByBindingTime) {
  State state(peak);
  for (const std::int64_t number : {5, 1, 3, 2})
    ASSERT_TRUE(announce(state, suspension(day(number), day(9))));
  for (std::size_t i = 1; i < state.pending_count; ++i)
    EXPECT_LE(state.pending[i - 1].what.binds_at, state.pending[i].what.binds_at);
  EXPECT_FALSE(take_started(state, at(day(1)))) << "starts once earliest has passed";
  const auto first = take_started(state, at(day(1) + Millis{1}));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->what.binds_at, day(1));
  EXPECT_EQ(state.pending_count, 3U);
}

/// Minute by minute, no cleverness: how much of the year before `at` was served.
Millis served_slowly(const std::vector<ServedSpan>& spans, UnixMillis when) {
  Millis out{};
  for (UnixMillis t = when - days(365); t < when; t = t + hours(1)) {
    for (const ServedSpan& span : spans)
      if (span.start <= t && t < span.end) out = out + hours(1);
  }
  return out;
}

RC_GTEST_PROP(RestrictionsTest, NoYearHoldsMoreSuspensionThanTheCharterAllows, ()) {
  State state(peak);
  const order::Bounds bounds = bounds_of(days(30), days(14));
  std::vector<ServedSpan> spans;
  UnixMillis now = start;
  for (int i = 0; i < 12; ++i) {
    now = now + hours(*rc::gen::inRange<std::int64_t>(1, 24 * 90));
    const Millis length = hours(*rc::gen::inRange<std::int64_t>(1, 24 * 20));
    const ClockReading clock{true, now, now};
    if (!begin_suspension(state, suspension(now, now + length), bounds, clock)) continue;
    spans.push_back({state.suspension.since, state.suspension.until});
    now = state.suspension.until;
    end_suspension(state, now);
    RC_ASSERT(served_slowly(spans, now) <= days(30));
  }
}

TEST(RestrictionsTest, JoiningOldSpansNeverForgetsAny) {
  State state(peak);
  const order::Bounds bounds = bounds_of(days(30), days(14));
  for (int i = 0; i < 25; ++i) {
    const UnixMillis from = day(4 * i);
    ASSERT_TRUE(begin_suspension(state, suspension(from, from + days(1)), bounds, at(from)));
    end_suspension(state, from + days(1));
  }
  EXPECT_EQ(state.served_count, served_max);
  EXPECT_EQ(suspension_budget(state, bounds, day(100)), days(5));
}

TEST(RestrictionsTest, AnEarlyEndGivesTheRestBack) {
  State state(peak);
  const order::Bounds bounds = bounds_of(days(30), days(14));
  ASSERT_TRUE(begin_suspension(state, suspension(day(0), day(10)), bounds, at(day(0))));
  EXPECT_TRUE(lift_suspensions(state, order::Stream::chip, at(day(2))));
  EXPECT_FALSE(state.suspension.active);
  EXPECT_GE(suspension_budget(state, bounds, day(3)), days(28) - seconds(1));
}

TEST(RestrictionsTest, WithoutFreshTimeNothingIsOver) {
  EXPECT_TRUE(is_over(start, {true, start, start}));
  EXPECT_FALSE(is_over(start, {false, start, start}));
  EXPECT_FALSE(is_over(start, {true, start - days(1), start - Millis{1}}));
}

State licensed_state() {
  State state(peak);
  state.life = Life::enrolled;
  state.current.held = true;
  state.current.leaf.not_before = day(0);
  state.current.leaf.not_after = day(7);
  state.current.leaf.allowance = TeraOps{10};
  return state;
}

/// The table of PROTOCOL §6 written out: what beats what.
TEST(JudgeTest, EachStandingHasItsCause) {
  State state(peak);
  Facts facts;
  facts.clock = at(day(1));
  EXPECT_EQ(judge(state, facts).standing, Standing::unprovisioned);
  state.life = Life::enrolled;
  EXPECT_EQ(judge(state, facts).standing, Standing::observing);
  state = licensed_state();
  EXPECT_EQ(judge(state, facts).standing, Standing::licensed);
  EXPECT_EQ(judge(state, facts).reason, Errc{});
  facts.clock = at(day(7) - Millis{1});
  EXPECT_EQ(judge(state, facts).standing, Standing::lapsed) << "latest has reached the end";
  facts.grace = Millis{1};
  EXPECT_EQ(judge(state, facts).standing, Standing::grace);
  EXPECT_EQ(judge(state, facts).reason, errc::gov_licence_ended);
  facts.clock.fresh = false;
  EXPECT_EQ(judge(state, facts).reason, errc::gov_time_unknown);
  facts.clock = at(day(-1));
  EXPECT_EQ(judge(state, facts).reason, errc::gov_licence_ahead);
  facts.clock = at(day(1));
  state.current.used = TeraOps{10};
  EXPECT_EQ(judge(state, facts).reason, errc::gov_allowance);
  facts.grace = Millis{};
  facts.silence_observes = true;
  EXPECT_EQ(judge(state, facts).standing, Standing::observing);
  state.denial.id = 2;
  EXPECT_EQ(judge(state, facts).reason, errc::gov_denied);
  facts.lapse_over = true;
  EXPECT_EQ(judge(state, facts).standing, Standing::observing);
  state.suspension.active = true;
  EXPECT_EQ(judge(state, facts).standing, Standing::suspended);
  state.life = Life::released;
  EXPECT_EQ(judge(state, facts).standing, Standing::released);
}

TEST(JudgeTest, TheFollowingLicenceBeginsWhenTheCurrentOneEnds) {
  State state = licensed_state();
  state.next = state.current;
  state.next.leaf.id = 2;
  state.next.leaf.not_after = day(14);
  EXPECT_FALSE(promote(state, at(day(6))));
  EXPECT_FALSE(promote(state, {false, day(8), day(8)})) << "not without knowing the time";
  EXPECT_TRUE(promote(state, at(day(7))));
  EXPECT_EQ(state.current.leaf.id, 2U);
  EXPECT_FALSE(state.next.held);
}

TEST(JudgeTest, ExtendedGraceIsTwiceTheGrace) {
  order::Charter charter;
  charter.bounds.grace = hours(24);
  EXPECT_EQ(grace_of(charter), hours(24));
  charter.silence.action = order::OnSilence::extended_grace;
  EXPECT_EQ(grace_of(charter), hours(48));
}

}  // namespace
}  // namespace daymark::governor
