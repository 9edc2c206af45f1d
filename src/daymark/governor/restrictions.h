// Announced orders and suspensions: when they bind and when they end (PROTOCOL §2). Core; plain
// functions over the state.
#pragma once

#include <optional>

#include "daymark/governor/state.h"
#include "daymark/order/appeal.h"

namespace daymark::governor {

/// PROTOCOL §5: a restriction starts once `earliest` passes its start…
[[nodiscard]] inline bool has_started(UnixMillis start, const ClockReading& clock) {
  return clock.earliest > start;
}

/// …and whatever ends is over once `latest` has reached its end. Without fresh time nothing is.
[[nodiscard]] inline bool is_over(UnixMillis end, const ClockReading& clock) {
  return clock.fresh && clock.latest >= end;
}

/// What a suspension order asks for.
struct SuspensionNotice {
  UnixMillis logged_at;
  UnixMillis binds_at;
  UnixMillis until;
};

/// When it may bind: no notice runs during an earlier suspension (PROTOCOL §2.4), whether that one
/// is active or announced.
[[nodiscard]] UnixMillis binding_time(const State& state, const SuspensionNotice& asked,
                                      Millis notice);

/// Keeps the queue sorted by binding time. Errors: errc::gov_queue_full.
[[nodiscard]] Result<void> announce(State& state, const Pending& pending);

/// Takes the first announced order whose start has passed off the queue.
[[nodiscard]] std::optional<Pending> take_started(State& state, const ClockReading& clock);

/// How much suspension the charter still allows at `at`: S less what was served in the 365 days
/// before.
[[nodiscard]] Millis suspension_budget(const State& state, const order::Bounds& bounds,
                                       UnixMillis at);

/// Suspends now, unless its time is over or the year's budget is spent. False where it does not.
[[nodiscard]] bool begin_suspension(State& state, const Pending& pending,
                                    const order::Bounds& bounds, const ClockReading& clock);

/// Ends the active suspension as of `at` and enters it into what was served.
void end_suspension(State& state, UnixMillis at);

/// A `resume`: one for the fleet lifts the fleet's suspensions, one for the chip lifts all,
/// announced ones as well. True where there was one.
[[nodiscard]] bool lift_suspensions(State& state, order::Stream scope, const ClockReading& clock);

/// A proven appeal (PROTOCOL §2.7): the suspension that it names ends at the term, logged time +
/// appeal time, unless it is confirmed. Returns the term; the same appeal again changes nothing.
/// Errors: errc::gov_appeal_moot, errc::gov_appealed for a second appeal, errc::gov_queue_full.
[[nodiscard]] Result<UnixMillis> enter_appeal(State& state, const order::ProvenAppeal& appeal,
                                              Millis appeal_time);

/// An order that confirms an appealed suspension.
struct Confirmation {
  Digest appeal{};
  UnixMillis logged_at;
};

/// Restores the end that the suspension had before the appeal, also where it has ended since: the
/// logged time counts, so that a host gains nothing by handing it over late. False where it was
/// logged after the term, or nothing is left to confirm. Errors: errc::gov_queue_full.
[[nodiscard]] Result<bool> confirm_suspension(State& state, const Confirmation& confirmation,
                                              const ClockReading& clock);

/// Forgets appeals against suspensions that would be over without them.
void forget_appeals(State& state, const ClockReading& clock);

/// Removes announced orders of the fleet's stream: the chip left that fleet.
void drop_fleet_orders(State& state);

}  // namespace daymark::governor
