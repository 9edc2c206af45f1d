// The service's figures in OpenMetrics 1.0. Host only.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "daymark/authority/records.h"

namespace daymark::authority {

inline constexpr std::string_view openmetrics_type =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Counts answers by status. Safe from several threads.
class AnswerTally {
 public:
  void count(unsigned status) {
    const std::scoped_lock lock(mutex_);
    ++by_status_[status];
  }

  [[nodiscard]] std::map<unsigned, std::uint64_t> by_status() const {
    const std::scoped_lock lock(mutex_);
    return by_status_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<unsigned, std::uint64_t> by_status_;
};

struct PeerCount {
  std::uint64_t reachable = 0;
  std::uint64_t of = 0;
};

/// What /metrics shows: counts alone, nothing of a single chip or order.
struct Figures {
  std::uint64_t log_entries = 0;
  RecordCounts records;
  PeerCount witnesses;
  PeerCount mirrors;
  std::map<unsigned, std::uint64_t> answers;  ///< by HTTP status
};

/// Text of `openmetrics_type`, ended by "# EOF".
[[nodiscard]] std::string metrics_text(const Figures& figures);

}  // namespace daymark::authority
