#include "daymark/authority/retry_loop.h"

#include <atomic>
#include <chrono>

#include <gtest/gtest.h>

namespace daymark::authority {
namespace {

constexpr RetryPace pace{seconds(2), seconds(15)};

TEST(NextPause, DoublesUpToTheLongestWhileSomethingIsLeft) {
  Millis pause{};
  std::vector<std::int64_t> pauses;
  for (int i = 0; i < 6; ++i) {
    pause = next_pause(pace, pause, true);
    pauses.push_back(pause.value);
  }
  EXPECT_EQ(pauses, (std::vector<std::int64_t>{2'000, 4'000, 8'000, 15'000, 15'000, 15'000}));
}

TEST(NextPause, IsShortAgainWhenNothingIsLeft) {
  EXPECT_EQ(next_pause(pace, seconds(15), false), seconds(2));
  EXPECT_EQ(next_pause(pace, Millis{}, false), seconds(2));
}

TEST(RetryLoop, TriesAtOnceAndAgain) {
  std::atomic<int> attempts{0};
  {
    const RetryLoop loop({Millis{1}, Millis{1}}, [&] {
      attempts.fetch_add(1);
      attempts.notify_all();
      return true;
    });
    for (int seen = 0; seen < 3; seen = attempts.load())
      attempts.wait(seen);
  }
  const int after = attempts.load();
  EXPECT_GE(after, 3);
  // Its thread is gone: nothing tries any more.
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(attempts.load(), after);
}

TEST(RetryLoop, StopsInTheMiddleOfALongPause) {
  std::atomic<int> attempts{0};
  const auto start = std::chrono::steady_clock::now();
  {
    const RetryLoop loop({hours(1), hours(1)}, [&] {
      attempts.fetch_add(1);
      attempts.notify_all();
      return false;
    });
    attempts.wait(0);
  }
  EXPECT_EQ(attempts.load(), 1);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

TEST(RetryLoop, WaitsForAnAttemptThatIsUnderWay) {
  std::atomic<bool> begun{false};
  bool finished = false;
  {
    const RetryLoop loop({hours(1), hours(1)}, [&] {
      begun = true;
      begun.notify_all();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      finished = true;
      return false;
    });
    begun.wait(false);
  }
  EXPECT_TRUE(finished);
}

}  // namespace
}  // namespace daymark::authority
