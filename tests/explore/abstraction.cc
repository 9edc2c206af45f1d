#include "abstraction.h"

#include <algorithm>
#include <cstring>

#include "daymark/governor/judge.h"
#include "daymark/governor/restrictions.h"

namespace daymark::explore {

namespace {

using governor::Pending;
using governor::State;

constexpr Millis grace_cap = seconds(4);

/// What a reset would bring back of what moves between two saves.
struct Saved {
  UnixMillis floor;
  Millis grace;
  std::span<const governor::Appealed> appeals;
};

Saved saved_by(Actor& actor) {
  static State state{ledger::Peak{}};
  auto& storage = actor.machine.storage;
  const auto slot = storage.load(static_cast<unsigned>(actor.state().counter % 2));
  if (!slot || slot->size() <= sizeof(Digest)) return {};
  if (!governor::read_state(slot->subspan(sizeof(Digest)), ledger::Peak{}, state)) return {};
  return {state.floor, state.grace_left, std::as_const(state).appealed_list()};
}

/// Sums of spans whose ends lie some milliseconds apart: to the second, and exactly where the sum
/// is about to run out.
Millis rounded(Millis span) {
  return span < minutes(1) ? span : seconds((span.value + 500) / 1000);
}

/// From the nearest whole second.
Millis off(Millis span) {
  const std::int64_t rest = span.value % 1000;
  return Millis{std::min(rest, 1000 - rest)};
}

class Words {
 public:
  void put(std::int64_t value) { put({value, false}); }

  void put(Millis span) { put({span.value, true}); }

  /// `t` seen from the true time; what is more than `back` past is as good as any.
  void relative(UnixMillis t, UnixMillis now, Millis back) { put(std::max(t - now, -back)); }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void put(const Word& word) {
    out_.push_back(word.span ? 's' : '.');
    out_.append(reinterpret_cast<const char*>(&word.value), sizeof word.value);
  }

