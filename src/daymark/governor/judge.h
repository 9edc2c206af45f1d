// The rules that say what a chip may do now (PROTOCOL §4 to §6). Core; pure functions.
#pragma once

#include "daymark/governor/restrictions.h"
#include "daymark/governor/state.h"

namespace daymark::governor {

struct Judgement {
  Standing standing = Standing::unprovisioned;
  Errc reason{};  ///< 0 where nothing is held back
};

/// What the judgement rests on beside the state.
struct Facts {
  ClockReading clock;
  Millis grace;                   ///< all that is left of it, reserved or not
  bool silence_observes = false;  ///< the charter's on_silence
  bool lapse_over = false;        ///< the longest time in `lapsed` has passed
};

[[nodiscard]] Judgement judge(const State& state, const Facts& facts);

/// Why the current licence doesn't count now; 0 where it does.
/// errc::gov_time_unknown, errc::gov_licence_ended, errc::gov_licence_ahead or errc::gov_allowance.
[[nodiscard]] Errc licence_fault(const State& state, const ClockReading& clock);

/// G, or twice G where the charter answers silence with extended grace.
[[nodiscard]] Millis grace_of(const order::Charter& charter);

/// Whether `newer` takes nothing away that `older` still grants (PROTOCOL §2.3); `used` was charged
/// to `older`. Fences count as no narrower only where they are the same.
[[nodiscard]] bool nowhere_narrower(const order::Leaf& newer, const order::Leaf& older,
                                    TeraOps used);

/// Moves on to the following licence where the current one has ended or none is held, and the
/// following one has begun. True where it did.
[[nodiscard]] bool promote(State& state, const ClockReading& clock);

}  // namespace daymark::governor
