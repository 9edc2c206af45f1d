// Positions in the feed of a chip. Host only.
#pragma once

#include <compare>
#include <cstdint>

namespace daymark::authority {

/// How far a reader came in the fleet stream and in the chip's own.
struct FeedPosition {
  std::uint64_t fleet_seq = 0;
  std::uint64_t own_seq = 0;
  friend bool operator==(const FeedPosition&, const FeedPosition&) = default;
};

/// Whether `next` is further than `at` in one stream and not behind it in the other.
[[nodiscard]] constexpr bool is_onward(const FeedPosition& at, const FeedPosition& next) {
  return next.fleet_seq >= at.fleet_seq && next.own_seq >= at.own_seq && !(next == at);
}

}  // namespace daymark::authority
