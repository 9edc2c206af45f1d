#include "actions.h"

#include <algorithm>

#include "daymark/governor/errors.h"

namespace daymark::explore {

namespace {

using governor::Life;
using governor::Op;
using order::OrderKind;

/// Half a step before each full unit lies an instant, so that what ends on the unit is asked for
/// right before it and at it.
constexpr Millis instant{1};

bool on_unit(const Host& host) {
  return (host.now - order::testing::world_start).value % unit.value == 0;
}

Millis next_step(const Host& host) {
  return on_unit(host) ? unit - instant : instant;
}

Verdict pass_time(Actor& actor) {
  actor.wait(next_step(actor.machine.host));
  const auto moved = actor.machine.governor().advance(actor.machine.host.tick);
  return moved ? Errc{} : moved.error().code;
}

/// To the very instant at which the active suspension is over by the chip's tick.
Verdict pass_suspension(Actor& actor) {
  const governor::Suspension& active = actor.state().suspension;
  const Host& host = actor.machine.host;
  const Millis left = active.until - active.since - (host.tick - host.suspended_known);
  if (!active.active || left.value <= 0) return {};
  actor.wait(left);
  const auto moved = actor.machine.governor().advance(host.tick);
  return moved ? Errc{} : moved.error().code;
}

Verdict restart(Actor& actor) {
  Host& host = actor.machine.host;
  host.grace_lost = host.grace_lost + seconds(1);
  const auto started = actor.machine.boot();
  return started ? Errc{} : started.error().code;
}

/// A unit without power: the chip's tick stands still.
Verdict power_off(Actor& actor) {
  actor.machine.host.now = actor.machine.host.now + unit;
  return restart(actor);
}

Action order_of(std::string name, OrderKind kind, order::Stream stream = order::Stream::fleet) {
  return {std::move(name), Sort::message, static_cast<std::uint8_t>(Op::apply),
          [=](Actor& actor) -> Verdict {
            return actor.hand_over(actor.mint.order({kind, stream, Flaw::none, {}}, actor.machine));
          }};
}

/// The suspension that an appeal can be against: active, else the first announced.
std::optional<Digest> appealable(const governor::State& state) {
  if (state.suspension.active) return state.suspension.order;
  for (const governor::Pending& pending : state.pending_list())
    if (pending.what.kind == OrderKind::suspend) return pending.what.order;
  return {};
}

Verdict appeal(Actor& actor) {
  const auto order = appealable(actor.state());
  if (!order) return {};
  const auto& logged = actor.mint.appeal(*order, false, actor.machine);
  return verdict_of(actor.client.appeal(logged.message()));
}

Verdict confirm(Actor& actor) {
  const auto& state = actor.state();
  if (state.appealed_count == 0) return {};
  const governor::Appealed& appealed = state.appealed[0];
  return actor.hand_over(actor.mint.order(
      {OrderKind::suspend, appealed.stream, Flaw::none, appealed.appeal}, actor.machine));
}

Verdict withhold(Actor& actor) {
  Host& host = actor.machine.host;
  if (host.withheld >= 0 || actor.state().life != Life::enrolled) return {};
  const Minted& minted =
      actor.mint.order({OrderKind::suspend, order::Stream::chip, Flaw::none, {}}, actor.machine);
  host.withheld = actor.mint.index_of(minted);
  return Errc{};
}

Verdict deliver(Actor& actor) {
  Host& host = actor.machine.host;
  if (host.withheld < 0) return {};
  const Minted& minted = actor.mint.at(host.withheld);
  host.withheld = -1;
  return actor.hand_over(minted);
}

Action leaf_of(std::string name, const LeafWish& wish) {
  return {std::move(name), Sort::message, static_cast<std::uint8_t>(Op::accept_leaf),
          [=](Actor& actor) -> Verdict {
            if (!actor.state().request_held) return {};
            const auto done = actor.client.accept_leaf(actor.mint.leaf(wish, actor.machine));
            const bool licence = done && done->outcome != governor::LeafOutcome::denied;
            Host& host = actor.machine.host;
            if (licence) host.grace_spent = host.grace_lost = host.grace_granted = Millis{};
            return verdict_of(done);
          }};
}

Verdict ask_permit(Actor& actor) {
  governor::PermitRequest request;
  request.job.bytes.front() = 1;
  request.program_name = "trainer";
  request.world_size = 4;
  request.duration = unit + unit;
  const auto done = actor.client.permit(request);
  if (!done) return verdict_of(done);
  Host& host = actor.machine.host;
  actor.permit = done->content;
  host.permit_held = true;
  host.permit_until = host.tick + done->content.life;
  return Errc{};
}

Verdict renew_permit(Actor& actor) {
  const auto done = actor.client.renew_permit(JobId{{1}});
  if (!done) return verdict_of(done);
  actor.permit = done->content;
  actor.machine.host.permit_until = actor.machine.host.tick + done->content.life;
  return Errc{};
}

Verdict end_permit(Actor& actor) {
  const auto done = actor.client.end_permit(JobId{{1}});
  if (done) actor.machine.host.permit_held = false;
  return verdict_of(done);
}

Verdict use(Actor& actor, std::uint64_t amount) {
  if (actor.state().life != Life::enrolled) return {};
  governor::UsageRequest usage;
  usage.start = std::max(actor.machine.host.now, actor.state().usage_end);
  usage.end = usage.start + seconds(10);
  usage.use.ops_high.value = amount;
  usage.use.chip_millis.value = 10'000;
  return verdict_of(actor.client.record_usage(usage));
}

Verdict open_session(Actor& actor) {
  const auto opening = actor.client.open_ranging(0);
  if (!opening) return opening.error().error.code;
  actor.machine.host.session = actor.mint.meet(0, *opening);
  actor.machine.host.stage = SessionStage::open;
  return Errc{};
}

Verdict key_session(Actor& actor) {
  Host& host = actor.machine.host;
  if (host.stage == SessionStage::closed) return {};
  const auto welcome = ByteView(host.session.welcome).first(host.session.welcome_size);
  const auto done = actor.client.accept_welcome(0, welcome);
  if (done) host.stage = SessionStage::keyed;
  return verdict_of(done);
}

Verdict answer_session(Actor& actor) {
  if (actor.machine.host.stage != SessionStage::keyed) return {};
  return verdict_of(actor.client.answer(0, 1, ranging::Challenge{1, 2, 3}));
}

void add_reading(std::vector<Action>& out) {
  const auto add = [&](std::string name, Op op, auto run) {
    out.push_back({std::move(name), Sort::message, static_cast<std::uint8_t>(op), run});
  };
  add("identify", Op::identify, [](Actor& a) { return verdict_of(a.client.identify()); });
  add("charter", Op::charter, [](Actor& a) { return verdict_of(a.client.charter()); });
  add("status", Op::status, [](Actor& a) { return verdict_of(a.client.status()); });
  add("attest", Op::attest,
      [](Actor& a) { return verdict_of(a.client.attest(ByteArray<8>{1, 2, 3, 4, 5, 6, 7, 8})); });
  add("permit", Op::permit, ask_permit);
  add("permit renewal", Op::permit_renew, renew_permit);
  add("permit end", Op::permit_end, end_permit);
  add("usage", Op::record_usage, [](Actor& a) { return use(a, 10); });
  add("usage of all", Op::record_usage, [](Actor& a) { return use(a, 1000); });
}

void add_custody(std::vector<Action>& out) {
  const auto add = [&](std::string name, Op op, auto run) {
    out.push_back({std::move(name), Sort::message, static_cast<std::uint8_t>(op), run});
  };
  add("enrol begin", Op::enrol_begin,
      [](Actor& a) { return verdict_of(a.client.begin_enrolment()); });
  add("enrol answer", Op::enrol_answer, [](Actor& a) {
    return verdict_of(a.client.answer_enrolment(a.mint.first_charter().encoded));
  });
  add("enrol", Op::enrol, [](Actor& a) -> Verdict {
    a.handed = &a.mint.enrolment(Flaw::none, a.machine);
    return verdict_of(a.client.enrol(a.handed->parts, a.mint.first_charter().encoded));
  });
  add("renew", Op::renew, [](Actor& a) { return verdict_of(a.client.request_renewal()); });
  add("emergency", Op::emergency, [](Actor& a) {
    const auto done = a.client.emergency(a.mint.emergency(hours(1), false, a.machine));
    Host& host = a.machine.host;
    if (done) host.grace_granted = host.grace_granted + hours(1);
    return verdict_of(done);
  });
  add("appeal", Op::appeal, appeal);
  add("confirm", Op::apply, confirm);
  add("withhold suspend", Op::apply, withhold);
  add("deliver withheld", Op::apply, deliver);
  out.push_back(leaf_of("licence", {}));
  out.push_back(leaf_of("narrower licence", {.narrow = true}));
  out.push_back(leaf_of("empty licence", {.empty = true}));
  out.push_back(leaf_of("denial", {.denial = true}));
}

void add_orders(std::vector<Action>& out) {
  out.push_back(order_of("suspend chip", OrderKind::suspend, order::Stream::chip));
  out.push_back(order_of("suspend fleet", OrderKind::suspend));
  out.push_back(order_of("resume chip", OrderKind::resume, order::Stream::chip));
  out.push_back(order_of("resume fleet", OrderKind::resume));
  out.push_back(order_of("policy", OrderKind::policy));
  out.push_back(order_of("firmware", OrderKind::firmware));
  out.push_back(order_of("amend", OrderKind::amend));
  out.push_back(order_of("transfer", OrderKind::transfer, order::Stream::chip));
  out.push_back(order_of("release", OrderKind::release, order::Stream::chip));
}

void add_world(std::vector<Action>& out) {
  out.push_back({"time", Sort::time, 0, pass_time});
  out.push_back({"time to the suspension's end", Sort::time, 0, pass_suspension});
  out.push_back({"reset", Sort::reset, 0, restart});
  out.push_back({"power off", Sort::reset, 0, power_off});
  const auto receipt = static_cast<std::uint8_t>(Op::range_receipt);
  out.push_back({"beacons", Sort::beacons, receipt,
                 [](Actor& a) -> Verdict { return a.range(Millis{}, Millis{}); }});
  out.push_back({"beacons, wide", Sort::beacons, receipt,
                 [](Actor& a) -> Verdict { return a.range(Millis{}, unit); }});
  out.push_back({"beacons, one ahead", Sort::beacons, receipt,
                 [](Actor& a) -> Verdict { return a.range(days(9), Millis{}); }});
  out.push_back({"beacons, one behind", Sort::beacons, receipt,
                 [](Actor& a) -> Verdict { return a.range(days(-9), Millis{}); }});
  const auto add = [&](std::string name, Op op, auto run) {
    out.push_back({std::move(name), Sort::message, static_cast<std::uint8_t>(op), run});
  };
  add("range open", Op::range_open, open_session);
  add("range accept", Op::range_accept, key_session);
  add("range answer", Op::range_answer, answer_session);
}

}  // namespace

Actor::Actor(Machine& where, Mint& from)
    : machine(where), mint(from), client([this](ByteView request) -> Outcome<std::vector<Byte>> {
        std::vector<Byte> response(governor::response_size_max);
        const auto answer = machine.governor().handle(machine.host.tick, request, response);
        if (!answer) return std::unexpected(Failure(answer.error()));
        response.resize(answer->size());
        return response;
      }) {}

Errc Actor::send(ByteView request) {
  std::vector<Byte> response(governor::response_size_max);
  const auto answer = machine.governor().handle(machine.host.tick, request, response);
  if (!answer) return answer.error().code;
  cbor::Reader in(*answer);
  const auto read = governor::read_response(in);
  return read ? Errc{} : read.error().code;
}

Errc Actor::hand_over(const Minted& minted) {
  handed = &minted;
  const auto done = client.apply(minted.parts);
  if (!done) return done.error().error.code;
  if (minted.flaw == Flaw::none) machine.host.last = mint.index_of(minted);
  return Errc{};
}

void Actor::wait(Millis span) {
  machine.host.now = machine.host.now + span;
  machine.host.tick = machine.host.tick + span;
}

/// Beacon 2 lies by `lie`; one of three may. All state the same radius.
Errc Actor::range(Millis lie, Millis radius) {
  for (std::uint8_t i = 0; i < 3; ++i) {
    const auto opening = client.open_ranging(i);
    if (!opening) return opening.error().error.code;
    const ranging::Opened opened = mint.meet(i, *opening);
    const auto welcome = ByteView(opened.welcome).first(opened.welcome_size);
    if (const auto done = client.accept_welcome(i, welcome); !done) return done.error().error.code;
    const UnixMillis time = machine.host.now + (i == 2 ? lie : Millis{});
    const auto taken = client.accept_receipt(i, mint.receipt(i, opened, time, radius));
    if (!taken) return taken.error().error.code;
  }
  Host& host = machine.host;
  const bool competes = host.ranged_once && host.tick - host.ranged <= ranging::same_round;
  host.stage = SessionStage::closed;
  if (competes && radius > host.radius) return Errc{};
  host.ranged = host.tick;
  host.radius = radius;
  host.ranged_once = true;
  return Errc{};
}

const std::vector<Action>& actions() {
  static const std::vector<Action> all = [] {
    std::vector<Action> out;
    add_reading(out);
    add_custody(out);
    add_orders(out);
    add_world(out);
    add_forgeries(out);
    return out;
  }();
  return all;
}

}  // namespace daymark::explore
