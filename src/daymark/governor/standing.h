// What a chip may do at one moment, and why (PROTOCOL §6.1). Core.
#pragma once

#include <cstdint>

#include "daymark/base/error.h"
#include "daymark/base/units.h"

namespace daymark::governor {

enum class Standing : std::uint8_t {
  unprovisioned = 0,  ///< no charter: governs nothing
  observing = 1,      ///< records what it would refuse, refuses nothing
  licensed = 2,
  grace = 3,      ///< as the last licence, for a bounded powered time
  lapsed = 4,     ///< grants nothing until a licence is accepted
  suspended = 5,  ///< grants nothing until a stated end
  released = 6,   ///< free for good
};

inline constexpr std::uint8_t standing_max = 6;

/// Whether permits are granted without any check.
[[nodiscard]] constexpr bool is_free(Standing standing) {
  return standing == Standing::unprovisioned || standing == Standing::observing ||
         standing == Standing::released;
}

/// The chip's time (PROTOCOL §5).
struct ClockReading {
  bool fresh = false;  ///< younger than the charter's time_age; else only `earliest` means anything
  UnixMillis earliest;  ///< the true time is not before it
  UnixMillis latest;    ///< the true time is not after it; 0 where not fresh
  friend constexpr bool operator==(const ClockReading&, const ClockReading&) = default;
};

/// Whether the measured round trips show the chip within its licence's fence.
enum class FenceResult : std::uint8_t {
  none = 0,     ///< the licence names no fence
  inside = 1,   ///< shown by receipts that still count
  outside = 2,  ///< receipts that still count don't show it
  stale = 3,    ///< too few receipts still count
};

}  // namespace daymark::governor
