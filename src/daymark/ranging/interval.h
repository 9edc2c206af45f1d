// Time as an interval (PROTOCOL §5): what the chip knows of the true time. Core.
//
// Each operator's newest signed time says that the true time lay within time ± radius when it was
// signed, which was somewhere between drawing the nonce and receiving the answer. With n >= 2f+1
// operators of which at most f lie,
//
//   earliest = (f+1)-th largest lower end,   time - radius           + elapsed - drift
//   latest   = (f+1)-th smallest upper end,  time + radius + waited  + elapsed + drift
//
// enclose the true time: among f+1 ends one is honest. All roundings go outward; ticks are whole
// milliseconds, so each span is taken one millisecond shorter and longer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/order/charter.h"
#include "daymark/ranging/receipt.h"

namespace daymark::ranging {

/// Operators can't be more than beacons.
inline constexpr std::size_t operators_max = order::beacons_max;

/// Times of one operator that arrive within this span compete, and the narrowest is kept; after it
/// the newest replaces the old one, whatever its width.
inline constexpr Millis same_round = seconds(60);

/// One verified answer to a nonce of this chip.
struct SignedTime {
  std::size_t operator_index = 0;  ///< operator_of, 0 to operators_max - 1
  UnixMillis time;                 ///< what the beacon signed
  Millis radius;                   ///< its stated error
  Millis waited;                   ///< on the chip's own tick, from drawing the nonce to receipt
  TickMillis received;             ///< the chip's tick at receipt
};

/// The index of the operator of `beacons[beacon]`: that of the first beacon which it runs.
[[nodiscard]] std::size_t operator_of(std::span<const order::BeaconEntry> beacons,
                                      std::size_t beacon);

/// The signed time of a receipt whose nonce was drawn at tick `drawn` and that came at `received`.
[[nodiscard]] SignedTime signed_time(const VerifiedReceipt& receipt, std::size_t operator_index,
                                     TickMillis drawn, TickMillis received);

/// What is known at one tick. Never empty: earliest <= latest.
struct TimeBounds {
  UnixMillis earliest;
  UnixMillis latest;
  Millis age;  ///< since the oldest of the 2f+1 youngest nonces behind it was drawn
};

/// How the charter judges signed times.
struct TimeRule {
  std::uint32_t faults = 0;          ///< f
  std::uint32_t tick_drift_ppm = 0;  ///< stated error of the chip's tick, at most 1'000'000
};

/// Not thread-safe; trivially copyable.
class TimeInterval {
 public:
  explicit TimeInterval(const TimeRule& rule) : rule_(rule) {}

  /// Takes one answer in. Errors: errc::ranging_time for an index, radius or wait out of range.
  [[nodiscard]] Result<void> feed(const SignedTime& answer);

  /// None until 2f+1 operators have answered since the start. Never below `floor`, and a chip whose
  /// floor is above all it hears takes the floor for the time.
  [[nodiscard]] std::optional<TimeBounds> at(TickMillis now) const;

  /// The latest `earliest` that any answer has led to: the one thing to keep over a reset.
  [[nodiscard]] UnixMillis floor() const { return floor_; }

  /// After a reset, or after an `amend` that lowers the floor: forgets every answer.
  void restore(UnixMillis floor);

  /// An amended charter: keeps the answers, judges them by the new rule.
  void change_rule(const TimeRule& rule) { rule_ = rule; }

 private:
  struct Ends {
    UnixMillis earliest;
    UnixMillis latest;
    Millis age;
  };

  [[nodiscard]] Ends ends(const SignedTime& answer, TickMillis now) const;
  [[nodiscard]] bool beats(const SignedTime& newer, const SignedTime& older) const;
  void keep_earliest(TickMillis now);

  TimeRule rule_;
  std::array<std::optional<SignedTime>, operators_max> answers_{};
  UnixMillis floor_;
};

}  // namespace daymark::ranging
