#include "daymark/governor/fields_internal.h"
#include "daymark/governor/state.h"

namespace daymark::governor {

namespace {

using cbor::Reader;
using internal::read_digest;
using internal::read_number;
using internal::read_time;

template <class Enum>
Result<Enum> read_enum(Reader& in, Enum last) {
  return read_number<Enum>(in, static_cast<std::uint64_t>(last));
}

/// A digest, or null: whether it is there.
Result<bool> read_optional(Reader& in, Digest& out) {
  if (in.next_is_null()) {
    DAYMARK_CHECK(in.read_null());
    out = Digest{};
    return false;
  }
  DAYMARK_TRY(out, read_digest(in));
  return true;
}

Result<void> read_charters(Reader& in, State& out) {
  DAYMARK_TRY(out.charter, in.read_bytes(0, order::charter_size_max));
  DAYMARK_TRY(out.other, in.read_bytes(0, order::charter_size_max));
  return ok();
}

Result<void> enter_state(Reader& in) {
  DAYMARK_CHECK(in.enter_array_of(7));
  DAYMARK_TRY(const std::uint64_t version, in.read_unsigned());
  if (version != 1) return fail(errc::gov_state);
  return in.enter_array_of(7);
}

Result<void> read_identity_part(Reader& in, State& out) {
  DAYMARK_TRY(out.life, read_enum(in, Life::released));
  DAYMARK_TRY(out.counter, in.read_unsigned());
  DAYMARK_TRY(out.nonce_drawn, read_optional(in, out.enrol_nonce));
  DAYMARK_CHECK(read_charters(in, out));
  DAYMARK_TRY(out.other_role, read_enum(in, OtherCharter::left));
  DAYMARK_TRY(out.left_at, read_time(in));
  const bool chartered = out.life != Life::unprovisioned;
  if (chartered == out.charter.empty()) return fail(errc::gov_state, field::charter);
  const bool other = out.other_role != OtherCharter::none;
  return other != out.other.empty() ? ok() : fail(errc::gov_state, field::charter);
}

Result<void> read_streams(Reader& in, State& out) {
  DAYMARK_CHECK(in.enter_array_of(3));
  DAYMARK_TRY(out.fleet, internal::read_head(in));
  DAYMARK_TRY(out.own, internal::read_head(in));
  DAYMARK_CHECK(in.enter_array_of(2));
  DAYMARK_TRY(out.checkpoint.size.value, in.read_unsigned());
  DAYMARK_TRY(out.checkpoint.root, read_digest(in));
  return ok();
}

Result<void> read_licence(Reader& in, Licence& out) {
  out.held = !in.next_is_null();
  if (!out.held) {
    out = Licence{};
    return in.read_null();
  }
  DAYMARK_CHECK(in.enter_array_of(2, field::licence));
  DAYMARK_TRY(const ByteView leaf, in.read_bytes(1, order::leaf_size_max, field::licence));
  DAYMARK_CHECK(order::parse_leaf_into(leaf, out.leaf));
  if (out.leaf.kind != order::LeafKind::licence) return fail(errc::gov_state, field::licence);
  DAYMARK_TRY(out.used.value, in.read_unsigned(field::licence));
  return ok();
}

Result<void> read_denial(Reader& in, Denial& out) {
  DAYMARK_CHECK(in.enter_array_of(4));
  DAYMARK_TRY(out.id, in.read_unsigned());
  DAYMARK_TRY(const ByteView reason, in.read_bytes(0, order::reason_size_max, field::reason));
  out.reason.assign(reason);
  DAYMARK_TRY(out.finding, read_digest(in));
  DAYMARK_TRY(out.appeal_until, read_time(in));
  return ok();
}

Result<void> read_licences(Reader& in, State& out) {
  DAYMARK_CHECK(in.enter_array_of(6));
  DAYMARK_CHECK(read_licence(in, out.current));
  DAYMARK_CHECK(read_licence(in, out.next));
  DAYMARK_TRY(out.last_leaf, in.read_unsigned());
  DAYMARK_TRY(out.licence_chain, read_digest(in));
  DAYMARK_CHECK(read_denial(in, out.denial));
  DAYMARK_TRY(out.request_held, read_optional(in, out.request));
  return ok();
}

Result<Pending> read_pending(Reader& in) {
  Pending out;
  DAYMARK_CHECK(in.enter_array_of(8));
  DAYMARK_TRY(out.what.kind, internal::read_kind(in));
  DAYMARK_TRY(out.what.stream, read_enum(in, order::Stream::chip));
  DAYMARK_TRY(out.what.order, read_digest(in));
  DAYMARK_TRY(out.what.binds_at, read_time(in));
  DAYMARK_TRY(out.what.until, read_time(in));
  DAYMARK_TRY(out.digest, read_digest(in));
  DAYMARK_TRY(out.version, in.read_unsigned());
  DAYMARK_TRY(out.level_least, read_number<std::uint8_t>(in, level_max));
  return out;
}

Result<void> read_suspension(Reader& in, Suspension& out) {
  out = Suspension{};
  if (in.next_is_null()) return in.read_null();
  DAYMARK_CHECK(in.enter_array_of(4));
  out.active = true;
  DAYMARK_TRY(out.stream, read_enum(in, order::Stream::chip));
  DAYMARK_TRY(out.order, read_digest(in));
  DAYMARK_TRY(out.since, read_time(in));
  DAYMARK_TRY(out.until, read_time(in));
  return ok();
}

Result<void> read_spans(Reader& in, State& out) {
  DAYMARK_TRY(out.served_count, in.enter_array(served_max));
  for (std::size_t i = 0; i < out.served_count; ++i) {
    DAYMARK_CHECK(in.enter_array_of(2));
    DAYMARK_TRY(out.served[i].start, read_time(in));
    DAYMARK_TRY(out.served[i].end, read_time(in));
    if (out.served[i].end < out.served[i].start) return fail(errc::gov_state, field::time);
  }
  return ok();
}

Result<Appealed> read_appealed(Reader& in) {
  Appealed out;
  DAYMARK_CHECK(in.enter_array_of(6));
  DAYMARK_TRY(out.appeal, read_digest(in));
  DAYMARK_TRY(out.order, read_digest(in));
  DAYMARK_TRY(out.stream, read_enum(in, order::Stream::chip));
  DAYMARK_TRY(out.term, read_time(in));
  DAYMARK_TRY(out.until, read_time(in));
  DAYMARK_TRY(out.confirmed, in.read_bool());
  return out;
}

Result<void> read_restrictions(Reader& in, State& out) {
  DAYMARK_CHECK(in.enter_array_of(6));
  DAYMARK_TRY(out.pending_count, in.enter_array(pending_max));
  for (Pending& pending : out.pending_list()) {
    DAYMARK_TRY(pending, read_pending(in));
  }
  DAYMARK_CHECK(read_suspension(in, out.suspension));
  DAYMARK_CHECK(read_spans(in, out));
  DAYMARK_CHECK(in.enter_array_of(3));
  DAYMARK_TRY(out.policy.bound, in.read_bool());
  DAYMARK_TRY(out.policy.program_root, read_digest(in));
  DAYMARK_TRY(out.policy.level_least, read_number<std::uint8_t>(in, level_max));
  DAYMARK_CHECK(in.enter_array_of(2));
  DAYMARK_TRY(out.firmware.version, in.read_unsigned());
  DAYMARK_TRY(out.firmware.image, read_digest(in));
  DAYMARK_TRY(out.appealed_count, in.enter_array(appealed_max));
  for (Appealed& appealed : out.appealed_list()) {
    DAYMARK_TRY(appealed, read_appealed(in));
  }
  return ok();
}

Result<void> read_meters(Reader& in, ledger::Peak peak, State& out) {
  DAYMARK_CHECK(in.enter_array_of(8));
  DAYMARK_TRY(out.grace_left, internal::read_span(in));
  DAYMARK_TRY(out.lapsed_since, read_time(in));
  DAYMARK_TRY(out.floor, read_time(in));
  DAYMARK_TRY(const ByteView ledger, in.read_bytes(0, ledger::SumTree::state_size_max));
  DAYMARK_CHECK(out.ledger.restore(ledger, peak));
  DAYMARK_TRY(out.usage_end, read_time(in));
  DAYMARK_TRY(out.emergency.newest, read_time(in));
  DAYMARK_TRY(out.emergency.granted, internal::read_span(in));
  DAYMARK_TRY(out.emergency.total, internal::read_span(in));
  return ok();
}

Result<void> read_refusals(Reader& in, State& out) {
  DAYMARK_CHECK(in.enter_array_of(2));
  DAYMARK_TRY(out.refusal_total, in.read_unsigned());
  DAYMARK_TRY(out.refusal_count, in.enter_array(refusals_max));
  for (std::size_t i = 0; i < out.refusal_count; ++i) {
    Refusal& refusal = out.refusals[i];
    DAYMARK_CHECK(in.enter_array_of(3));
    DAYMARK_TRY(refusal.code, internal::read_code(in));
    DAYMARK_TRY(refusal.op, read_number<std::uint8_t>(in, 0xFF));
    DAYMARK_TRY(refusal.when, read_time(in));
  }
  out.refusal_at = out.refusal_count % refusals_max;
  return out.refusal_count <= out.refusal_total ? ok() : fail(errc::gov_state);
}

}  // namespace

Result<void> read_state(ByteView encoded, ledger::Peak peak, State& out) {
  Reader in(encoded);
  DAYMARK_CHECK(enter_state(in));
  DAYMARK_CHECK(read_identity_part(in, out));
  DAYMARK_CHECK(read_streams(in, out));
  DAYMARK_CHECK(read_licences(in, out));
  DAYMARK_CHECK(read_restrictions(in, out));
  DAYMARK_CHECK(read_meters(in, peak, out));
  DAYMARK_CHECK(read_refusals(in, out));
  return in.expect_end();
}

Result<void> view_charters(ByteView encoded, State& state) {
  Reader in(encoded);
  DAYMARK_CHECK(enter_state(in));
  for (int before = 0; before < 3; ++before)
    DAYMARK_CHECK(in.read_item());
  return read_charters(in, state);
}

}  // namespace daymark::governor
