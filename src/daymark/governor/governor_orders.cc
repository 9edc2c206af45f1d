// Enrolment and orders: the only ways in which anybody changes what a chip may do.
#include <algorithm>

#include "daymark/governor/fields_internal.h"
#include "daymark/governor/governor.h"

namespace daymark::governor {

namespace {

const order::Target* find_target(const order::ScopeContent& scope, const ChipId& chip) {
  const auto targets = scope.target_list();
  const auto found =
      std::ranges::find_if(targets, [&](const order::Target& t) { return t.chip == chip; });
  return found == targets.end() ? nullptr : &*found;
}

/// The next entry of a stream, or why not (PROTOCOL §2.2).
Result<void> check_next(const order::StreamHead& head, std::uint64_t seq, const Digest& prev) {
  if (seq <= head.seq) return fail(errc::gov_replayed, field::sequence);
  if (!head.continues_with(seq, prev)) return fail(errc::order_stream, field::sequence);
  return ok();
}

}  // namespace

Result<void> Governor::on_enrol_begin(cbor::Reader& in, cbor::Writer& out) {
  DAYMARK_CHECK(in.expect_end());
  if (state_.life != Life::unprovisioned) return fail(errc::gov_enrolled);
  random_.fill(state_.enrol_nonce);
  state_.nonce_drawn = true;
  DAYMARK_CHECK(commit());
  out.put_bytes(state_.enrol_nonce);
  return ok();
}

/// [nonce, charter hash]: agreeing to nothing but that this chip is here now.
Result<void> Governor::on_enrol_answer(cbor::Reader& in, cbor::Writer& out) {
  DAYMARK_TRY(const ByteView charter, in.read_bytes(1, order::charter_size_max, field::charter));
  DAYMARK_CHECK(in.expect_end());
  if (state_.life != Life::unprovisioned) return fail(errc::gov_enrolled);
  if (!state_.nonce_drawn) return fail(errc::gov_no_enrolment, field::nonce);
  DAYMARK_CHECK(order::parse_charter_into(charter, other_));
  cbor::Writer answer(work_.payload());
  answer.open_array(2);
  answer.put_bytes(state_.enrol_nonce);
  answer.put_bytes(other_.hash);
  DAYMARK_TRY(const ByteView payload, answer.finish());
  return put_signed(payload, order::answer_purpose, out);
}

Result<void> Governor::on_enrol(cbor::Reader& in, cbor::Writer& out) {
  DAYMARK_TRY(const EnrolRequest request, read_enrol(in));
  if (state_.life == Life::released) return fail(errc::gov_released);
  if (state_.life != Life::unprovisioned) return fail(errc::gov_enrolled);
  if (!state_.nonce_drawn) return fail(errc::gov_no_enrolment, field::nonce);
  DAYMARK_CHECK(order::parse_charter_into(request.charter, other_));
  order::ProofScratch& scratch = work_.start_proof();
  DAYMARK_CHECK(order::check_policies(other_, scratch.policy));
  const order::EnrolTrust trust{platform_.maker, chip_key_, state_.enrol_nonce};
  DAYMARK_TRY(const order::ProvenOrder proven,
              order::prove_enrol(request.order, other_, trust, scratch));
  DAYMARK_CHECK(pin(request.charter));
  state_.life = Life::enrolled;
  state_.nonce_drawn = false;
  state_.enrol_nonce = Digest{};
  Application applied;
  applied.stream = order::Stream::chip;
  return finish_order(proven, applied, out);
}

/// The charter that holds from now on.
Result<void> Governor::pin(ByteView charter) {
  DAYMARK_CHECK(order::parse_charter_into(charter, charter_));
  state_.charter = charter;
  timekeeper_.adopt(&charter_, now_.clock.earliest);
  return ok();
}

Result<void> Governor::on_apply(cbor::Reader& in, cbor::Writer& out) {
  DAYMARK_TRY(const order::OrderMessage message, read_apply(in));
  DAYMARK_CHECK(require_enrolled());
  order::ProofScratch& scratch = work_.start_proof();
  DAYMARK_TRY(const order::Charter* const charter, charter_for(message, scratch.order));
  DAYMARK_TRY(const order::ProvenOrder proven, order::prove_order(message, *charter, scratch));
  // A licence grants to leaves, not to a stream: accept_leaf.
  if (proven.order().kind == order::OrderKind::license) return fail(errc::order_kind, field::kind);
  if (charter == &other_ && proven.logged_at() >= state_.left_at) {
    return fail(errc::gov_charter_left, field::charter);
  }
  Application applied;
  DAYMARK_TRY(applied.stream, place(proven, *charter, scratch.rest));
  DAYMARK_CHECK(take_effect(proven, applied));
  return finish_order(proven, applied, out);
}

/// The charter that an order was made under: the pinned one, or the one before for an order that
/// was logged while that one held. A chip that comes back late needs both.
Result<const order::Charter*> Governor::charter_for(const order::OrderMessage& message,
                                                    order::SignedOrder& scratch) {
  DAYMARK_CHECK(order::parse_signed_order_into(message.envelope, scratch));
  if (scratch.order.charter == charter_.hash) return &charter_;
  if (state_.other_role == OtherCharter::none) return fail(errc::order_charter, field::charter);
  DAYMARK_CHECK(order::parse_charter_into(state_.other, other_));
  if (scratch.order.charter != other_.hash) return fail(errc::order_charter, field::charter);
  if (state_.other_role == OtherCharter::waiting) {
    return fail(errc::gov_charter_waiting, field::charter);
  }
  return &other_;
}

/// The stream that the order continues. Errors: errc::gov_replayed, errc::order_stream,
/// errc::gov_not_addressed.
Result<order::Stream> Governor::place(const order::ProvenOrder& proven,
                                      const order::Charter& judged_by, ContentSpace& space) {
  const order::Order& order = proven.order();
  if (order.stream() != order::Stream::fleet) return place_own(proven, space);
  // After a transfer the fleet's stream is another one; the old fleet has no say in it.
  if (judged_by.fleet != charter_.fleet) return fail(errc::gov_charter_left, field::fleet);
  // A chip that joins a fleet whose charter was amended can't prove what was ordered before under
  // charters it never held: it joins the stream where it can, and the head it then states binds
  // all that came before by hash.
  const bool joins = state_.fleet.seq == 0 && charter_.revision > 1;
  if (!joins) DAYMARK_CHECK(check_next(state_.fleet, order.seq, order.prev));
  return order::Stream::fleet;
}

Result<order::Stream> Governor::place_own(const order::ProvenOrder& proven,
                                          ContentSpace& space) const {
  if (proven.order().kind == order::OrderKind::transfer) {
    DAYMARK_TRY(const order::TransferContent transfer, order::parse_transfer(proven.content()));
    if (transfer.target.chip != chip_) return fail(errc::gov_not_addressed, field::targets);
    DAYMARK_CHECK(check_next(state_.own, transfer.target.seq, transfer.target.prev));
    return order::Stream::chip;
  }
  auto& scope = space.start<order::ScopeContent>();
  DAYMARK_CHECK(order::parse_scope_into(proven.content(), scope));
  const order::Target* const target = find_target(scope, chip_);
  if (target == nullptr) return fail(errc::gov_not_addressed, field::targets);
  DAYMARK_CHECK(check_next(state_.own, target->seq, target->prev));
  return order::Stream::chip;
}

Result<void> Governor::take_effect(const order::ProvenOrder& proven, Application& out) {
  switch (proven.order().kind) {
    case order::OrderKind::suspend: return take_suspension(proven, out);
    case order::OrderKind::policy: return take_policy(proven, out);
    case order::OrderKind::firmware: return take_firmware(proven, out);
    case order::OrderKind::amend: return take_charter(proven, proven.content(), out);
    case order::OrderKind::transfer: return take_transfer(proven, out);
    case order::OrderKind::resume:
    case order::OrderKind::release: take_relief(proven, out); return ok();
    default: return fail(errc::order_kind, field::kind);
  }
}

namespace {

Pending pending_of(const order::ProvenOrder& proven, order::Stream stream) {
  Pending out;
  out.what = {proven.order().kind, stream, proven.order().hash, proven.binds_at(), UnixMillis{}};
  return out;
}

}  // namespace

/// A suspension whose time is over before it could bind is chained without effect (PROTOCOL §2.5).
Result<void> Governor::take_suspension(const order::ProvenOrder& proven, Application& out) {
  if (proven.order().is_confirmation()) return take_confirmation(proven, out);
  Pending pending = pending_of(proven, out.stream);
  const UnixMillis until = proven.order().until;
  pending.what.until = until;
  pending.what.binds_at =
      binding_time(state_, {proven.logged_at(), proven.binds_at(), until}, charter_.bounds.notice);
  out.receipt.binds_at = pending.what.binds_at;
  out.receipt.ends_at = until;
  if (pending.what.binds_at >= until || is_over(until, now_.clock)) {
    out.receipt.outcome = ApplyOutcome::without_effect;
    return ok();
  }
  out.receipt.outcome = ApplyOutcome::announced;
  return announce(state_, pending);
}

Result<void> Governor::take_confirmation(const order::ProvenOrder& proven, Application& out) {
  auto& scope = work_.start_late<order::ScopeContent>();
  DAYMARK_CHECK(order::parse_scope_into(proven.content(), scope));
  Confirmation confirmation{{}, proven.logged_at()};
  copy_bytes(scope.appeal, confirmation.appeal);
  DAYMARK_TRY(const bool restored, confirm_suspension(state_, confirmation, now_.clock));
  out.receipt.outcome = restored ? ApplyOutcome::in_effect : ApplyOutcome::without_effect;
  return ok();
}

Result<void> Governor::on_appeal(cbor::Reader& in, cbor::Writer& out) {
  DAYMARK_TRY(const order::AppealMessage message, read_appeal(in));
  DAYMARK_CHECK(require_enrolled());
  DAYMARK_TRY(const order::ProvenAppeal proven,
              order::prove_appeal(message, charter_, work_.start_proof()));
  DAYMARK_TRY(const UnixMillis term, enter_appeal(state_, proven, charter_.bounds.appeal));
  settle();
  DAYMARK_CHECK(commit());
  write_term(term, out);
  return ok();
}

Result<void> Governor::take_policy(const order::ProvenOrder& proven, Application& out) {
  DAYMARK_TRY(const order::PolicyContent policy, order::parse_policy(proven.content()));
  Pending pending = pending_of(proven, out.stream);
  pending.digest = policy.program_root;
  pending.level_least = policy.level_least;
  out.receipt.outcome = ApplyOutcome::announced;
  return announce(state_, pending);
}

Result<void> Governor::take_firmware(const order::ProvenOrder& proven, Application& out) {
  DAYMARK_TRY(const order::FirmwareContent firmware, order::parse_firmware(proven.content()));
  std::uint64_t newest = state_.firmware.version;
  for (const Pending& waiting : state_.pending_list())
    newest = std::max(newest, waiting.version);
  if (firmware.version <= newest) return fail(errc::gov_firmware_version, field::version);
  Pending pending = pending_of(proven, out.stream);
  pending.digest = firmware.image;
  pending.version = firmware.version;
  out.receipt.outcome = ApplyOutcome::announced;
  return announce(state_, pending);
}

Result<void> Governor::take_transfer(const order::ProvenOrder& proven, Application& out) {
  DAYMARK_TRY(const order::TransferContent transfer, order::parse_transfer(proven.content()));
  return take_charter(proven, transfer.charter, out);
}

/// The charter's own rules were checked when the order was proven; here only one may wait.
Result<void> Governor::take_charter(const order::ProvenOrder& proven, ByteView charter,
                                    Application& out) {
  if (state_.other_role == OtherCharter::waiting) {
    return fail(errc::gov_charter_waiting, field::charter);
  }
  DAYMARK_CHECK(announce(state_, pending_of(proven, out.stream)));
  out.receipt.outcome = ApplyOutcome::announced;
  state_.other = charter;
  state_.other_role = OtherCharter::waiting;
  return ok();
}

void Governor::take_relief(const order::ProvenOrder& proven, Application& out) {
  if (proven.order().kind == order::OrderKind::release) {
    release();
    return;
  }
  const bool lifted = lift_suspensions(state_, out.stream, now_.clock);
  out.receipt.outcome = lifted ? ApplyOutcome::in_effect : ApplyOutcome::without_effect;
}

void Governor::extend_stream(const order::ProvenOrder& proven, order::Stream stream) {
  const bool fleet = stream == order::Stream::fleet;
  order::StreamHead& head = fleet ? state_.fleet : state_.own;
  head.seq = fleet ? proven.order().seq : head.seq + 1;
  head.hash = proven.order().hash;
}

void Governor::note_checkpoint(const order::ProvenOrder& proven) {
  if (proven.checkpoint().size > state_.checkpoint.size) state_.checkpoint = proven.checkpoint();
}

/// Chains the order, settles what is due already, saves, and signs the receipt: in this order, so
/// that no receipt speaks of what a loss of power could undo.
Result<void> Governor::finish_order(const order::ProvenOrder& proven, Application& applied,
                                    cbor::Writer& out) {
  extend_stream(proven, applied.stream);
  note_checkpoint(proven);
  OrderReceipt& receipt = applied.receipt;
  if (receipt.binds_at.value == 0) receipt.binds_at = proven.binds_at();
  receipt.order = proven.order().hash;
  receipt.kind = proven.order().kind;
  settle();
  DAYMARK_CHECK(commit());
  const auto is_this = [&](const Pending& p) { return p.what.order == receipt.order; };
  const bool waits = std::ranges::any_of(state_.pending_list(), is_this);
  if (receipt.outcome == ApplyOutcome::announced && !waits) {
    const bool in_vain =
        receipt.kind == order::OrderKind::suspend && state_.suspension.order != receipt.order;
    receipt.outcome = in_vain ? ApplyOutcome::without_effect : ApplyOutcome::in_effect;
  }
  receipt.chip = chip_;
  receipt.standing = judgement().standing;
  receipt.fleet = state_.fleet;
  receipt.own = state_.own;
  receipt.clock = now_.clock;
  receipt.counter = state_.counter;
  DAYMARK_TRY(const ByteView payload, write_order_receipt(receipt, work_.payload()));
  return put_signed(payload, order_receipt_purpose, out);
}

}  // namespace daymark::governor
