#include "daymark/governor/restrictions.h"

#include <algorithm>

#include "daymark/governor/errors.h"
#include "daymark/order/errors.h"

namespace daymark::governor {

namespace {

constexpr Millis year = days(365);

void remove_pending(State& state, std::size_t at) {
  for (std::size_t i = at + 1; i < state.pending_count; ++i)
    state.pending[i - 1] = state.pending[i];
  --state.pending_count;
}

template <class Predicate>
std::size_t remove_pending_if(State& state, Predicate unwanted) {
  std::size_t removed = 0;
  for (std::size_t i = state.pending_count; i-- > 0;) {
    if (!unwanted(state.pending[i].what)) continue;
    remove_pending(state, i);
    ++removed;
  }
  return removed;
}

/// Makes room by joining the two oldest spans into one of their summed length that ends where the
/// younger did: the sum stays, and counts for at least as long.
void join_oldest(State& state) {
  const ServedSpan first = state.served[0];
  ServedSpan& second = state.served[1];
  second.start = second.start - (first.end - first.start);
  for (std::size_t i = 1; i < state.served_count; ++i)
    state.served[i - 1] = state.served[i];
  --state.served_count;
}

template <class Predicate>
void remove_appealed_if(State& state, Predicate unwanted) {
  const auto list = state.appealed_list();
  const auto end = std::remove_if(list.begin(), list.end(), unwanted);
  state.appealed_count = static_cast<std::size_t>(end - list.begin());
}

Appealed* find_appealed(State& state, const Digest& order) {
  for (Appealed& appealed : state.appealed_list())
    if (appealed.order == order) return &appealed;
  return nullptr;
}

Pending* find_announced(State& state, const Digest& order) {
  for (Pending& pending : state.pending_list())
    if (pending.what.order == order) return &pending;
  return nullptr;
}

/// The end of a suspension that is announced or active, and its stream.
struct Ending {
  UnixMillis* until = nullptr;
  order::Stream stream = order::Stream::fleet;
};

Ending ending_of(State& state, const Digest& order) {
  if (state.suspension.active && state.suspension.order == order) {
    return {&state.suspension.until, state.suspension.stream};
  }
  Pending* const announced = find_announced(state, order);
  const bool suspends = announced != nullptr && announced->what.kind == order::OrderKind::suspend;
  if (!suspends) return {};
  return {&announced->what.until, announced->what.stream};
}

Millis overlap(const ServedSpan& span, UnixMillis from, UnixMillis to) {
  const UnixMillis start = std::max(span.start, from);
  const UnixMillis end = std::min(span.end, to);
  return start < end ? end - start : Millis{};
}

}  // namespace

UnixMillis binding_time(const State& state, const SuspensionNotice& asked, Millis notice) {
  UnixMillis earlier_end{};
  if (state.suspension.active) earlier_end = state.suspension.until;
  for (const Pending& pending : state.pending_list()) {
    const bool suspends = pending.what.kind == order::OrderKind::suspend;
    if (suspends) earlier_end = std::max(earlier_end, pending.what.until);
  }
  if (asked.logged_at >= earlier_end) return asked.binds_at;
  return std::max(asked.binds_at, earlier_end + notice);
}

Result<void> announce(State& state, const Pending& pending) {
  if (state.pending_count == pending_max) return fail(errc::gov_queue_full);
  std::size_t at = state.pending_count++;
  for (; at > 0 && state.pending[at - 1].what.binds_at > pending.what.binds_at; --at)
    state.pending[at] = state.pending[at - 1];
  state.pending[at] = pending;
  return ok();
}

std::optional<Pending> take_started(State& state, const ClockReading& clock) {
  if (state.pending_count == 0) return {};
  const Pending first = state.pending[0];
  if (!has_started(first.what.binds_at, clock)) return {};
  remove_pending(state, 0);
  return first;
}

Millis suspension_budget(const State& state, const order::Bounds& bounds, UnixMillis at) {
  Millis served{};
  for (std::size_t i = 0; i < state.served_count; ++i)
    served = served + overlap(state.served[i], at - year, at);
  if (state.suspension.active) {
    served = served + overlap({state.suspension.since, state.suspension.until}, at - year, at);
  }
  return std::max(Millis{}, bounds.suspension_budget - served);
}

bool begin_suspension(State& state, const Pending& pending, const order::Bounds& bounds,
                      const ClockReading& clock) {
  const UnixMillis since = std::max(pending.what.binds_at, clock.earliest);
  const Millis budget = suspension_budget(state, bounds, since);
  const Millis longest = std::min(budget, bounds.suspension_longest);
  const UnixMillis until = std::min(pending.what.until, since + longest);
  if (until <= since || is_over(until, clock)) return false;
  state.suspension = {true, pending.what.stream, pending.what.order, since, until};
  Appealed* const appealed = find_appealed(state, pending.what.order);
  if (appealed != nullptr) appealed->until = std::min(appealed->until, since + longest);
  return true;
}

void end_suspension(State& state, UnixMillis at) {
  const Suspension ended = state.suspension;
  state.suspension = Suspension{};
  if (!ended.active) return;
  const UnixMillis end = std::max(ended.since, std::min(at, ended.until));
  if (state.served_count == served_max) join_oldest(state);
  state.served[state.served_count++] = {ended.since, end};
}

bool lift_suspensions(State& state, order::Stream scope, const ClockReading& clock) {
  const auto covers = [&](order::Stream stream) {
    return scope == order::Stream::chip || stream == order::Stream::fleet;
  };
  const std::size_t announced = remove_pending_if(state, [&](const Announced& what) {
    return what.kind == order::OrderKind::suspend && covers(what.stream);
  });
  remove_appealed_if(state, [&](const Appealed& one) { return covers(one.stream); });
  if (!state.suspension.active || !covers(state.suspension.stream)) return announced > 0;
  end_suspension(state, clock.fresh ? clock.latest : clock.earliest);
  return true;
}

Result<UnixMillis> enter_appeal(State& state, const order::ProvenAppeal& appeal,
                                Millis appeal_time) {
  const Digest& order = appeal.appeal().order;
  if (const Appealed* const known = find_appealed(state, order)) {
    return known->appeal == appeal.appeal().hash ? Result<UnixMillis>(known->term)
                                                 : fail(errc::gov_appealed, field::appealed);
  }
  const Ending ending = ending_of(state, order);
  if (ending.until == nullptr || appeal.logged_at() >= *ending.until) {
    return fail(errc::gov_appeal_moot, field::appealed);
  }
  if (state.appealed_count == appealed_max) return fail(errc::gov_queue_full);
  const UnixMillis term = appeal.logged_at() + appeal_time;
  state.appealed[state.appealed_count++] = {appeal.appeal().hash, order, ending.stream, term,
                                            *ending.until,        false};
  *ending.until = std::min(*ending.until, term);
  return term;
}

Result<bool> confirm_suspension(State& state, const Confirmation& confirmation,
                                const ClockReading& clock) {
  const auto list = state.appealed_list();
  const auto found = std::ranges::find(list, confirmation.appeal, &Appealed::appeal);
  if (found == list.end() || found->confirmed) return false;
  if (confirmation.logged_at > found->term || is_over(found->until, clock)) return false;
  const Ending ending = ending_of(state, found->order);
  if (ending.until != nullptr) {
    *ending.until = found->until;
  } else {
    Pending again;
    again.what = {order::OrderKind::suspend, found->stream, found->order, confirmation.logged_at,
                  found->until};
    DAYMARK_CHECK(announce(state, again));
  }
  found->confirmed = true;
  return true;
}

void forget_appeals(State& state, const ClockReading& clock) {
  remove_appealed_if(state, [&](const Appealed& one) { return is_over(one.until, clock); });
}

void drop_fleet_orders(State& state) {
  remove_appealed_if(state, [](const Appealed& one) { return one.stream == order::Stream::fleet; });
  static_cast<void>(remove_pending_if(
      state, [](const Announced& what) { return what.stream == order::Stream::fleet; }));
}

}  // namespace daymark::governor
