#include "daymark/authority/rate_limiter.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace daymark::authority {
namespace {

class StepClock final : public Clock {
 public:
  [[nodiscard]] UnixMillis now() override { return {at}; }

  [[nodiscard]] TickMillis tick() override { return {at}; }

  std::int64_t at = 1'000'000;
};

TEST(RateLimiter, ABurstThenTheSteadyRate) {
  StepClock clock;
  RateLimiter limiter({.per_second = 10, .burst = 3}, clock);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(limiter.take("a").value, 0);
  EXPECT_EQ(limiter.take("a").value, 100);
  clock.at += 99;
  EXPECT_EQ(limiter.take("a").value, 1);
  clock.at += 1;
  EXPECT_EQ(limiter.take("a").value, 0);
  EXPECT_EQ(limiter.take("a").value, 100);
}

TEST(RateLimiter, CallersDoNotShareABucket) {
  StepClock clock;
  RateLimiter limiter({.per_second = 1, .burst = 1}, clock);
  EXPECT_EQ(limiter.take("a").value, 0);
  EXPECT_GT(limiter.take("a").value, 0);
  EXPECT_EQ(limiter.take("b").value, 0);
}

TEST(RateLimiter, AFullBucketGainsNothing) {
  StepClock clock;
  RateLimiter limiter({.per_second = 1000, .burst = 2}, clock);
  EXPECT_EQ(limiter.take("a").value, 0);
  clock.at += hours(24 * 365 * 100).value;
  EXPECT_EQ(limiter.take("a").value, 0);
  EXPECT_EQ(limiter.take("a").value, 0);
  EXPECT_GT(limiter.take("a").value, 0);
}

TEST(RateLimiter, ATickThatGoesBackOpensNothing) {
  StepClock clock;
  RateLimiter limiter({.per_second = 10, .burst = 1}, clock);
  EXPECT_EQ(limiter.take("a").value, 0);
  clock.at -= 500'000;
  EXPECT_EQ(limiter.take("a").value, 100);
  clock.at += 100;
  EXPECT_EQ(limiter.take("a").value, 0);
}

TEST(RateLimiter, ForgottenBucketsWereFull) {
  StepClock clock;
  RateLimiter limiter({.per_second = 1, .burst = 1}, clock);
  EXPECT_EQ(limiter.take("empty").value, 0);
  for (int i = 0; i < 5000; ++i)
    EXPECT_EQ(limiter.take(std::to_string(i)).value, 0);
  EXPECT_GT(limiter.take("empty").value, 0);
}

/// Whatever the times of asking: in any span no more get through than burst and rate allow, and
/// whoever waits as long as told gets through.
RC_GTEST_PROP(RateLimiter, NeverMoreThanBurstAndRate, ()) {
  const RateLimit limit{*rc::gen::inRange<std::uint32_t>(1, 50),
                        *rc::gen::inRange<std::uint32_t>(1, 20)};
  StepClock clock;
  RateLimiter limiter(limit, clock);
  const std::int64_t start = clock.at;
  std::int64_t granted = 0;
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 200));
  for (const int step : steps) {
    clock.at += step;
    const Millis wait = limiter.take("a");
    if (wait.value == 0) ++granted;
    RC_ASSERT(granted * 1000 <= std::int64_t{limit.burst} * 1000 +
                                    (clock.at - start) * std::int64_t{limit.per_second});
    if (wait.value == 0) continue;
    clock.at += wait.value;
    RC_ASSERT(limiter.take("a").value == 0);
    ++granted;
  }
}

}  // namespace
}  // namespace daymark::authority
