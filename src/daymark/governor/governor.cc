#include "daymark/governor/governor.h"

#include <algorithm>

#include "daymark/cbor/cose.h"
#include "daymark/governor/fields_internal.h"

namespace daymark::governor {

namespace {

/// The floor of time is saved on its own when it has moved by so much: a reset costs no more.
constexpr Millis floor_step = hours(1);

}  // namespace

Governor::Governor(const Platform& platform, Storage& storage, Random& random)
    : platform_(platform),
      random_(random),
      journal_(storage, platform.chip),
      chip_key_(crypto::ed25519_public(platform.chip)),
      chip_(crypto::chip_id(chip_key_)),
      state_(platform.peak) {}

Governor::~Governor() {
  crypto::erase(platform_.chip.seed);
}

Result<void> Governor::start(TickMillis tick) {
  random_.fill(boot_.bytes);
  DAYMARK_CHECK(journal_.open(platform_.peak, state_));
  if (state_.life != Life::unprovisioned) {
    DAYMARK_CHECK(order::parse_charter_into(state_.charter, charter_));
  }
  timekeeper_.adopt(governed() ? &charter_ : nullptr, state_.floor);
  started_ = tick;
  suspended_tick_ = tick;
  now_ = timekeeper_.at(tick);
  now_.clock.earliest = state_.floor;
  broken_ = false;
  return advance(tick);
}

Judgement Governor::judgement() const {
  Facts facts;
  facts.clock = now_.clock;
  facts.grace = grace();
  facts.silence_observes = charter_.silence.action == order::OnSilence::observe;
  facts.lapse_over = lapse_over();
  return judge(state_, facts);
}

Result<void> Governor::advance(TickMillis tick) {
  if (broken_) return fail(errc::gov_storage);
  const Millis elapsed = std::max(Millis{}, tick - now_.tick);
  now_ = timekeeper_.at(std::max(tick, now_.tick));
  now_.clock.earliest = std::max(now_.clock.earliest, state_.floor);
  if (governed()) {
    if (was_in_grace_) spend_grace(elapsed);
    settle();
    const Standing standing = judgement().standing;
    const bool in_grace = standing == Standing::grace;
    if (standing == Standing::licensed && now_.tick >= running_.until) return_grace();
    if (in_grace && !was_in_grace_) spend_grace(overshoot(elapsed));
    was_in_grace_ = in_grace;
    if (in_grace) reserve_grace();
    track_lapse();
    if (now_.clock.earliest - state_.floor >= floor_step) changed_ = true;
  }
  return changed_ ? commit() : ok();
}

Result<ByteView> Governor::handle(TickMillis tick, ByteView request, MutableBytes response) {
  if (response.size() < response_size_max) return fail(errc::buffer_too_small);
  if (const auto moved = advance(tick); !moved) return write_refusal(moved.error(), response);
  work_ = Workspace(response);
  cbor::Reader in(request);
  const Result<Op> op = read_op(in);
  if (!op) {
    refuse(op.error(), 0);
    return write_refusal(op.error(), response);
  }
  cbor::Writer out(response);
  out.open_array(3);
  out.put_unsigned(message_version);
  out.put_unsigned(0);
  const Result<void> done = dispatch(*op, in, out);
  if (!done) {
    refuse(done.error(), static_cast<std::uint8_t>(*op));
    return write_refusal(done.error(), response);
  }
  return out.finish();
}

Result<void> Governor::dispatch(Op op, cbor::Reader& in, cbor::Writer& out) {
  switch (op) {
    case Op::identify: return on_identify(in, out);
    case Op::charter: return on_charter(in, out);
    case Op::status: return on_status(in, out);
    case Op::attest: return on_attest(in, out);
    case Op::permit:
    case Op::permit_renew:
    case Op::permit_end:
    case Op::record_usage: return dispatch_permit(op, in, out);
    case Op::range_open:
    case Op::range_accept:
    case Op::range_answer:
    case Op::range_receipt: return dispatch_ranging(op, in, out);
    default: return dispatch_order(op, in, out);
  }
}

Result<void> Governor::dispatch_order(Op op, cbor::Reader& in, cbor::Writer& out) {
  switch (op) {
    case Op::enrol_begin: return on_enrol_begin(in, out);
    case Op::enrol_answer: return on_enrol_answer(in, out);
    case Op::enrol: return on_enrol(in, out);
    case Op::apply: return on_apply(in, out);
    case Op::appeal: return on_appeal(in, out);
    case Op::renew: return on_renew(in, out);
    case Op::accept_leaf: return on_accept_leaf(in, out);
    case Op::emergency: return on_emergency(in, out);
    default: return fail(errc::gov_operation, field::operation);
  }
}

Result<void> Governor::dispatch_permit(Op op, cbor::Reader& in, cbor::Writer& out) {
  switch (op) {
    case Op::permit: return on_permit(in, out);
    case Op::permit_renew: return on_permit_renew(in, out);
    case Op::permit_end: return on_permit_end(in, out);
    case Op::record_usage: return on_record_usage(in, out);
    default: return fail(errc::gov_operation, field::operation);
  }
}

Result<void> Governor::dispatch_ranging(Op op, cbor::Reader& in, cbor::Writer& out) {
  switch (op) {
    case Op::range_open: return on_range_open(in, out);
    case Op::range_accept: return on_range_accept(in, out);
    case Op::range_answer: return on_range_answer(in, out);
    case Op::range_receipt: return on_range_receipt(in, out);
    default: return fail(errc::gov_operation, field::operation);
  }
}

Result<void> Governor::require_enrolled() const {
  switch (state_.life) {
    case Life::unprovisioned: return fail(errc::gov_unprovisioned);
    case Life::released: return fail(errc::gov_released);
    case Life::enrolled: break;
  }
  return ok();
}

/// Saves the state with the newest floor. Where that fails nothing more is granted: after the next
/// start the device holds the old state or the new one.
Result<void> Governor::commit() {
  state_.floor = std::max(state_.floor, now_.clock.earliest);
  if (const auto saved = journal_.save(state_); !saved) {
    broken_ = true;
    return saved;
  }
  changed_ = false;
  if (state_.life != Life::unprovisioned) order::rebase(charter_, state_.charter);
  return ok();
}

/// PROTOCOL §6.2: counted, the last 64 kept, saved with the next change of state.
void Governor::refuse(Error error, std::uint8_t op) {
  ++state_.refusal_total;
  state_.refusals[state_.refusal_at] = {error.code, op, now_.clock.earliest};
  state_.refusal_at = (state_.refusal_at + 1) % refusals_max;
  state_.refusal_count = std::min(state_.refusal_count + 1, refusals_max);
}

Result<void> Governor::put_signed(ByteView payload, std::string_view purpose, cbor::Writer& out) {
  DAYMARK_TRY(const ByteView signed_bytes,
              cbor::make_sign1(payload, purpose, platform_.chip, work_.document()));
  out.put_bytes(signed_bytes);
  return ok();
}

}  // namespace daymark::governor
