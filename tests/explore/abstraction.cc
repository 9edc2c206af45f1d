#include "abstraction.h"

#include <algorithm>

#include "daymark/governor/judge.h"
#include "daymark/governor/restrictions.h"

namespace daymark::explore {

namespace {

using governor::Pending;
using governor::State;

constexpr Millis grace_cap = seconds(4);
/// Time that came to nothing further back than this decides nothing: fresh time is no older than a
/// unit and no wider than two.
constexpr Millis oldest = -(unit + unit + unit);

class Words {
 public:
  void put(std::int64_t value) { out_.append(reinterpret_cast<const char*>(&value), sizeof(value)); }

  void put(Millis span) { put(span.value); }

  /// `t` seen from the true time; what is more than `back` past is as good as any.
  void relative(UnixMillis t, UnixMillis now, Millis back) { put(std::max(t - now, -back)); }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void put_time(Actor& actor, Words& out) {
  const Host& host = actor.machine.host;
  const governor::ClockReading clock = actor.machine.governor().clock();
  out.put((host.now - order::testing::world_start).value % unit.value == 0 ? 1 : 0);
  out.put(clock.fresh ? 1 : 0);
  const Millis left = host.ranged + unit - host.tick;
  out.put(host.ranged_once ? std::max(left, Millis{-1}) : Millis{-2});
  out.put(std::max(clock.earliest - host.now, oldest));
  out.put(clock.fresh ? clock.latest - host.now : Millis{});
  out.put(std::max(actor.state().floor - host.now, oldest));
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
  const Millis total = grace_of(actor);
  out.put(std::min(state.grace_left, grace_cap));
  out.put(std::min(total - state.grace_left, grace_cap));
  out.put(state.emergency.granted);
  out.put(state.emergency.newest.value >= host.now.value / 1000 * 1000 ? 1 : 0);
  const bool lapsed = host.lapsed_before;
  out.put(lapsed ? std::min(host.tick - host.lapsed_known, unit) : Millis{-1});
  out.put(state.lapsed_since.value == 0 ? Millis{1} : std::max(state.lapsed_since - host.now, -unit));
  out.put(host.permit_held ? 1 : 0);
  out.put(std::max(host.permit_until - host.tick, Millis{}));
}

void put_pending(const Pending& pending, const State& state, const Host& host, Words& out) {
  out.put(static_cast<std::int64_t>(pending.what.kind));
  out.put(static_cast<std::int64_t>(pending.what.stream));
  // Fresh time is no earlier than two units before the true time.
  out.relative(pending.what.binds_at, host.now, unit + unit);
  out.relative(pending.what.until, host.now, unit + unit);
  out.put(pending.version > state.firmware.version ? 1 : 0);
}

int place_of(const State& state, const Digest& order) {
  if (state.suspension.active && state.suspension.order == order) return 1;
  for (const Pending& pending : state.pending_list())
    if (pending.what.order == order) return 2;
  return 0;
}

void put_restrictions(Actor& actor, Words& out) {
  const State& state = actor.state();
  const Host& host = actor.machine.host;
  out.put(static_cast<std::int64_t>(state.pending_count));
  for (const Pending& pending : state.pending_list())
    put_pending(pending, state, host, out);
  const governor::Suspension& suspension = state.suspension;
  out.put(suspension.active ? 1 : 0);
  if (suspension.active) {
    out.put(static_cast<std::int64_t>(suspension.stream));
    out.relative(suspension.until, host.now, Millis{});
    const Millis known = host.tick - host.suspended_known;
    out.put(std::max(suspension.until - suspension.since - known, Millis{}));
  }
  out.put(static_cast<std::int64_t>(state.appealed_count));
  for (const governor::Appealed& appealed : state.appealed_list()) {
    out.put(static_cast<std::int64_t>(appealed.stream));
    out.put(place_of(state, appealed.order));
    out.relative(appealed.term, host.now, seconds(2));
    out.relative(appealed.until, host.now, Millis{});
    out.put(appealed.confirmed ? 1 : 0);
  }
  const auto& bounds = actor.mint.first_charter().bounds;
  out.put(suspension_budget(state, bounds, actor.machine.governor().clock().earliest));
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
  out.relative(kept.until, host.now, unit);
  out.put(kept.charter == actor.mint.charter_of(actor.machine).hash ? 1 : 0);
  out.put(kept.own == actor.state().own.hash ? 1 : 0);
}

}  // namespace

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
