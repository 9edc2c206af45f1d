// From the socket's stamps to one monotonic clock (PROTOCOL §9.1). Host only.
//
// The kernel stamps packets on the real-time clock, which somebody may set while a round trip is
// under way; a step back would make it too short. So each stamp is carried over to the monotonic
// clock by the offset at its own time, and where that offset has just changed, the program's own
// monotonic time is taken: before sending and after receiving, so that it can only lengthen.
#pragma once

#include <cstdint>
#include <optional>

#include "daymark/beacon/session_table.h"
#include "daymark/net/udp.h"

namespace daymark::beacon {

/// Both clocks, read together.
struct ClockPair {
  std::int64_t realtime = 0;
  std::int64_t monotonic = 0;

  [[nodiscard]] std::int64_t offset() const { return realtime - monotonic; }
};

[[nodiscard]] ClockPair read_clocks();

/// The monotonic clock alone.
[[nodiscard]] std::int64_t monotonic_nanos();

/// Offsets that differ by more than this mean that the real-time clock was set.
inline constexpr std::int64_t offset_tolerance_nanos = 50'000;

class StampBridge {
 public:
  /// Both clocks, read after packets were taken from the socket, or while none came.
  void advance(const ClockPair& now);

  /// A packet that was taken from the socket before the last `advance`. A kernel's stamp counts
  /// where the offset has not changed since the packet came: a packet may have waited in the socket
  /// while the clock was set.
  [[nodiscard]] StampNanos received(const net::Stamp& stamp) const;

  /// A packet left between the readings `before` and `after`.
  [[nodiscard]] static StampNanos sent(const net::Stamp& stamp, const ClockPair& before,
                                       const ClockPair& after);

 private:
  std::optional<std::int64_t> offset_;
  std::int64_t steady_since_ = 0;  ///< when this offset was first seen
  std::int64_t now_ = 0;
};

}  // namespace daymark::beacon
