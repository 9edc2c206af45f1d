// A stop that wakes a sleeper, for commands that run until they are told to end.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace daymark::cli {

/// Safe from several threads.
class StopFlag {
 public:
  void set() {
    const std::scoped_lock lock(mutex_);
    set_ = true;
    changed_.notify_all();
  }

  /// Sleeps for real time, whatever the domain clock says; true once stopped.
  bool sleep(std::chrono::milliseconds span) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, span, [this] { return set_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

}  // namespace daymark::cli
