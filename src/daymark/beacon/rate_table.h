// How often somebody may do something: token buckets in a bounded table. Host only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>

namespace daymark::beacon {

/// `burst` uses at once, then one every `nanos_each`.
struct Rate {
  std::int64_t burst = 1;
  std::int64_t nanos_each = 1'000'000'000;
};

/// One bucket a key. A table that is full of keys with recent use refuses new keys: an attacker
/// with many keys can shut out newcomers, but can't exhaust memory or anybody's running sessions.
/// Not thread-safe.
template <class Key>
class RateTable {
 public:
  RateTable(const Rate& rate, std::size_t keys_max) : rate_(rate), keys_max_(keys_max) {}

  /// Takes one use for `key` at `now` (nanoseconds of a clock that doesn't go back), or says no.
  [[nodiscard]] bool take(const Key& key, std::int64_t now) {
    const auto found = buckets_.find(key);
    if (found != buckets_.end()) return take_from(found->second, now);
    if (buckets_.size() >= keys_max_) drop_idle(now);
    if (buckets_.size() >= keys_max_) return false;
    buckets_.emplace(key, now + rate_.nanos_each);
    return true;
  }

  [[nodiscard]] std::size_t size() const { return buckets_.size(); }

 private:
  /// A bucket is the moment at which it will be full again.
  bool take_from(std::int64_t& full_at, std::int64_t now) const {
    const std::int64_t next = std::max(full_at, now) + rate_.nanos_each;
    if (next - now > rate_.burst * rate_.nanos_each) return false;
    full_at = next;
    return true;
  }

  /// Forgets full buckets; at most once a second, because it walks the table.
  void drop_idle(std::int64_t now) {
    constexpr std::int64_t pause = 1'000'000'000;
    if (now - dropped_at_ < pause && dropped_once_) return;
    dropped_at_ = now;
    dropped_once_ = true;
    std::erase_if(buckets_, [now](const auto& entry) { return entry.second <= now; });
  }

  Rate rate_;
  std::size_t keys_max_;
  std::map<Key, std::int64_t> buckets_;
  std::int64_t dropped_at_ = 0;
  bool dropped_once_ = false;
};

}  // namespace daymark::beacon
