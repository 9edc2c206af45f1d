#include "daymark/authority/rate_limiter.h"

#include <algorithm>

namespace daymark::authority {

namespace {

constexpr std::int64_t one_token = 1000;
constexpr std::size_t buckets_kept = 1024;

}  // namespace

Millis RateLimiter::take(const std::string& caller) {
  const std::scoped_lock lock(mutex_);
  const TickMillis now = clock_.tick();
  if (buckets_.size() >= buckets_kept) forget_full_buckets(now);
  Bucket& bucket = buckets_.try_emplace(caller, Bucket{full(), now}).first->second;
  refill(bucket, now);
  if (bucket.millitokens >= one_token) {
    bucket.millitokens -= one_token;
    return Millis{0};
  }
  // A millisecond brings `per_second` millitokens; rounded up.
  const std::int64_t rate = std::max<std::int64_t>(limit_.per_second, 1);
  return Millis{(one_token - bucket.millitokens + rate - 1) / rate};
}

void RateLimiter::refill(Bucket& bucket, TickMillis now) const {
  // A tick that went back brings nothing and takes nothing. Beyond the time that fills the bucket
  // nothing is gained, and the product stays small.
  const std::int64_t elapsed =
      std::clamp<std::int64_t>(now.value - bucket.filled.value, 0, full() + 1);
  bucket.millitokens = std::min(full(), bucket.millitokens + elapsed * limit_.per_second);
  bucket.filled = now;
}

void RateLimiter::forget_full_buckets(TickMillis now) {
  std::erase_if(buckets_, [&](const auto& item) {
    Bucket bucket = item.second;
    refill(bucket, now);
    return bucket.millitokens == full();
  });
}

}  // namespace daymark::authority
