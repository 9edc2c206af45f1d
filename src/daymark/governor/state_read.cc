#include "daymark/base/renew.h"
#include "daymark/governor/fields_internal.h"
#include "daymark/governor/state_layout_internal.h"

namespace daymark::governor {

namespace {

using cbor::read_layout;
using cbor::Reader;

/// The two charters alone.
constexpr auto charters_layout =
    cbor::layout<State>(DAYMARK_MEMBER(State, charter, no_field, order::charter_size_max),
                        DAYMARK_MEMBER(State, other, no_field, order::charter_size_max));

Result<void> enter_state(Reader& in) {
  DAYMARK_CHECK(in.enter_array_of(7));
  DAYMARK_TRY(const std::uint64_t version, in.read_unsigned());
  return version == 1 ? ok() : fail(errc::gov_state);
}

Result<void> read_identity_part(Reader& in, State& out) {
  DAYMARK_CHECK(read_layout(in, internal::identity_layout, out));
  const bool chartered = out.life != Life::unprovisioned;
  const bool other = out.other_role != OtherCharter::none;
  const bool fits = chartered != out.charter.empty() && other != out.other.empty();
  return fits ? ok() : fail(errc::gov_state, field::charter);
}

Result<void> read_licence(Reader& in, Licence& out) {
  out.held = !in.next_is_null();
  if (!out.held) return in.read_null();
  DAYMARK_CHECK(in.enter_array_of(2, field::licence));
  DAYMARK_TRY(const ByteView leaf, in.read_bytes(1, order::leaf_size_max, field::licence));
  DAYMARK_CHECK(order::parse_leaf_into(leaf, out.leaf));
  if (out.leaf.kind != order::LeafKind::licence) return fail(errc::gov_state, field::licence);
  DAYMARK_TRY(out.used.value, in.read_unsigned(field::licence));
  return ok();
}

Result<void> read_licences(Reader& in, State& out) {
  DAYMARK_CHECK(read_licence(in, out.current));
  DAYMARK_CHECK(read_licence(in, out.next));
  DAYMARK_CHECK(read_layout(in, internal::chain_layout, out));
  DAYMARK_TRY(const ByteView reason, in.read_bytes(0, order::reason_size_max, field::reason));
  out.denial.reason.assign(reason);
  return read_layout(in, internal::request_layout, out);
}

Result<void> read_pending(Reader& in, Pending& out) {
  DAYMARK_CHECK(in.enter_array_of(8));
  DAYMARK_CHECK(internal::read_announced(in, out.what));
  return read_layout(in, internal::pending_layout, out);
}

Result<void> read_spans(Reader& in, State& out) {
  DAYMARK_TRY(out.served_count, in.enter_array(served_max));
  for (ServedSpan& span : std::span(out.served).first(out.served_count)) {
    DAYMARK_CHECK(read_layout(in, internal::served_layout, span));
    if (span.end < span.start) return fail(errc::gov_state, field::time);
  }
  return ok();
}

Result<void> read_restrictions(Reader& in, State& out) {
  DAYMARK_TRY(out.pending_count, in.enter_array(pending_max));
  for (Pending& pending : out.pending_list())
    DAYMARK_CHECK(read_pending(in, pending));
  DAYMARK_CHECK(read_layout(in, internal::suspension_layout, out));
  DAYMARK_CHECK(read_spans(in, out));
  DAYMARK_CHECK(read_layout(in, internal::policy_layout, out));
  DAYMARK_TRY(out.appealed_count, in.enter_array(appealed_max));
  for (Appealed& appealed : out.appealed_list())
    DAYMARK_CHECK(read_layout(in, internal::appealed_layout, appealed));
  return ok();
}

Result<void> read_meters(Reader& in, ledger::Peak peak, State& out) {
  DAYMARK_CHECK(read_layout(in, internal::grace_layout, out));
  DAYMARK_TRY(const ByteView ledger, in.read_bytes(0, ledger::SumTree::state_size_max));
  DAYMARK_CHECK(out.ledger.restore(ledger, peak));
  return read_layout(in, internal::usage_layout, out);
}

Result<void> read_refusals(Reader& in, State& out) {
  DAYMARK_TRY(out.refusal_count, in.enter_array(refusals_max));
  for (Refusal& refusal : std::span(out.refusals).first(out.refusal_count))
    DAYMARK_CHECK(read_layout(in, internal::refusal_layout, refusal));
  out.refusal_at = out.refusal_count % refusals_max;
  return out.refusal_count <= out.refusal_total ? ok() : fail(errc::gov_state);
}

}  // namespace

Result<void> read_state(ByteView encoded, ledger::Peak peak, State& out) {
  renew(out, peak);
  Reader in(encoded);
  DAYMARK_CHECK(enter_state(in));
  DAYMARK_CHECK(read_identity_part(in, out));
  DAYMARK_CHECK(read_licences(in, out));
  DAYMARK_CHECK(read_restrictions(in, out));
  DAYMARK_CHECK(read_meters(in, peak, out));
  DAYMARK_CHECK(read_refusals(in, out));
  return in.expect_end();
}

Result<void> view_charters(ByteView encoded, State& state) {
  Reader in(encoded);
  DAYMARK_CHECK(enter_state(in));
  DAYMARK_CHECK(in.enter_array_of(7));
  for (int before = 0; before < 3; ++before)
    DAYMARK_CHECK(in.read_item());
  return read_layout(in, charters_layout, state);
}

}  // namespace daymark::governor
