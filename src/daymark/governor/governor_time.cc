// What time alone brings about.
#include <algorithm>
#include <utility>

#include "daymark/governor/errors.h"
#include "daymark/governor/governor.h"

namespace daymark::governor {

namespace {

constexpr std::int64_t grace_parts = 32;
constexpr Millis grace_least = seconds(1);
constexpr Millis grace_most = hours(1);

/// How much grace is reserved at a time: little enough that a reset costs little, much enough that
/// the flash is written seldom.
Millis grace_chunk(Millis grace) {
  return std::clamp(Millis{grace.value / grace_parts}, grace_least, grace_most);
}

}  // namespace

void Governor::settle() {
  while (settle_once())
    changed_ = true;
}

/// One thing that is due, the most favourable first; false where nothing is.
bool Governor::settle_once() {
  if (!governed()) return false;
  if (has_started(charter_.silence.sunset, now_.clock)) {
    release();
    return true;
  }
  if (state_.suspension.active && suspension_over()) {
    end_suspension(state_, state_.suspension.until);
    return true;
  }
  forget_appeals(state_, now_.clock);
  if (promote(state_, now_.clock)) return true;
  // One suspension at a time; the next one waits for its turn in the queue.
  const auto due = take_started(state_, now_.clock);
  if (!due) return false;
  bind(*due);
  return true;
}

void Governor::bind(const Pending& pending) {
  switch (pending.what.kind) {
    case order::OrderKind::suspend:
      if (state_.suspension.active) end_suspension(state_, now_.clock.earliest);
      if (begin_suspension(state_, pending, charter_.bounds, now_.clock)) {
        suspended_tick_ = now_.tick;
        running_.held = false;
      }
      break;
    case order::OrderKind::policy:
      state_.policy = {true, pending.digest, pending.level_least};
      break;
    case order::OrderKind::firmware: state_.firmware = {pending.version, pending.digest}; break;
    case order::OrderKind::amend:
    case order::OrderKind::transfer: bind_charter(pending); break;
    default: break;
  }
}

/// The waiting charter holds from now on; the one before judges what was logged before.
void Governor::bind_charter(const Pending& pending) {
  std::swap(state_.charter, state_.other);
  state_.other_role = OtherCharter::left;
  state_.left_at = pending.what.binds_at;
  // It was parsed when the order was proven, so it can be parsed again.
  if (!order::parse_charter_into(state_.charter, charter_)) broken_ = true;
  if (pending.what.kind == order::OrderKind::transfer) {
    state_.fleet = order::StreamHead{};
    state_.policy = Policy{};
    state_.request_held = false;
    state_.request = Digest{};
    drop_fleet_orders(state_);
  }
  timekeeper_.adopt(&charter_, now_.clock.earliest);
  now_ = timekeeper_.at(now_.tick);
  now_.clock.earliest = std::max(now_.clock.earliest, state_.floor);
}

void Governor::release() {
  state_.life = Life::released;
  state_.pending_count = 0;
  state_.suspension = Suspension{};
  state_.appealed_count = 0;
  state_.other = ByteView();
  state_.other_role = OtherCharter::none;
  state_.request_held = false;
  state_.request = Digest{};
  state_.lapsed_since = UnixMillis{};
  was_in_grace_ = false;
}

/// A stated end counts by the beacons' time, and without them by the chip's own tick: the true time
/// has moved by at least that much since this boot first knew of the suspension.
bool Governor::suspension_over() const {
  const Suspension& suspension = state_.suspension;
  if (is_over(suspension.until, now_.clock)) return true;
  if (has_started(suspension.until, now_.clock)) return true;
  return now_.tick - suspended_tick_ >= suspension.until - suspension.since;
}

bool Governor::lapse_over() const {
  if (!governed() || !lapsed_) return false;
  const Millis longest = charter_.silence.lapsed_longest;
  if (now_.tick - lapsed_tick_ >= longest) return true;
  return state_.lapsed_since.value > 0 && is_over(state_.lapsed_since + longest, now_.clock);
}

/// Notes since when nothing is granted any more; a chip without any time notes it once it has some.
void Governor::track_lapse() {
  const bool lapsed = governed() && state_.ever_licensed() && grace().value == 0 &&
                      licence_fault(state_, now_.clock) != Errc{};
  if (lapsed && !lapsed_) lapsed_tick_ = now_.tick;
  lapsed_ = lapsed;
  if (!lapsed && state_.lapsed_since.value != 0) {
    state_.lapsed_since = UnixMillis{};
    changed_ = true;
  }
  if (lapsed && state_.lapsed_since.value == 0 && now_.clock.earliest.value > 0) {
    state_.lapsed_since = now_.clock.earliest;
    changed_ = true;
  }
}

/// Powered time in grace, from what was reserved first.
void Governor::spend_grace(Millis elapsed) {
  const Millis reserved = std::min(elapsed, reserved_);
  reserved_ = reserved_ - reserved;
  const Millis rest = std::min(elapsed - reserved, state_.grace_left);
  if (rest.value == 0) return;
  state_.grace_left = state_.grace_left - rest;
  changed_ = true;
}

/// PROTOCOL §5: reserved in non-volatile memory before it is spent.
void Governor::reserve_grace() {
  if (reserved_.value > 0 || state_.grace_left.value == 0) return;
  const Millis chunk = std::min(grace_chunk(charter_.bounds.grace), state_.grace_left);
  state_.grace_left = state_.grace_left - chunk;
  reserved_ = chunk;
  changed_ = true;
}

/// What was reserved and not spent is given back once a licence holds again; a reset before the
/// next save loses it, as it would have without.
void Governor::return_grace() {
  state_.grace_left = state_.grace_left + reserved_;
  reserved_ = Millis{};
}

/// The part of the last step for which the licence didn't count any more.
Millis Governor::overshoot(Millis elapsed) const {
  Millis over{};
  const Errc fault = licence_fault(state_, now_.clock);
  if (fault == errc::gov_licence_ended) over = now_.clock.latest - state_.current.leaf.not_after;
  if (fault == errc::gov_time_unknown) over = -now_.fresh_for;
  return std::clamp(over, Millis{}, elapsed);
}

}  // namespace daymark::governor
