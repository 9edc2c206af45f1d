// A stop that wakes a sleeper, for commands that run until they are told to end.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace daymark::cli {

/// Safe from several threads.
class StopFlag {
 public:
  void set() { source_.request_stop(); }

  /// For work that can be ended in between.
  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

  /// Sleeps for real time, whatever the domain clock says; true once stopped.
  bool sleep(std::chrono::milliseconds span) {
    std::unique_lock lock(mutex_);
    const std::stop_token stop = token();
    return changed_.wait_for(lock, stop, span, [&] { return stop.stop_requested(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::stop_source source_;
};

}  // namespace daymark::cli
