// The same work for many indices on several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "daymark/base/failure.h"

namespace daymark::locate {

/// Calls `work(i)` once for every i below `count`, on `threads` threads (0: one for each core), and
/// `progress` after each, one at a time. Stops early at the first failure and returns it.
template <class Work, class Report>
Outcome<void> for_each_index(std::size_t count, std::size_t threads, const Work& work,
                             const Report& progress) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::optional<Failure> failed;  // guarded by mutex, as is done
  std::size_t done = 0;
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      const Outcome<void> result = work(i);
      const std::lock_guard lock(mutex);
      if (!result && !failed) failed = result.error();
      if (failed) return;
      progress(++done);
    }
  };
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < std::min(threads == 0 ? cores : threads, count); ++i)
      others.emplace_back(run);
    run();
  }
  if (failed) return std::unexpected(*failed);
  return {};
}

}  // namespace daymark::locate
