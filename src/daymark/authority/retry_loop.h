// Work that is tried again and again in the background until somebody says stop. Host only.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

#include "daymark/base/units.h"

namespace daymark::authority {

/// Real time between two attempts: `shortest` after one that left nothing over, then twice as long
/// after each that did.
struct RetryPace {
  Millis shortest = seconds(2);
  Millis longest = minutes(2);
};

/// The pause before the next attempt.
[[nodiscard]] Millis next_pause(const RetryPace& pace, Millis last, bool left_over);

/// Calls `attempt` on a thread of its own, at once and then at the pace. `attempt` returns whether
/// something is left that is worth another try.
class RetryLoop {
 public:
  RetryLoop(RetryPace pace, std::function<bool()> attempt);
  RetryLoop(const RetryLoop&) = delete;
  RetryLoop& operator=(const RetryLoop&) = delete;
  RetryLoop(RetryLoop&&) = delete;
  RetryLoop& operator=(RetryLoop&&) = delete;
  /// Ends a pause at once, and waits for an attempt that is under way.
  ~RetryLoop();

 private:
  void run(const std::stop_token& stop);

  RetryPace pace_;
  std::function<bool()> attempt_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread thread_;
};

}  // namespace daymark::authority
