// How often a caller may ask: one bucket of tokens per credential. Host only.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "daymark/base/time.h"
#include "daymark/base/units.h"

namespace daymark::authority {

/// A caller may ask `burst` times at once and `per_second` times on the whole.
struct RateLimit {
  std::uint32_t per_second = 100;
  std::uint32_t burst = 400;
};

/// Safe from several threads. Keeps a bucket for each caller of the last while: no more than asked
/// within the time that a bucket takes to fill, and the few that were not cleared yet.
class RateLimiter {
 public:
  /// `clock` outlives the limiter.
  RateLimiter(RateLimit limit, Clock& clock) : limit_(limit), clock_(clock) {}

  /// Takes a token of this caller. Zero where there was one, else the time until there is one.
  [[nodiscard]] Millis take(const std::string& caller);

 private:
  struct Bucket {
    std::int64_t millitokens = 0;
    TickMillis filled;
  };

  [[nodiscard]] std::int64_t full() const { return std::int64_t{limit_.burst} * 1000; }

  void refill(Bucket& bucket, TickMillis now) const;
  void forget_full_buckets(TickMillis now);

  RateLimit limit_;
  Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Bucket> buckets_;
};

}  // namespace daymark::authority