  std::string out_;
};

/// How far back `earliest` lies, exactly where something is decided by it: while answers of beacons
/// move it, or where it has passed the start of an order that is kept back. Else it stands still
/// before everything that binds, and only says how long ago a chip lapsed and how long a permit
/// lives; both are settled after a unit.
void put_earliest(UnixMillis earliest, bool moves, Actor& actor, Words& out) {
  const Host& host = actor.machine.host;
  bool decides = moves;
  if (host.withheld >= 0) {
    decides = decides || earliest >= actor.mint.at(host.withheld).logged_at + unit;
  }
  out.relative(earliest, host.now, decides ? unit + unit + unit : unit + seconds(2));
}

void put_time(Actor& actor, Words& out) {
  const Host& host = actor.machine.host;
  const governor::ClockReading clock = actor.machine.governor().clock();
  out.put((host.now - order::testing::world_start).value % unit.value == 0 ? 1 : 0);
  out.put(clock.fresh ? 1 : 0);
  const Millis left = host.ranged + unit - host.tick;
  out.put(host.ranged_once ? 1 : 0);
  out.put(host.ranged_once ? std::max(left, Millis{-1}) : Millis{-2});
  put_earliest(clock.earliest, host.ranged_once, actor, out);
  out.put(clock.fresh ? clock.latest - host.now : Millis{});
  const Saved saved = saved_by(actor);
  put_earliest(saved.floor, false, actor, out);
  // Grace that came back and is not saved yet is lost by a reset, and appeals that were forgotten
  // come back.
  out.put(std::min(saved.grace, grace_cap));
  out.put(static_cast<std::int64_t>(saved.appeals.size()));
  for (const governor::Appealed& appealed : saved.appeals) {
    out.relative(appealed.term, host.now, seconds(2));
    out.relative(appealed.until, host.now, Millis{});
    out.put(appealed.confirmed ? 1 : 0);
  }
  out.put(static_cast<std::int64_t>(host.stage));
}

/// What has ended is over for any true time from then on, so that the past needs no distance.
void put_licence(const governor::Licence& licence, UnixMillis now, Words& out) {
  out.put(licence.held ? 1 : 0);
  if (!licence.held) return;
  out.relative(licence.leaf.not_before, now, Millis{});
  out.relative(licence.leaf.not_after, now, Millis{});
  out.put(licence.used >= licence.leaf.allowance ? 1 : 0);
  out.put(static_cast<std::int64_t>(licence.leaf.allowance.value));
  out.put(licence.leaf.cluster_max);
}

void put_grants(Actor& actor, Words& out) {
  const State& state = actor.state();
  const Host& host = actor.machine.host;
  put_licence(state.current, host.now, out);
  put_licence(state.next, host.now, out);
  out.put(state.denial.id != 0 ? 1 : 0);
  out.put(state.request_held ? 1 : 0);
  out.put(state.usage_end.value > 0 ? 1 : 0);
  const Millis total = grace_of(actor);
  out.put(std::min(state.grace_left, grace_cap));
  out.put(std::min(total - state.grace_left, grace_cap));
  out.put(state.emergency.granted);
  out.put(state.emergency.newest.value >= host.now.value / 1000 * 1000 ? 1 : 0);
  const bool lapsed = host.lapsed_before;
  out.put(lapsed ? 1 : 0);
  out.put(lapsed ? std::min(host.tick - host.lapsed_known, unit) : Millis{-1});
  out.put(state.lapsed_since.value == 0 ? 1 : 0);
  out.put(state.lapsed_since.value == 0 ? Millis{1}
                                        : std::max(state.lapsed_since - host.now, -unit));
  out.put(host.permit_held ? 1 : 0);
  out.put(std::max(host.permit_until - host.tick, Millis{}));
}

void put_pending(const Pending& pending, Actor& actor, Words& out) {
  const State& state = actor.state();
  const Host& host = actor.machine.host;
  out.put(static_cast<std::int64_t>(pending.what.kind));
  out.put(static_cast<std::int64_t>(pending.what.stream));
  // Fresh time is no earlier than two units before the true time.
  out.relative(pending.what.binds_at, host.now, unit + unit);
  out.relative(pending.what.until, host.now, unit + unit);
  out.put(pending.version > state.firmware.version ? 1 : 0);
  // A permit ends before it.
  const UnixMillis earliest = actor.machine.governor().clock().earliest;
  out.put(std::min(pending.what.binds_at - earliest, unit + unit));
}

int place_of(const State& state, const Digest& order) {
  if (state.suspension.active && state.suspension.order == order) return 1;
  for (const Pending& pending : state.pending_list())
    if (pending.what.order == order) return 2;
  return 0;
}

/// A suspension may end by `latest`, an instant after the true time: the year's sum grows by that
/// much when time has passed.
Millis served_ahead(const State& state, UnixMillis now) {
  Millis out{};
  for (std::size_t i = 0; i < state.served_count; ++i)
    out = std::max(out, state.served[i].end - now);
  return out;
}

void put_restrictions(Actor& actor, Words& out) {
  const State& state = actor.state();
  const Host& host = actor.machine.host;
  out.put(static_cast<std::int64_t>(state.pending_count));
  for (const Pending& pending : state.pending_list())
    put_pending(pending, actor, out);
  const governor::Suspension& suspension = state.suspension;
  out.put(suspension.active ? 1 : 0);
  if (suspension.active) {
    out.put(static_cast<std::int64_t>(suspension.stream));
    out.relative(suspension.until, host.now, Millis{});
    const RoundedSpans spans = rounded_spans(actor);
    for (const Millis span : {spans.rest, spans.length, spans.served})
      out.put(rounded(span));
  }
  out.put(static_cast<std::int64_t>(state.appealed_count));
  for (const governor::Appealed& appealed : state.appealed_list()) {
    out.put(static_cast<std::int64_t>(appealed.stream));
    out.put(place_of(state, appealed.order));
    out.relative(appealed.term, host.now, seconds(2));
    out.relative(appealed.until, host.now, Millis{});
    out.put(appealed.confirmed ? 1 : 0);
  }
  out.put(rounded(rounded_spans(actor).budget));
  out.put(served_ahead(state, host.now));
  // The next one may start there, or after a reset here.
  out.put(rounded(served_ahead(state, actor.machine.governor().clock().earliest)));
  out.put(rounded(served_ahead(state, saved_by(actor).floor)));
  out.put(state.policy.bound ? 1 : 0);
  out.put(state.firmware.version > 0 ? 1 : 0);
}

void put_host(Actor& actor, Words& out) {
  const Host& host = actor.machine.host;
  out.put(host.last >= 0 ? 1 : 0);
  out.put(host.withheld >= 0 ? 1 : 0);
  if (host.withheld < 0) return;
  const Minted& kept = actor.mint.at(host.withheld);
  out.relative(kept.logged_at, host.now, unit + unit + unit);
  out.relative(kept.until, host.now, unit + unit);
  const UnixMillis earliest = actor.machine.governor().clock().earliest;
  out.put(std::clamp(kept.logged_at + unit - earliest, -unit, unit + unit));
  // Handed over, it waits or is over at once; and it begins a notice after the suspensions before
  // it.
  out.put(kept.until <= earliest ? 1 : 0);
  UnixMillis end_before = kept.until - unit - unit;
  for (const Pending& pending : actor.state().pending_list())
    end_before = std::max(end_before, pending.what.until);
  if (actor.state().suspension.active)
    end_before = std::max(end_before, actor.state().suspension.until);
  out.put(std::max(kept.until - end_before, Millis{}));
  end_before = std::max(end_before, kept.logged_at);
  out.put(std::clamp(end_before + unit - earliest, -unit, unit + unit));
  out.put(kept.charter == actor.mint.charter_of(actor.machine).hash ? 1 : 0);
  out.put(kept.own == actor.state().own.hash ? 1 : 0);
}

}  // namespace

RoundedSpans rounded_spans(Actor& actor) {
  const State& state = actor.state();
  const Host& host = actor.machine.host;
  const governor::Suspension& suspension = state.suspension;
  RoundedSpans out;
  if (suspension.active) {
    const Millis known = host.tick - host.suspended_known;
    out.length = suspension.until - suspension.since;
    out.rest = std::max(out.length - known, Millis{});
    out.served = actor.machine.governor().clock().earliest - suspension.since;
  }
  out.budget = suspension_budget(state, actor.mint.first_charter().bounds, host.now);
  return out;
}

Millis off_seconds(Actor& actor) {
  const State& state = actor.state();
  const Millis grace = std::max(off(state.grace_left), off(saved_by(actor).grace));
  const Millis reserved = off(grace_of(actor) - state.grace_left);
  const Millis budget = rounded_spans(actor).budget;
  return std::max({grace, reserved, rounded(budget) == budget ? off(budget) : Millis{}});
}

Millis grace_of(Actor& actor) {
  const auto status = actor.client.status();
  return status ? status->status.grace_left : Millis{};
}

bool is_lapsed(Actor& actor) {
  const State& state = actor.state();
  return state.life == governor::Life::enrolled && state.ever_licensed() &&
         grace_of(actor).value == 0 &&
         governor::licence_fault(state, actor.machine.governor().clock()) != Errc{};
}

std::vector<Word> words_of(std::string_view state) {
  constexpr std::size_t size = 1 + sizeof(std::int64_t);
  std::vector<Word> out(state.size() / size);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].span = state[i * size] == 's';
    std::memcpy(&out[i].value, &state[i * size + 1], sizeof out[i].value);
  }
  return out;
}

std::string abstraction(Actor& actor) {
  const State& state = actor.state();
  Words out;
  out.put(static_cast<std::int64_t>(state.life));
  out.put(state.nonce_drawn ? 1 : 0);
  if (state.life == governor::Life::unprovisioned) {
    put_time(actor, out);
    return out.take();
  }
  const order::Charter& charter = actor.mint.charter_of(actor.machine);
  out.put(std::min(charter.revision, 2U));
  out.put(charter.fleet == actor.mint.first_charter().fleet ? 1 : 0);
  out.put(static_cast<std::int64_t>(state.other_role));
  out.put(static_cast<std::int64_t>(std::min<std::uint64_t>(state.own.seq, 2)));
  out.put(static_cast<std::int64_t>(std::min<std::uint64_t>(state.fleet.seq, 2)));
  if (state.life == governor::Life::released) return out.take();
  put_time(actor, out);
  put_grants(actor, out);
  put_restrictions(actor, out);
  put_host(actor, out);
  return out.take();
}

}  // namespace daymark::explore
