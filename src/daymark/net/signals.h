// SIGINT and SIGTERM as an ordinary call on an ordinary thread. Host only.
#pragma once

#include <csignal>
#include <functional>
#include <thread>

#include "daymark/net/descriptor.h"

namespace daymark::net {

/// Blocks SIGINT and SIGTERM in the calling thread and calls `on_stop` on a thread of its own for
/// each that arrives. Make it before other threads start: they inherit the mask, and a thread
/// without it would take the signal the old way. A child process inherits the mask too: give it
/// `unblock_stop_signals()` between fork and exec. The destructor restores the old mask.
class StopSignals {
 public:
  explicit StopSignals(std::function<void()> on_stop);
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  StopSignals(StopSignals&&) = delete;
  StopSignals& operator=(StopSignals&&) = delete;
  ~StopSignals();

 private:
  void wait(const std::function<void()>& on_stop) const;

  sigset_t old_mask_{};
  Descriptor signals_;
  Descriptor ending_;
  std::thread thread_;
};

/// Lets SIGINT and SIGTERM through again: for a child between fork and exec. Async-signal-safe.
void unblock_stop_signals();

}  // namespace daymark::net
