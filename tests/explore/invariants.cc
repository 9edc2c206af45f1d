#include "invariants.h"

#include <algorithm>

#include "abstraction.h"

#include "daymark/governor/doors.h"
#include "daymark/governor/errors.h"

namespace daymark::explore {

namespace {

using governor::Life;
using governor::Op;
using governor::Pending;
using governor::Standing;
using governor::State;
using order::OrderKind;

/// One step under all rules; each rule adds what it finds.
struct Case {
  const Seen& before;
  const Seen& after;
  const Step& step;
  Mint& mint;
  std::vector<std::string>& broken;

  [[nodiscard]] bool is(Op op) const { return step.action->op == static_cast<std::uint8_t>(op); }

  [[nodiscard]] bool accepted() const { return step.verdict == Errc{}; }

  [[nodiscard]] bool message() const {
    return step.action->sort == Sort::message || step.action->sort == Sort::forgery;
  }

  /// The order of this step, where the chip obeyed it.
  [[nodiscard]] const Minted* obeyed() const { return accepted() ? step.handed : nullptr; }

  void expect(bool holds, const char* rule) const {
    if (!holds) broken.emplace_back(rule);
  }
};

bool announced(const State& state, const Digest& order) {
  const auto is_it = [&](const Pending& pending) { return pending.what.order == order; };
  return std::ranges::any_of(state.pending_list(), is_it);
}

bool appealed(const State& state, const Digest& order) {
  const auto is_it = [&](const governor::Appealed& one) { return one.order == order; };
  return std::ranges::any_of(state.appealed_list(), is_it);
}

void refusals_change_nothing(const Case& c) {
  c.expect(c.step.action->sort != Sort::forgery || !c.accepted(), "a forgery is refused");
  if (!c.message() || c.accepted()) return;
  c.expect(c.before.content == c.after.content, "a refused message changes no state");
  c.expect(c.before.grace == c.after.grace, "a refused message takes no grace");
  c.expect(c.before.counter == c.after.counter, "a refusal does not wear the flash");
  const State& state = c.after.state;
  c.expect(state.refusal_total == c.before.state.refusal_total + 1, "every refusal is counted");
  const std::size_t last = (state.refusal_at + governor::refusals_max - 1) % governor::refusals_max;
  const bool noted = state.refusal_count > 0 && state.refusals[last].code == c.step.verdict &&
                     (c.step.action->op == 0 || state.refusals[last].op == c.step.action->op);
  c.expect(noted, "every refusal is recorded with its reason");
}

/// PROTOCOL §2.5: what is new on the queue is the order at hand, and binds no sooner than its
/// notice after it was logged.
void queue_is_proven(const Case& c) {
  const Millis notice = c.mint.first_charter().bounds.notice;
  for (const Pending& pending : c.after.state.pending_list()) {
    const Digest& hash = pending.what.order;
    if (announced(c.before.state, hash)) continue;
    const Minted* const order = c.mint.whole(hash);
    const bool again = appealed(c.before.state, hash) && c.obeyed() != nullptr;
    const bool handed = c.obeyed() != nullptr && c.obeyed()->hash == hash;
    c.expect(order != nullptr && (handed || again), "nothing is announced without a proven order");
    if (order == nullptr) continue;
    c.expect(pending.what.kind == order->kind, "an order is announced as what it is");
    c.expect(again || pending.what.binds_at >= order->logged_at + notice,
             "a restriction waits for its notice");
    c.expect(pending.what.kind != OrderKind::suspend || pending.what.until <= order->until || again,
             "a suspension ends no later than was ordered");
  }
}

/// An order that takes hold in this step had its notice, by the true time.
void had_notice(const Case& c, const Digest& hash, OrderKind kind) {
  const Minted* const order = c.mint.whole(hash);
  const bool known =
      announced(c.before.state, hash) ||
      (c.obeyed() != nullptr && (c.obeyed()->hash == hash || appealed(c.before.state, hash)));
  c.expect(order != nullptr && order->kind == kind && known,
           "nothing binds without a proven order");
  if (order == nullptr) return;
  const Millis notice = c.mint.first_charter().bounds.notice;
  c.expect(c.after.host.now > order->logged_at + notice, "nothing binds before its notice is over");
}

const Pending* waiting(const Case& c, OrderKind kind, const Digest& digest) {
  for (const Pending& pending : c.before.state.pending_list())
    if (pending.what.kind == kind && pending.digest == digest) return &pending;
  return nullptr;
}

void restrictions_are_ordered(const Case& c) {
  queue_is_proven(c);
  const State& was = c.before.state;
  const State& is = c.after.state;
  if (is.suspension.active && is.suspension.order != was.suspension.order) {
    had_notice(c, is.suspension.order, OrderKind::suspend);
    for (const Pending& pending : was.pending_list())
      c.expect(pending.what.order != is.suspension.order ||
                   c.after.clock.earliest > pending.what.binds_at,
               "a suspension starts once earliest has passed its start");
  }
  if (is.policy.program_root != was.policy.program_root || is.policy.bound != was.policy.bound) {
    const bool left = !is.policy.bound && is.fleet.seq == 0;
    const Pending* const pending = waiting(c, OrderKind::policy, is.policy.program_root);
    const Minted* const late = c.obeyed();
    const bool now = late != nullptr && late->kind == OrderKind::policy;
    c.expect(left || pending != nullptr || now, "no policy without a proven order");
    if (!left && (pending != nullptr || now))
      had_notice(c, pending != nullptr ? pending->what.order : late->hash, OrderKind::policy);
  }
  if (is.firmware.image != was.firmware.image || is.firmware.version != was.firmware.version) {
    const Pending* const pending = waiting(c, OrderKind::firmware, is.firmware.image);
    const Minted* const late = c.obeyed();
    const bool now = late != nullptr && late->kind == OrderKind::firmware;
    c.expect(pending != nullptr || now, "the image changes by a proven firmware order alone");
    c.expect(is.firmware.version > was.firmware.version, "firmware versions rise");
    if (pending != nullptr || now)
      had_notice(c, pending != nullptr ? pending->what.order : late->hash, OrderKind::firmware);
  }
}

void charters_are_ordered(const Case& c) {
  if (equal(c.before.state.charter, c.after.state.charter)) return;
  if (c.before.state.life == Life::unprovisioned) {
    const bool enrolled = c.obeyed() != nullptr && c.obeyed()->kind == OrderKind::enrol;
    return c.expect(enrolled, "a charter is pinned by a proven enrolment");
  }
  bool proven = false;
  for (const Pending& pending : c.before.state.pending_list()) {
    const bool changes =
        pending.what.kind == OrderKind::amend || pending.what.kind == OrderKind::transfer;
    if (!changes || announced(c.after.state, pending.what.order)) continue;
    proven = true;
    had_notice(c, pending.what.order, pending.what.kind);
  }
  c.expect(proven, "a charter changes by a proven amend or transfer alone");
  c.expect(equal(c.after.state.charter, c.before.state.other),
           "the charter that was announced is the one that holds");
}

/// PROTOCOL §2.2: an order extends its stream by one place, from the head that it names.
void streams_are_gapless(const Case& c) {
  const State& was = c.before.state;
  const State& is = c.after.state;
  const Minted* const order = c.obeyed();
  if (is.own != was.own) {
    const bool next =
        order != nullptr && order->hash == is.own.hash && is.own.seq == was.own.seq + 1;
    c.expect(next && (order->own == was.own.hash || order->kind == OrderKind::enrol),
             "the chip's stream grows by the next order alone");
  }
  if (is.fleet == was.fleet) return;
  const bool left = is.fleet == order::StreamHead{};
  const bool next = order != nullptr && order->hash == is.fleet.hash &&
                    is.fleet.seq == was.fleet.seq + 1 && order->fleet == was.fleet.hash;
  c.expect(left || next, "the fleet's stream grows by the next order alone");
  c.expect(!left || !equal(is.charter, was.charter),
           "the fleet's stream starts anew with another fleet alone");
}

void counter_rises(const Case& c) {
  c.expect(c.after.counter >= c.before.counter, "the counter never goes back");
  c.expect(c.after.state.counter == c.after.counter, "the state bears the counter's number");
  const bool same = c.after.counter == c.before.counter;
  c.expect(!same || !c.message() || c.before.content == c.after.content,
           "what is answered is saved");
}

void life_has_one_way(const Case& c) {
  const Life was = c.before.state.life;
  const Life is = c.after.state.life;
  if (was == Life::released) {
    c.expect(is == Life::released && c.after.standing == Standing::released, "released stays free");
    c.expect(c.step.action->name != "permit" || c.accepted(), "released grants every permit");
  }
  if (was == is) return;
  const OrderKind wanted = is == Life::enrolled ? OrderKind::enrol : OrderKind::release;
  c.expect(c.obeyed() != nullptr && c.obeyed()->kind == wanted,
           "only enrol begins and only release ends a life");
  c.expect(was != Life::unprovisioned || c.before.state.nonce_drawn,
           "an enrolment answers a nonce that the chip drew");
}

void relief_releases(const Case& c) {
  const bool released = c.obeyed() != nullptr && c.obeyed()->kind == OrderKind::release;
  c.expect(!released || c.after.state.life == Life::released, "a release releases");
  const State& state = c.after.state;
  const bool held = state.pending_count > 0 || state.suspension.active || state.request_held;
  c.expect(state.life != Life::released || !held, "nothing is held against a released chip");
}

bool stands(const Seen& seen) {
  const governor::Licence& licence = seen.state.current;
  return licence.held && seen.clock.fresh && seen.clock.latest >= licence.leaf.not_before &&
         seen.clock.latest < licence.leaf.not_after && licence.used < licence.leaf.allowance;
}

bool lapse_is_over(const Seen& seen, Millis longest) {
  if (!seen.host.lapsed_before) return false;
  if (seen.host.tick - seen.host.lapsed_known >= longest) return true;
  const UnixMillis since = seen.state.lapsed_since;
  return since.value > 0 && seen.clock.fresh && seen.clock.latest >= since + longest;
}

/// PROTOCOL §6.1 by its own arithmetic.
Standing expected(const Seen& seen, Millis longest) {
  if (seen.state.life == Life::unprovisioned) return Standing::unprovisioned;
  if (seen.state.life == Life::released) return Standing::released;
  if (seen.state.suspension.active) return Standing::suspended;
  if (!seen.state.current.held) return Standing::observing;
  if (stands(seen)) return Standing::licensed;
  if (seen.grace.value > 0) return Standing::grace;
  return lapse_is_over(seen, longest) ? Standing::observing : Standing::lapsed;
}

void standing_follows(const Case& c) {
  const Millis longest = c.mint.first_charter().silence.lapsed_longest;
  c.expect(c.after.standing == expected(c.after, longest), "the standing follows from the state");
}

void permits_are_bounded(const Case& c) {
  if (!c.is(Op::permit)) return;
  const Standing standing = c.before.standing;
  const bool stopped = standing == Standing::suspended || standing == Standing::lapsed;
  c.expect(!stopped || !c.accepted(), "suspended and lapsed grant nothing");
  // In the last instant of fresh time without any grace there is nothing left to grant.
  const bool last = c.before.grace.value == 0 && c.before.host.tick - c.before.host.ranged >= unit;
  // The explorer's job is on no list of programs.
  const bool listed = c.before.state.policy.program_root != Digest{} ||
                      c.before.state.current.leaf.program_root != Digest{};
  const bool blocked = c.step.verdict == errc::gov_restriction_near ||
                       (last && c.step.verdict == errc::gov_lapsed) ||
                       (listed && c.step.verdict == errc::gov_program);
  c.expect(stopped || c.accepted() || blocked, "what stands is granted");
  if (!c.step.permit || c.before.state.life != Life::enrolled) return;
  const Millis life = c.step.permit->life;
  c.expect(life.value > 0 && life <= c.mint.first_charter().bounds.notice,
           "a permit lives at most N");
  for (const Pending& pending : c.before.state.pending_list()) {
    const bool narrows =
        pending.what.kind == OrderKind::suspend || pending.what.kind == OrderKind::policy;
    c.expect(!narrows || c.before.clock.earliest + life <= pending.what.binds_at,
             "a permit ends before what was announced");
  }
  if (standing != Standing::licensed) return;
  const UnixMillis end = c.before.state.current.leaf.not_after;
  c.expect(c.before.clock.latest + life <= end + seconds(1), "a permit ends with its licence");
}

bool nowhere_less(const governor::Licence& newer, const governor::Licence& older) {
  const std::uint64_t left =
      older.used >= older.leaf.allowance ? 0 : older.leaf.allowance.value - older.used.value;
  const std::uint64_t fresh = newer.leaf.allowance.value;
  return newer.held && newer.leaf.not_after >= older.leaf.not_after &&
         newer.leaf.cluster_max >= older.leaf.cluster_max && fresh >= left;
}

/// PROTOCOL §2.3.
void grants_take_nothing(const Case& c) {
  const bool grants = c.is(Op::accept_leaf) || c.is(Op::emergency) || c.is(Op::renew);
  if (!grants || !c.accepted()) return;
  if (stands(c.before)) {
    c.expect(stands(c.after) && nowhere_less(c.after.state.current, c.before.state.current),
             "a grant takes nothing from the current licence");
  }
  if (c.before.state.next.held && !c.is(Op::renew)) {
    c.expect(nowhere_less(c.after.state.next, c.before.state.next) ||
                 nowhere_less(c.after.state.current, c.before.state.next),
             "a grant takes nothing from the following licence");
  }
  const governor::Emergency& emergency = c.after.state.emergency;
  const Millis most = hours(std::int64_t{c.mint.first_charter().emergency_chip_hours});
  c.expect(!c.is(Op::emergency) || emergency.newest > c.before.state.emergency.newest,
           "an emergency grant counts once");
  c.expect(emergency.granted <= most, "no more emergency time than the charter gives");
  const bool refills = c.is(Op::accept_leaf) && c.after.state.current.held;
  c.expect(refills || c.after.grace >= c.before.grace, "a grant takes no grace");
}

int rank(Standing standing) {
  switch (standing) {
    case Standing::lapsed:
    case Standing::suspended: return 0;
    case Standing::grace: return 1;
    default: return 2;
  }
}

/// No message stops a chip at once: time does, or what was announced for long enough.
void messages_stop_nothing(const Case& c) {
  if (!c.message() || c.is(Op::record_usage)) return;
  const bool free = c.before.standing == Standing::observing;
  const bool ordered = c.after.standing == Standing::suspended;  // restrictions_are_ordered
  c.expect(free || ordered || rank(c.after.standing) >= rank(c.before.standing),
           "no message stops a chip");
}

/// PROTOCOL §5: grace is what the charter gives, spent with power alone or lost by resets.
void lapse_takes_its_time(const Case& c) {
  const bool begins = c.after.standing == Standing::lapsed && c.before.standing != Standing::lapsed;
  if (!begins) return;
  const Host& host = c.after.host;
  const Millis given = grace_time + host.grace_granted;
  c.expect(host.grace_spent + host.grace_lost + Millis{8} >= given,
           "no lapse before all grace is spent");
}

void time_is_the_beacons(const Case& c) {
  const Seen& is = c.after;
  const bool bound = !equal(c.before.state.charter, is.state.charter);
  const bool silent = c.message() && !c.is(Op::range_receipt) && !bound;
  c.expect(!silent || is.clock == c.before.clock, "no message but a receipt moves the clock");
  c.expect(is.clock.earliest <= is.host.now, "earliest is never after the true time");
  c.expect(!is.clock.fresh || is.clock.latest >= is.host.now,
           "latest is never before the true time");
  c.expect(is.state.floor >= c.before.state.floor && is.state.floor <= is.host.now,
           "the floor of time rises and is true");
  const bool reset = c.step.action->sort == Sort::reset;
  c.expect(reset || is.clock.earliest >= c.before.clock.earliest, "earliest never goes back");
  const bool old = !is.host.ranged_once || is.host.tick - is.host.ranged > unit;
  c.expect(old || is.state.life != Life::enrolled || is.clock.fresh, "young time is fresh");
  c.expect(!old || !is.clock.fresh, "old time is not fresh");
}

/// What any of the suspensions of this life covers; the exploration lasts less than a year.
Millis suspended_in_all(const State& state) {
  std::vector<governor::ServedSpan> spans(
      state.served.begin(), state.served.begin() + static_cast<long>(state.served_count));
  spans.push_back({state.suspension.since, state.suspension.until});
  std::ranges::sort(spans, {}, &governor::ServedSpan::start);
  Millis out{};
  UnixMillis covered{};
  for (const governor::ServedSpan& span : spans) {
    const UnixMillis from = std::max(span.start, covered);
    if (from < span.end) out = out + (span.end - from);
    covered = std::max(covered, span.end);
  }
  return out;
}

/// PROTOCOL §2.4 and principle 6.
void suspensions_end(const Case& c) {
  const governor::Suspension& is = c.after.state.suspension;
  const order::Bounds& bounds = c.mint.first_charter().bounds;
  c.expect(c.after.state.served_count >= c.before.state.served_count,
           "what was served is not forgotten within the year");
  if (!is.active) return;
  c.expect(suspended_in_all(c.after.state) <= bounds.suspension_budget,
           "no year holds more suspension than S");
  c.expect(is.until - is.since <= bounds.suspension_longest,
           "no suspension is longer than the longest");
  c.expect(c.after.host.tick - c.after.host.suspended_known < is.until - is.since,
           "a suspension ends by the chip's tick");
  c.expect(!c.after.clock.fresh || c.after.clock.latest < is.until,
           "a suspension ends by fresh time");
}

/// What a meter says is counted once, and charged to the licence.
void usage_is_charged(const Case& c) {
  if (!c.is(Op::record_usage) || !c.accepted()) return;
  const std::uint64_t amount = c.step.action->name == "usage" ? 10 : 1000;
  const governor::Licence& was = c.before.state.current;
  const governor::Licence& is = c.after.state.current;
  const bool same = was.held && was.leaf.id == is.leaf.id;
  c.expect(!same || is.used.value == was.used.value + amount, "usage is charged to the licence");
  c.expect(c.after.state.ledger.head().size.value == c.before.state.ledger.head().size.value + 1 &&
               c.after.state.usage_end > c.before.state.usage_end,
           "usage is counted once");
}

/// docs/command-list.md: no message changes what its row doesn't name.
void doors_hold(const Case& c) {
  if (c.step.action->op == 0 || !c.accepted() || c.step.action->sort == Sort::beacons) return;
  governor::PartSet allowed = governor::message_doors()[c.step.action->op - 1U].changes;
  if (c.is(Op::apply) && c.obeyed() != nullptr) {
    allowed |= governor::order_doors()[static_cast<std::size_t>(c.obeyed()->kind) - 1].changes;
  }
  const governor::PartSet seen = governor::changed_parts(c.before.state, c.after.state);
  for (std::size_t i = 0; i < governor::part_count; ++i) {
    if (((seen & ~allowed) >> i & 1U) == 0) continue;
    const auto name = governor::name_of(static_cast<governor::Part>(i));
    c.broken.push_back("a message changes what its row names, and not: " + std::string(name));
  }
}

void relief_relieves(const Case& c) {
  const Minted* const order = c.obeyed();
  if (order == nullptr || order->kind != OrderKind::resume) return;
  const bool all = c.after.state.own != c.before.state.own;
  const bool left = std::ranges::any_of(c.after.state.pending_list(), [&](const Pending& pending) {
    const bool covered = all || pending.what.stream == order::Stream::fleet;
    return pending.what.kind == OrderKind::suspend && covered;
  });
  const governor::Suspension& is = c.after.state.suspension;
  const bool active = is.active && (all || is.stream == order::Stream::fleet);
  c.expect(!left && !active, "a resume lifts what it covers at once");
}

}  // namespace

void look(Actor& actor, Seen& out) {
  governor::Governor& chip = actor.machine.governor();
  out.state = chip.state();
  out.charter.assign(out.state.charter.begin(), out.state.charter.end());
  out.other.assign(out.state.other.begin(), out.state.other.end());
  out.state.charter = out.charter;
  out.state.other = out.other;
  out.clock = chip.clock();
  out.standing = chip.judgement().standing;
  out.grace = grace_of(actor);
  out.counter = actor.machine.storage.counter().value_or(0);
  out.host = actor.machine.host;
  static auto bare = std::make_unique<State>(ledger::Peak{});
  *bare = chip.state();
  bare->counter = bare->refusal_total = 0;
  bare->refusal_count = bare->refusal_at = 0;
  bare->grace_left = Millis{};
  bare->floor = UnixMillis{};
  out.content.resize(governor::state_size_max);
  const auto written = governor::write_state(*bare, out.content);
  out.content.resize(written ? written->size() : 0);
}

std::vector<std::string> broken_rules(const Seen& before, const Seen& after, const Step& step,
                                      Mint& mint) {
  std::vector<std::string> out;
  const Case c{before, after, step, mint, out};
  for (const auto rule :
       {refusals_change_nothing, restrictions_are_ordered, charters_are_ordered,
        streams_are_gapless, counter_rises, life_has_one_way, relief_releases, standing_follows,
        permits_are_bounded, grants_take_nothing, messages_stop_nothing, lapse_takes_its_time,
        time_is_the_beacons, suspensions_end, relief_relieves, usage_is_charged, doors_hold})
    rule(c);
  return out;
}

void remember(const Seen& before, const Step& step, Actor& actor) {
  Host& host = actor.machine.host;
  const State& state = actor.state();
  const bool reset = step.action->sort == Sort::reset;
  const bool begun =
      state.suspension.active &&
      (!before.state.suspension.active || state.suspension.order != before.state.suspension.order);
  if (begun) host.permit_held = false;
  if (begun && !reset) host.suspended_known = host.tick;
  const Millis elapsed = host.tick - before.host.tick;
  Millis counted{};
  if (before.standing == Standing::licensed) {
    const Millis fresh = before.host.ranged + unit - before.host.tick;
    counted = std::min(before.state.current.leaf.not_after - before.clock.latest, fresh);
  }
  if (before.standing != Standing::observing) {
    host.grace_spent = host.grace_spent + std::max(Millis{}, elapsed - std::max(Millis{}, counted));
  }
  const bool lapsed = is_lapsed(actor);
  if (lapsed && !host.lapsed_before) host.lapsed_known = host.tick;
  host.lapsed_before = lapsed;
}

}  // namespace daymark::explore
