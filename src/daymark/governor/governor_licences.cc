// Renewal requests and licence leaves (PROTOCOL §3, §4).
#include <algorithm>

#include "daymark/base/renew.h"
#include "daymark/governor/fields_internal.h"
#include "daymark/governor/governor.h"

namespace daymark::governor {

namespace {

/// The chip must have reached a position that a leaf names, on the same history.
Result<void> check_position(const order::StreamHead& mine, const order::StreamHead& wanted) {
  if (wanted.seq > mine.seq) return fail(errc::gov_leaf_position, field::sequence);
  const bool forked = wanted.seq == mine.seq && wanted.hash != mine.hash;
  return forked ? fail(errc::gov_leaf_fork, field::sequence) : ok();
}

}  // namespace

Result<void> Governor::on_renew(cbor::Reader& in, cbor::Writer& out) {
  DAYMARK_CHECK(in.expect_end());
  DAYMARK_CHECK(require_enrolled());
  order::RenewalRequest request;
  request.chip = chip_;
  random_.fill(request.nonce);
  request.fleet = state_.fleet;
  request.own = state_.own;
  request.ledger = ledger::head_hash(state_.ledger.head());
  request.counter = state_.counter + 1;
  request.licence = state_.last_leaf;
  DAYMARK_TRY(const ByteView payload, order::write_request(request, work_.payload()));
  DAYMARK_TRY(const ByteView signed_bytes,
              cbor::make_sign1(payload, order::renewal_purpose, platform_.chip, work_.document()));
  state_.request = order::request_hash(signed_bytes);
  state_.request_held = true;
  DAYMARK_CHECK(commit());
  out.put_bytes(signed_bytes);
  return ok();
}

Result<void> Governor::on_accept_leaf(cbor::Reader& in, cbor::Writer& out) {
  DAYMARK_TRY(const LeafRequest request, read_leaf_request(in));
  DAYMARK_CHECK(require_enrolled());
  order::ProofScratch& scratch = work_.start_proof();
  DAYMARK_TRY(const order::Charter* const charter, charter_for(request.batch, scratch.order));
  DAYMARK_TRY(const order::ProvenOrder batch, order::prove_order(request.batch, *charter, scratch));
  if (charter == &other_ && batch.logged_at() >= state_.left_at) {
    return fail(errc::gov_charter_left, field::charter);
  }
  DAYMARK_TRY(const auto path, unpack_path(request.path, scratch.policy.start<PathSpace>()));
  DAYMARK_TRY(const order::ProvenLeaf proven,
              order::prove_leaf(request.leaf, {request.index, path}, batch,
                                scratch.rest.start<order::Leaf>()));
  DAYMARK_CHECK(check_leaf(proven.leaf()));
  DAYMARK_TRY(const LeafOutcome outcome, take_leaf(proven.leaf()));
  state_.last_leaf = proven.leaf().id;
  state_.request_held = false;
  state_.request = Digest{};
  if (outcome != LeafOutcome::denied) {
    state_.licence_chain = chain_licence(state_.licence_chain, proven.hash());
  }
  note_checkpoint(batch);
  settle();
  track_lapse();
  DAYMARK_CHECK(commit());
  write_leaf_answer({outcome, proven.leaf().id, proven.leaf().denial_reason}, out);
  return ok();
}

/// PROTOCOL §3.1: a leaf answers the one request that this chip still holds.
Result<void> Governor::check_leaf(const order::Leaf& leaf) const {
  if (leaf.chip != chip_) return fail(errc::gov_leaf_chip, field::chip);
  if (!state_.request_held) return fail(errc::gov_no_request, field::request);
  if (leaf.request != state_.request) return fail(errc::gov_leaf_request, field::request);
  if (leaf.id <= state_.last_leaf) return fail(errc::gov_leaf_id, field::licence);
  DAYMARK_CHECK(check_position(state_.fleet, leaf.fleet));
  return check_position(state_.own, leaf.own);
}

Result<LeafOutcome> Governor::take_leaf(const order::Leaf& leaf) {
  if (leaf.kind == order::LeafKind::licence) return take_licence(leaf);
  state_.denial.id = leaf.id;
  state_.denial.reason.assign(bytes_of(leaf.denial_reason));
  state_.denial.finding = leaf.finding;
  state_.denial.appeal_until = leaf.appeal_until;
  return LeafOutcome::denied;
}

/// PROTOCOL §2.3: what an accepted licence grants stands to its end. A licence that is narrower
/// anywhere waits for that end; one that is narrower than the waiting one as well is refused.
Result<LeafOutcome> Governor::take_licence(const order::Leaf& leaf) {
  if (leaf.not_after - leaf.not_before > charter_.bounds.licence_longest) {
    return fail(errc::gov_leaf_validity, field::validity);
  }
  if (is_over(leaf.not_after, now_.clock)) return fail(errc::gov_leaf_over, field::validity);
  const bool stands = state_.current.held && !is_over(state_.current.leaf.not_after, now_.clock);
  const bool begun = !now_.clock.fresh || now_.clock.latest >= leaf.not_before;
  const bool replaces =
      begun && (!stands || nowhere_narrower(leaf, state_.current.leaf, state_.current.used));
  const bool keeps_next = !state_.next.held || nowhere_narrower(leaf, state_.next.leaf, TeraOps{});
  if (!keeps_next) return fail(errc::gov_licence_queue, field::licence);
  renew(state_.denial);
  state_.emergency.granted = Millis{};
  state_.grace_left = std::max(Millis{}, grace_of(charter_) - reserved_);
  Licence& slot = replaces ? state_.current : state_.next;
  slot.held = true;
  slot.leaf = leaf;
  slot.used = TeraOps{};
  slot.leaf.denial_reason = {};
  if (!replaces) return LeafOutcome::queued;
  renew(state_.next);
  return LeafOutcome::current;
}

/// More of what grace is: powered time that grants no more than the last licence did.
Result<void> Governor::on_emergency(cbor::Reader& in, cbor::Writer& out) {
  DAYMARK_TRY(const ByteView message, in.read_bytes(1, order::emergency_size_max, field::envelope));
  DAYMARK_CHECK(in.expect_end());
  DAYMARK_CHECK(require_enrolled());
  DAYMARK_TRY(const order::EmergencyGrant grant, order::verify_emergency(message, charter_));
  DAYMARK_CHECK(check_emergency(grant));
  state_.emergency.newest = grant.issued;
  state_.emergency.granted = state_.emergency.granted + grant.span;
  state_.emergency.total = state_.emergency.total + grant.span;
  state_.grace_left = state_.grace_left + grant.span;
  track_lapse();
  DAYMARK_CHECK(commit());
  internal::put_span(grace(), out);
  return ok();
}

Result<void> Governor::check_emergency(const order::EmergencyGrant& grant) const {
  if (grant.chip != chip_) return fail(errc::gov_not_addressed, field::chip);
  if (!state_.ever_licensed()) return fail(errc::gov_no_licence, field::licence);
  // A quorum's suspension is not the owner's to lift: that is what `resume` is for.
  if (state_.suspension.active) return fail(errc::gov_suspended);
  if (grant.issued <= state_.emergency.newest) return fail(errc::gov_emergency_old, field::issued);
  const Millis most = hours(std::int64_t{charter_.emergency_chip_hours});
  if (state_.emergency.granted + grant.span > most) return fail(errc::gov_emergency_spent);
  return ok();
}

}  // namespace daymark::governor
