// What a governor says of itself, and its talk with beacons: nothing here changes what it may do.
#include <algorithm>

#include "daymark/governor/fields_internal.h"
#include "daymark/governor/governor.h"

namespace daymark::governor {

namespace {

HeldLicence summary(const Licence& licence) {
  HeldLicence out;
  if (!licence.held) return out;
  out.id = licence.leaf.id;
  out.not_before = licence.leaf.not_before;
  out.not_after = licence.leaf.not_after;
  out.allowance = licence.leaf.allowance;
  out.used = licence.used;
  out.cluster_max = licence.leaf.cluster_max;
  out.fenced = licence.leaf.has_fence;
  out.program_root = licence.leaf.program_root;
  return out;
}

/// Something that will happen.
struct Event {
  NextEvent what = NextEvent::none;
  UnixMillis at;
  Millis in;
};

/// Keeps the sooner of two; what is due already counts as now.
void keep_sooner(Event& best, Event other) {
  other.in = std::max(other.in, Millis{});
  if (best.what == NextEvent::none || other.in < best.in) best = other;
}

}  // namespace

Result<void> Governor::on_identify(cbor::Reader& in, cbor::Writer& out) {
  DAYMARK_CHECK(in.expect_end());
  const Identity identity{chip_key_,          platform_.maker, boot_,
                          platform_.firmware, platform_.level, platform_.peak};
  write_identity(identity, out);
  return ok();
}

Result<void> Governor::on_charter(cbor::Reader& in, cbor::Writer& out) {
  DAYMARK_CHECK(in.expect_end());
  if (state_.life == Life::unprovisioned) return fail(errc::gov_unprovisioned);
  out.put_bytes(state_.charter);
  return ok();
}

Result<void> Governor::on_status(cbor::Reader& in, cbor::Writer& out) {
  DAYMARK_CHECK(in.expect_end());
  auto& status = work_.start_late<Status>();
  const Judgement now = judgement();
  status.standing = now.standing;
  status.reason = now.reason;
  status.clock = now_.clock;
  if (state_.life != Life::unprovisioned) {
    status.fleet = charter_.fleet;
    status.charter = charter_.hash;
  }
  status.fleet_head = state_.fleet;
  status.own_head = state_.own;
  fill_licences(status);
  fill_limits(status);
  if (governed()) fill_next(status);
  write_status(status, out);
  return ok();
}

void Governor::fill_licences(Status& out) const {
  out.current = summary(state_.current);
  out.queued = summary(state_.next);
  out.denied = state_.denial.id;
  out.denial_reason = text_of(state_.denial.reason.view());
  out.request = state_.request;
  if (running_.held && now_.tick < running_.until) out.job = running_.job;
  out.fence = fence();
  out.grace_left = grace();
}

void Governor::fill_limits(Status& out) const {
  if (state_.suspension.active) {
    out.suspending = state_.suspension.order;
    out.suspended_until = state_.suspension.until;
  }
  if (governed()) {
    out.suspension_budget_left = suspension_budget(state_, charter_.bounds, now_.clock.earliest);
  }
  out.policy_root = state_.policy.program_root;
  out.counter = state_.counter;
  out.refusal_total = state_.refusal_total;
  for (const Pending& pending : state_.pending_list())
    out.pending[out.pending_count++] = pending.what;
  const std::size_t oldest = state_.refusal_at + refusals_max - state_.refusal_count;
  for (; out.refusal_count < state_.refusal_count; ++out.refusal_count)
    out.refusals[out.refusal_count] = state_.refusals[(oldest + out.refusal_count) % refusals_max];
}

/// What happens first if nobody does anything.
void Governor::fill_next(Status& out) const {
  const ClockReading& clock = now_.clock;
  Event next;
  const auto ends = [&](NextEvent what, UnixMillis end) {
    if (clock.fresh) keep_sooner(next, {what, end, end - clock.latest});
  };
  if (out.standing == Standing::suspended) ends(NextEvent::suspension_ends, out.suspended_until);
  if (out.standing == Standing::licensed) {
    ends(NextEvent::licence_ends, state_.current.leaf.not_after);
    keep_sooner(next, {NextEvent::time_ages, UnixMillis{}, now_.fresh_for});
  }
  if (out.standing == Standing::grace) {
    keep_sooner(next, {NextEvent::grace_ends, UnixMillis{}, grace()});
  }
  if (out.standing == Standing::lapsed && state_.lapsed_since.value > 0) {
    ends(NextEvent::lapse_ends, state_.lapsed_since + charter_.silence.lapsed_longest);
  }
  const bool timed = clock.earliest.value > 0;
  if (timed && state_.pending_count > 0) {
    const UnixMillis start = state_.pending[0].what.binds_at;
    keep_sooner(next, {NextEvent::restriction_binds, start, start - clock.earliest});
  }
  if (timed) {
    const UnixMillis sunset = charter_.silence.sunset;
    keep_sooner(next, {NextEvent::sunset, sunset, sunset - clock.earliest});
  }
  out.next = next.what;
  out.next_at = next.at;
  out.next_in = next.in;
}

Attestation Governor::claims(ByteView nonce) const {
  Attestation out;
  out.nonce = nonce;
  out.chip = chip_key_;
  if (state_.life != Life::unprovisioned) {
    out.fleet = charter_.fleet;
    out.charter = charter_.hash;
  }
  out.fleet_head = state_.fleet;
  out.own_head = state_.own;
  out.licence = state_.last_leaf;
  out.licence_chain = state_.licence_chain;
  out.checkpoint = state_.checkpoint;
  out.ledger = state_.ledger.head();
  const Judgement now = judgement();
  out.standing = now.standing;
  out.reason = now.reason;
  out.clock = now_.clock;
  out.firmware = platform_.firmware;
  out.counter = state_.counter;
  out.refusals = state_.refusal_total;
  out.fence = fence();
  out.level = platform_.level;
  out.boot = boot_;
  out.emergency_granted = state_.emergency.granted;
  out.emergency_total = state_.emergency.total;
  out.time_count = timekeeper_.witnesses(now_.tick, out.times);
  return out;
}

Result<void> Governor::on_attest(cbor::Reader& in, cbor::Writer& out) {
  // nonce / [nonce, submodules]
  cbor::Reader list = in;
  const bool listed = list.enter_array_of(2).has_value();
  if (listed) in = list;
  DAYMARK_TRY(const ByteView nonce, in.read_bytes(nonce_least, nonce_most, field::nonce));
  Attestation stated = claims(nonce);
  if (listed) {
    DAYMARK_TRY(stated.submodules, read_submodules(in));
  }
  DAYMARK_CHECK(in.expect_end());
  DAYMARK_TRY(const ByteView payload, write_attestation(stated, work_.payload()));
  return put_signed(payload, attestation_purpose, out);
}

Result<void> Governor::on_range_open(cbor::Reader& in, cbor::Writer& out) {
  DAYMARK_TRY(const auto beacon, internal::read_number<std::uint8_t>(in, 0xFF, field::beacon));
  DAYMARK_CHECK(in.expect_end());
  DAYMARK_CHECK(require_enrolled());
  DAYMARK_TRY(const ByteView opening,
              timekeeper_.open(beacon, now_.tick, platform_.chip, random_, work_.document()));
  out.put_bytes(opening);
  return ok();
}

Result<void> Governor::on_range_accept(cbor::Reader& in, cbor::Writer& out) {
  DAYMARK_TRY(const BeaconRequest welcome, read_beacon_message(in, ranging::welcome_size_max));
  DAYMARK_CHECK(require_enrolled());
  DAYMARK_CHECK(timekeeper_.accept(welcome));
  out.put_null();
  return ok();
}

Result<void> Governor::on_range_answer(cbor::Reader& in, cbor::Writer& out) {
  DAYMARK_TRY(const ChallengeRequest challenge, read_challenge(in));
  DAYMARK_CHECK(require_enrolled());
  DAYMARK_TRY(const ranging::AnswerTag tag, timekeeper_.answer(challenge));
  out.put_bytes(tag);
  return ok();
}

/// New time may end or start something at once.
Result<void> Governor::on_range_receipt(cbor::Reader& in, cbor::Writer& out) {
  DAYMARK_TRY(const BeaconRequest receipt, read_beacon_message(in, ranging::receipt_size_max));
  DAYMARK_CHECK(require_enrolled());
  DAYMARK_CHECK(timekeeper_.take_receipt(receipt, now_.tick, chip_key_));
  DAYMARK_CHECK(advance(now_.tick));
  write_clock(now_.clock, out);
  return ok();
}

}  // namespace daymark::governor
