// Quantities as types: two of them can't be mixed up, and every name carries its unit. Core.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace daymark {

/// A number with a meaning. `Tag` keeps two meanings apart; only what is defined here converts.
template <class Tag, class Rep>
struct Quantity {
  Rep value{};

  friend constexpr auto operator<=>(const Quantity&, const Quantity&) = default;
};

/// A span of time in milliseconds; may be negative.
using Millis = Quantity<struct MillisTag, std::int64_t>;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
using UnixMillis = Quantity<struct UnixMillisTag, std::int64_t>;

/// A point on one device's own monotonic clock, in milliseconds; meaningless on another device.
using TickMillis = Quantity<struct TickMillisTag, std::int64_t>;

/// Number of leaves of a Merkle tree.
using TreeSize = Quantity<struct TreeSizeTag, std::uint64_t>;

/// Zero-based position of a leaf.
using LeafIndex = Quantity<struct LeafIndexTag, std::uint64_t>;

/// Time between sending a challenge and receiving its answer, on the challenger's clock.
using RoundTripNanos = Quantity<struct RoundTripTag, std::int64_t>;

/// 10^12 arithmetic operations.
using TeraOps = Quantity<struct TeraOpsTag, std::uint64_t>;

using Joules = Quantity<struct JoulesTag, std::uint64_t>;

/// Time one chip was held, in chip-milliseconds.
using ChipMillis = Quantity<struct ChipMillisTag, std::uint64_t>;

using Metres = Quantity<struct MetresTag, double>;

[[nodiscard]] constexpr Millis seconds(std::int64_t n) {
  return {n * 1000};
}

[[nodiscard]] constexpr Millis minutes(std::int64_t n) {
  return {n * 60'000};
}

[[nodiscard]] constexpr Millis hours(std::int64_t n) {
  return {n * 3'600'000};
}

[[nodiscard]] constexpr Millis days(std::int64_t n) {
  return {n * 86'400'000};
}

/// a + b that stops at the ends of the range instead of wrapping: times come from outside.
[[nodiscard]] constexpr std::int64_t add_saturating(std::int64_t a, std::int64_t b) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  if (b > 0 && a > most - b) return most;
  if (b < 0 && a < least - b) return least;
  return a + b;
}

[[nodiscard]] constexpr Millis operator+(Millis a, Millis b) {
  return {add_saturating(a.value, b.value)};
}

[[nodiscard]] constexpr Millis operator-(Millis a) {
  return {a.value == std::numeric_limits<std::int64_t>::min()
              ? std::numeric_limits<std::int64_t>::max()
              : -a.value};
}

[[nodiscard]] constexpr Millis operator-(Millis a, Millis b) {
  return a + (-b);
}

[[nodiscard]] constexpr UnixMillis operator+(UnixMillis t, Millis d) {
  return {add_saturating(t.value, d.value)};
}

[[nodiscard]] constexpr UnixMillis operator-(UnixMillis t, Millis d) {
  return t + (-d);
}

[[nodiscard]] constexpr Millis operator-(UnixMillis a, UnixMillis b) {
  return Millis{a.value} - Millis{b.value};
}

[[nodiscard]] constexpr TickMillis operator+(TickMillis t, Millis d) {
  return {add_saturating(t.value, d.value)};
}

[[nodiscard]] constexpr Millis operator-(TickMillis a, TickMillis b) {
  return Millis{a.value} - Millis{b.value};
}

}  // namespace daymark
