#include "daymark/authority/retry_loop.h"

#include <algorithm>
#include <chrono>

namespace daymark::authority {

Millis next_pause(const RetryPace& pace, Millis last, bool left_over) {
  if (!left_over) return pace.shortest;
  return std::clamp(Millis{last.value * 2}, pace.shortest, pace.longest);
}

RetryLoop::RetryLoop(RetryPace pace, std::function<bool()> attempt)
    : pace_(pace),
      attempt_(std::move(attempt)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

RetryLoop::~RetryLoop() {
  thread_.request_stop();
  thread_.join();
}

void RetryLoop::run(const std::stop_token& stop) {
  Millis pause{};
  while (!stop.stop_requested()) {
    pause = next_pause(pace_, pause, attempt_());
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, std::chrono::milliseconds(pause.value), [] { return false; });
  }
}

}  // namespace daymark::authority
