#include "daymark/monitor/lawful.h"

#include <vector>

#include "daymark/order/describe.h"
#include "daymark/order/errors.h"

namespace daymark::monitor {

namespace {

/// As on the chip (order/proven.cc).
constexpr Millis life_longest = days(365);

Result<tlog::MemberSet> signers_of(const order::SignedOrder& entry, const order::Charter& charter) {
  std::vector<Byte> scratch(order::order_size_max + 256);
  tlog::MemberSet signers = 0;
  for (const cbor::SignerEntry& signer : entry.envelope.signer_list()) {
    const auto index = charter.party_of(signer.key);
    if (!index) return fail(errc::order_signer_unknown, field::parties);
    const tlog::MemberSet bit = tlog::MemberSet{1} << *index;
    if ((signers & bit) != 0) return fail(errc::order_signer_duplicate, field::parties);
    const order::Party& party = charter.parties[*index];
    const bool by_key = crypto::key_id(party.key) == signer.key;
    DAYMARK_CHECK(cbor::verify_signer(entry.envelope, signer, order::order_purpose,
                                      by_key ? party.key : party.spare, scratch));
    signers |= bit;
  }
  return signers;
}

/// PROTOCOL §1.2: no party restricts alone, whatever the charter says.
Result<void> check_quorum(const order::Order& order, const order::Charter& charter,
                          tlog::MemberSet signers) {
  DAYMARK_TRY(const tlog::Policy quorum, order::quorum_of(charter, order.kind));
  if (!quorum.met_by(signers)) return fail(errc::order_quorum, field::parties);
  if (!order::is_restriction(order.kind)) return ok();
  for (tlog::MemberSet left = signers; left != 0; left &= left - 1) {
    if (quorum.met_by(left & (~left + 1))) return fail(errc::order_one_party, field::parties);
  }
  return ok();
}

/// PROTOCOL §2.5 and §3.6 of the design: expiry bounds entry into the log, a suspension has an end.
Result<void> check_times(const order::Order& order, const order::Charter& charter,
                         const LoggedSpan& logged) {
  if (order.expires <= order.issued || order.expires > order.issued + life_longest) {
    return fail(errc::order_bounds, field::expires);
  }
  if (logged.earliest >= order.expires && !order::is_relief(order.kind)) {
    return fail(errc::order_expired, field::expires);
  }
  if (order.not_before > order.issued + life_longest) {
    return fail(errc::order_bounds, field::not_before);
  }
  if (order.kind != order::OrderKind::suspend) {
    return order.until.value == 0 ? ok() : fail(errc::order_bounds, field::until);
  }
  // It is too long if it is too long from the latest start, and over before it starts if it is from
  // the earliest.
  const UnixMillis first = order::binding_time(order, charter.bounds, logged.earliest);
  const UnixMillis last = order::binding_time(order, charter.bounds, logged.latest);
  const bool lawful =
      order.until > first && order.until - last <= charter.bounds.suspension_longest;
  return lawful ? ok() : fail(errc::order_bounds, field::until);
}

Result<void> check_stream(const order::Order& order) {
  using order::OrderKind;
  const bool batch = order.kind == OrderKind::license;
  if (order.has_batch_root != batch) return fail(errc::order_malformed, field::batch_root);
  if (batch) return !order.has_prev && order.seq > 0 ? ok() : fail(errc::order_stream);
  const bool never_fleet = order.kind == OrderKind::enrol || order.kind == OrderKind::transfer;
  const bool always_fleet = order.kind == OrderKind::policy || order.kind == OrderKind::firmware ||
                            order.kind == OrderKind::amend;
  const bool fits = order.has_prev ? !never_fleet : !always_fleet;
  return fits && order.has_prev == (order.seq > 0) ? ok() : fail(errc::order_stream);
}

}  // namespace

Result<void> check_lawful(const order::SignedOrder& entry, const order::Charter& charter,
                          const LoggedSpan& logged) {
  const order::Order& order = entry.order;
  if (order.fleet != charter.fleet) return fail(errc::order_charter, field::fleet);
  if (order.charter != charter.hash) return fail(errc::order_charter, field::charter);
  DAYMARK_CHECK(check_stream(order));
  DAYMARK_TRY(const tlog::MemberSet signers, signers_of(entry, charter));
  DAYMARK_CHECK(check_quorum(order, charter, signers));
  return check_times(order, charter, logged);
}

UnixMillis earliest_binding(const order::Order& order, const order::Bounds& bounds,
                            const LoggedSpan& logged) {
  // Nobody logs an order before it is issued.
  const bool later = logged.earliest < order.issued;
  return order::binding_time(order, bounds, later ? order.issued : logged.earliest);
}

}  // namespace daymark::monitor
