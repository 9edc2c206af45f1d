#include "daymark/order/proven.h"

#include "daymark/order/errors.h"
#include "daymark/order/load_internal.h"
#include "daymark/order/prover_internal.h"

namespace daymark::order {

namespace {

/// An order is logged within a year of its issue or never: nobody keeps signed stops in a drawer.
constexpr Millis life_longest = days(365);
/// No order announces itself further ahead.
constexpr Millis ahead_longest = days(365);

constexpr bool needs_mirror(OrderKind kind) {
  return kind != OrderKind::license;
}

/// Kinds that are always in the fleet stream, and those that may be in either.
constexpr bool always_fleet(OrderKind kind) {
  return kind == OrderKind::policy || kind == OrderKind::firmware || kind == OrderKind::amend;
}

constexpr bool always_chip(OrderKind kind) {
  return kind == OrderKind::enrol || kind == OrderKind::transfer;
}

Result<void> check_stream(const Order& order) {
  const bool fleet = order.has_prev;
  if (order.kind == OrderKind::license) {
    return !fleet && order.seq > 0 ? ok() : fail(errc::order_stream, field::sequence);
  }
  if (fleet ? always_chip(order.kind) : always_fleet(order.kind)) {
    return fail(errc::order_stream, field::predecessor);
  }
  return fleet == (order.seq > 0) ? ok() : fail(errc::order_stream, field::sequence);
}

}  // namespace

Result<void> Prover::read() {
  if (message_.content.size() > content_size_max) return fail(errc::order_size, field::content);
  if (message_.envelope.size() > order_size_max) return fail(errc::order_size);
  return parse_signed_order_into(message_.envelope, *new (&scratch_.order) SignedOrder);
}

Result<ProvenOrder> Prover::prove() {
  DAYMARK_CHECK(check_identity());
  ProvenOrder out;
  DAYMARK_TRY(out.signers_, check_signers());
  DAYMARK_CHECK(check_quorum(out.signers_));
  DAYMARK_CHECK(check_logged(out));
  out.binds_at_ = binding_time(out.logged_at_);
  DAYMARK_CHECK(check_bounds(out));
  out.order_ = &order();
  out.content_ = message_.content;
  return out;
}

Result<void> Prover::check_identity() const {
  if (order().fleet != charter_.fleet) return fail(errc::order_charter, field::fleet);
  if (order().charter != charter_.hash) return fail(errc::order_charter, field::charter);
  if (commit(message_.salt, message_.content) != order().commitment) {
    return fail(errc::order_commitment, field::commitment);
  }
  const bool is_batch = order().kind == OrderKind::license;
  if (order().has_batch_root != is_batch) return fail(errc::order_malformed, field::batch_root);
  return check_stream(order());
}

Result<tlog::MemberSet> Prover::check_signers() {
  tlog::MemberSet signers = 0;
  for (const cbor::SignerEntry& signer : scratch_.order.envelope.signer_list()) {
    const auto index = charter_.party_of(signer.key);
    if (!index) return fail(errc::order_signer_unknown, field::parties);
    const tlog::MemberSet bit = tlog::MemberSet{1} << *index;
    if ((signers & bit) != 0) return fail(errc::order_signer_duplicate, field::parties);
    const Party& party = charter_.parties[*index];
    const bool by_key = crypto::key_id(party.key) == signer.key;
    DAYMARK_CHECK(cbor::verify_signer(scratch_.order.envelope, signer, order_purpose,
                                      by_key ? party.key : party.spare));
    signers |= bit;
  }
  return signers;
}

Result<void> Prover::check_quorum(tlog::MemberSet signers) {
  auto& quorum = scratch_.policy.start<tlog::Policy>();
  DAYMARK_CHECK(internal::load_quorum(charter_, order().kind, quorum));
  if (!quorum.met_by(signers)) return fail(errc::order_quorum, field::parties);
  return is_restriction(order().kind) ? check_parties(quorum, signers) : ok();
}

Result<void> Prover::check_parties(const tlog::Policy& quorum, tlog::MemberSet signers) {
  // PROTOCOL §1.2, whatever the charter says: a quorum that one party fills alone binds nobody,
  // however many sign beside it.
  for (tlog::MemberSet left = signers; left != 0; left &= left - 1) {
    const tlog::MemberSet one = left & (~left + 1);
    if (quorum.met_by(one)) return fail(errc::order_one_party, field::parties);
  }
  return ok();
}

Result<void> Prover::check_logged(ProvenOrder& out) {
  if (message_.proof.empty()) {
    if (!is_relief(order().kind)) return fail(errc::order_unlogged);
    out.logged_at_ = order().issued;
    return ok();
  }
  auto& proof = scratch_.rest.start<tlog::OpenedProof>();
  DAYMARK_CHECK(tlog::open_proof(message_.proof, proof));
  auto& witnesses = scratch_.policy.start<tlog::Policy>();
  DAYMARK_CHECK(witnesses.read(charter_.log_policy));
  DAYMARK_TRY(const tlog::LoggedEntry entry,
              tlog::verify_witnessed(message_.envelope, proof, witnesses));
  if (needs_mirror(order().kind)) {
    auto& mirrors = scratch_.policy.start<tlog::Policy>();
    DAYMARK_CHECK(mirrors.read(charter_.mirror_policy));
    DAYMARK_CHECK(tlog::verify_mirrored(proof, mirrors));
  }
  // PROTOCOL §2.5: expiry bounds entry into the log; no other clock plays a part. A relief bound
  // before it was logged (§2.6), so its proof can't come too late.
  if (entry.logged_at() >= order().expires && !is_relief(order().kind)) {
    return fail(errc::order_expired, field::expires);
  }
  out.logged_at_ = entry.logged_at();
  out.checkpoint_ = entry.head();
  return ok();
}

UnixMillis Prover::binding_time(UnixMillis logged_at) const {
  if (is_relief(order().kind)) return logged_at;
  // The suspension that it confirms had its notice.
  const bool waits = is_restriction(order().kind) && !order().is_confirmation();
  const UnixMillis earliest = waits ? logged_at + charter_.bounds.notice : logged_at;
  return earliest < order().not_before ? order().not_before : earliest;
}

Result<void> Prover::check_bounds(const ProvenOrder& proven) const {
  const Order& o = order();
  if (o.expires <= o.issued || o.expires > o.issued + life_longest) {
    return fail(errc::order_bounds, field::expires);
  }
  if (o.not_before > o.issued + ahead_longest) return fail(errc::order_bounds, field::not_before);
  if (o.kind != OrderKind::suspend) {
    return o.until.value == 0 ? ok() : fail(errc::order_bounds, field::until);
  }
  if (o.is_confirmation()) {
    return o.not_before.value == 0 ? ok() : fail(errc::order_bounds, field::not_before);
  }
  // principle 6: a suspension has an end, and one that is not over before it starts.
  if (o.until <= proven.binds_at_) return fail(errc::order_bounds, field::until);
  const Millis length = o.until - proven.binds_at_;
  return length <= charter_.bounds.suspension_longest ? ok()
                                                      : fail(errc::order_bounds, field::until);
}

Result<ProvenOrder> prove_order(const OrderMessage& message, const Charter& charter,
                                ProofScratch& scratch) {
  Prover prover(message, charter, scratch);
  DAYMARK_CHECK(prover.read());
  // An enrolment rests on the maker's voucher, so it has its own door.
  if (scratch.order.order.kind == OrderKind::enrol) return fail(errc::order_kind, field::kind);
  DAYMARK_TRY(const ProvenOrder proven, prover.prove());
  DAYMARK_CHECK(internal::check_content({proven, charter, scratch}));
  return proven;
}

}  // namespace daymark::order
