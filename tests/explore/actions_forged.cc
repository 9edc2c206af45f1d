// Messages with one thing wrong.
#include "actions.h"

#include "daymark/governor/errors.h"

namespace daymark::explore {

namespace {

using governor::Life;
using governor::Op;
using order::OrderKind;

/// The kinds that a flawed order takes in turn; a flaw that is none for a kind names the next one.
constexpr std::array kinds{OrderKind::suspend, OrderKind::policy,   OrderKind::firmware,
                           OrderKind::amend,   OrderKind::transfer, OrderKind::resume,
                           OrderKind::release};

constexpr bool is_flaw(Flaw flaw, OrderKind kind, order::Stream stream) {
  const bool relief = kind == OrderKind::resume || kind == OrderKind::release;
  const bool fleet = stream == order::Stream::fleet || kind == OrderKind::policy ||
                     kind == OrderKind::firmware || kind == OrderKind::amend;
  switch (flaw) {
    case Flaw::unlogged:
    case Flaw::expired: return !relief;
    case Flaw::other_chip: return !fleet || kind == OrderKind::transfer;
    default: return true;
  }
}

/// A chip that joins a fleet late takes the fleet's stream where it stands.
bool joins(Actor& actor) {
  const auto& state = actor.state();
  return state.fleet.seq == 0 && actor.mint.charter_of(actor.machine).revision > 1;
}

Verdict forge_order(Actor& actor, Flaw flaw) {
  if (actor.state().life == Life::released) return {};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const std::size_t turn = actor.variant + static_cast<std::size_t>(flaw) + i;
    const OrderKind kind = kinds[turn % kinds.size()];
    const auto stream = turn / kinds.size() % 2 == 0 ? order::Stream::chip : order::Stream::fleet;
    if (!is_flaw(flaw, kind, stream)) continue;
    const bool of_place = flaw == Flaw::seq_ahead || flaw == Flaw::wrong_prev;
    if (of_place && joins(actor)) continue;
    return actor.hand_over(actor.mint.order({kind, stream, flaw, {}}, actor.machine));
  }
  return {};
}

Verdict forge_enrolment(Actor& actor, Flaw flaw) {
  if (actor.state().life != Life::unprovisioned || !actor.state().nonce_drawn) return {};
  actor.handed = &actor.mint.enrolment(flaw, actor.machine);
  return verdict_of(actor.client.enrol(actor.handed->parts, actor.mint.first_charter().encoded));
}

void add_leaves(std::vector<Action>& out) {
  const auto add = [&](std::string name, const LeafWish& wish) {
    out.push_back({"leaf: " + std::move(name), Sort::forgery,
                   static_cast<std::uint8_t>(Op::accept_leaf), [=](Actor& actor) -> Verdict {
                     if (actor.state().life != Life::enrolled) return {};
                     return verdict_of(
                         actor.client.accept_leaf(actor.mint.leaf(wish, actor.machine)));
                   }});
  };
  add("other request", {.other_request = true});
  add("other chip", {.other_chip = true});
  add("too long", {.too_long = true});
  add("position ahead", {.ahead = true});
  add("not in the batch", {.other_batch = true});
  add("batch without quorum", {.unsigned_batch = true});
  add("old id", {.old_id = true});
}

void add_others(std::vector<Action>& out) {
  const auto add = [&](std::string name, Op op, auto run) {
    out.push_back({std::move(name), Sort::forgery, static_cast<std::uint8_t>(op), run});
  };
  add("replay", Op::apply, [](Actor& actor) -> Verdict {
    if (actor.machine.host.last < 0) return {};
    return actor.hand_over(actor.mint.at(actor.machine.host.last));
  });
  add("licence as an order", Op::apply, [](Actor& actor) -> Verdict {
    return verdict_of(actor.client.apply(actor.mint.leaf({}, actor.machine).batch));
  });
  add("emergency: not the owner's", Op::emergency, [](Actor& actor) -> Verdict {
    return verdict_of(actor.client.emergency(actor.mint.emergency(hours(1), true, actor.machine)));
  });
  add("emergency: too long", Op::emergency, [](Actor& actor) -> Verdict {
    return verdict_of(
        actor.client.emergency(actor.mint.emergency(minutes(61), false, actor.machine)));
  });
  add("appeal: not the owner's", Op::appeal, [](Actor& actor) -> Verdict {
    const Digest order = actor.state().suspension.order;
    return verdict_of(actor.client.appeal(actor.mint.appeal(order, true, actor.machine).message()));
  });
  add("appeal: no such suspension", Op::appeal, [](Actor& actor) -> Verdict {
    return verdict_of(
        actor.client.appeal(actor.mint.appeal(Digest{9}, false, actor.machine).message()));
  });
  add("receipt: signed by another beacon", Op::range_receipt, [](Actor& actor) -> Verdict {
    const Host& host = actor.machine.host;
    return verdict_of(
        actor.client.accept_receipt(0, actor.mint.receipt(1, host.session, host.now, Millis{})));
  });
  add("receipt: of another session", Op::range_receipt, [](Actor& actor) -> Verdict {
    ranging::Opened other = actor.machine.host.session;
    other.chip_nonce.front() ^= 1U;
    return verdict_of(actor.client.accept_receipt(
        0, actor.mint.receipt(0, other, actor.machine.host.now, Millis{})));
  });
  add("firmware of an approved version", Op::apply, [](Actor& actor) -> Verdict {
    if (actor.state().firmware.version == 0 || actor.state().life != Life::enrolled) return {};
    return actor.hand_over(actor.mint.order(
        {OrderKind::firmware, order::Stream::fleet, Flaw::old_version, {}}, actor.machine));
  });
  add("usage of an earlier time", Op::record_usage, [](Actor& actor) -> Verdict {
    if (actor.state().usage_end.value == 0) return {};
    governor::UsageRequest usage;
    usage.start = actor.state().usage_end - Millis{1};
    usage.end = usage.start + seconds(10);
    usage.use.chip_millis.value = 10'000;
    return verdict_of(actor.client.record_usage(usage));
  });
}

void add_noise(std::vector<Action>& out) {
  const auto add = [&](std::string name, std::vector<Byte> bytes) {
    out.push_back({std::move(name), Sort::forgery, 0,
                   [=](Actor& actor) -> Verdict { return actor.send(bytes); }});
  };
  add("noise", {0xFF, 0x00});
  add("unknown operation", {0x82, 0x01, 0x18, 0x63});
  add("other version", {0x82, 0x02, 0x01});
  add("trailing bytes", {0x82, 0x01, 0x03, 0x00});
}

}  // namespace

void add_forgeries(std::vector<Action>& out) {
  for (std::size_t i = 1; i < flaw_count; ++i) {
    const auto flaw = static_cast<Flaw>(i);
    if (flaw == Flaw::old_version) continue;
    out.push_back({"order: " + std::string(name_of(flaw)), Sort::forgery,
                   static_cast<std::uint8_t>(Op::apply),
                   [=](Actor& actor) { return forge_order(actor, flaw); }});
  }
  for (const Flaw flaw : {Flaw::one_signer, Flaw::wrong_signature, Flaw::expired, Flaw::stale_proof,
                          Flaw::few_witnesses, Flaw::no_mirror, Flaw::unlogged, Flaw::other_content,
                          Flaw::other_chip}) {
    out.push_back({"enrol: " + std::string(name_of(flaw)), Sort::forgery,
                   static_cast<std::uint8_t>(Op::enrol),
                   [=](Actor& actor) { return forge_enrolment(actor, flaw); }});
  }
  add_leaves(out);
  add_others(out);
  add_noise(out);
}

}  // namespace daymark::explore
