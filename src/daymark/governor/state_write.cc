#include "daymark/governor/fields_internal.h"
#include "daymark/governor/state.h"

namespace daymark::governor {

namespace {

using cbor::Writer;
using internal::put_enum;
using internal::put_span;
using internal::put_time;

/// [life, counter, nonce / null, charter, other, role, left at]
void put_identity(const State& state, Writer& out) {
  out.open_array(7);
  put_enum(state.life, out);
  out.put_unsigned(state.counter);
  if (state.nonce_drawn) {
    out.put_bytes(state.enrol_nonce);
  } else {
    out.put_null();
  }
  out.put_bytes(state.charter);
  out.put_bytes(state.other);
  put_enum(state.other_role, out);
  put_time(state.left_at, out);
}

/// [fleet head, own head, [checkpoint size, root]]
void put_streams(const State& state, Writer& out) {
  out.open_array(3);
  internal::put_head(state.fleet, out);
  internal::put_head(state.own, out);
  out.open_array(2);
  out.put_unsigned(state.checkpoint.size.value);
  out.put_bytes(state.checkpoint.root);
}

/// null / [leaf, used]
void put_licence(const Licence& licence, Writer& out) {
  if (!licence.held) return out.put_null();
  // Written twice, the first time for its size alone.
  Writer nowhere{MutableBytes()};
  order::put_leaf(licence.leaf, nowhere);
  out.open_array(2);
  out.open_bytes(nowhere.size());
  order::put_leaf(licence.leaf, out);
  out.put_unsigned(licence.used.value);
}

/// [current, next, last leaf, chain, [denial…], request / null]
void put_licences(const State& state, Writer& out) {
  out.open_array(6);
  put_licence(state.current, out);
  put_licence(state.next, out);
  out.put_unsigned(state.last_leaf);
  out.put_bytes(state.licence_chain);
  out.open_array(4);
  out.put_unsigned(state.denial.id);
  out.put_bytes(state.denial.reason.view());
  out.put_bytes(state.denial.finding);
  put_time(state.denial.appeal_until, out);
  if (state.request_held) {
    out.put_bytes(state.request);
  } else {
    out.put_null();
  }
}

void put_pending(const Pending& pending, Writer& out) {
  out.open_array(8);
  put_enum(pending.what.kind, out);
  put_enum(pending.what.stream, out);
  out.put_bytes(pending.what.order);
  put_time(pending.what.binds_at, out);
  put_time(pending.what.until, out);
  out.put_bytes(pending.digest);
  out.put_unsigned(pending.version);
  out.put_unsigned(pending.level_least);
}

void put_suspension(const Suspension& suspension, Writer& out) {
  if (!suspension.active) {
    out.put_null();
    return;
  }
  out.open_array(4);
  put_enum(suspension.stream, out);
  out.put_bytes(suspension.order);
  put_time(suspension.since, out);
  put_time(suspension.until, out);
}

void put_appealed(const Appealed& appealed, Writer& out) {
  out.open_array(6);
  out.put_bytes(appealed.appeal);
  out.put_bytes(appealed.order);
  put_enum(appealed.stream, out);
  put_time(appealed.term, out);
  put_time(appealed.until, out);
  out.put_bool(appealed.confirmed);
}

/// [[pending…], suspension, [served…], [bound, root, level], [version, image], [appealed…]]
void put_restrictions(const State& state, Writer& out) {
  out.open_array(6);
  out.open_array(state.pending_count);
  for (const Pending& pending : state.pending_list())
    put_pending(pending, out);
  put_suspension(state.suspension, out);
  out.open_array(state.served_count);
  for (std::size_t i = 0; i < state.served_count; ++i) {
    out.open_array(2);
    put_time(state.served[i].start, out);
    put_time(state.served[i].end, out);
  }
  out.open_array(3);
  out.put_bool(state.policy.bound);
  out.put_bytes(state.policy.program_root);
  out.put_unsigned(state.policy.level_least);
  out.open_array(2);
  out.put_unsigned(state.firmware.version);
  out.put_bytes(state.firmware.image);
  out.open_array(state.appealed_count);
  for (const Appealed& appealed : state.appealed_list())
    put_appealed(appealed, out);
}

/// [grace left, lapsed since, floor, ledger, usage end, newest emergency, granted, total]
void put_meters(const State& state, Writer& out) {
  out.open_array(8);
  put_span(state.grace_left, out);
  put_time(state.lapsed_since, out);
  put_time(state.floor, out);
  state.ledger.save(out);
  put_time(state.usage_end, out);
  put_time(state.emergency.newest, out);
  put_span(state.emergency.granted, out);
  put_span(state.emergency.total, out);
}

/// [total, [[code, op, when]…]], oldest first
void put_refusals(const State& state, Writer& out) {
  out.open_array(2);
  out.put_unsigned(state.refusal_total);
  out.open_array(state.refusal_count);
  const std::size_t oldest = state.refusal_at + refusals_max - state.refusal_count;
  for (std::size_t i = 0; i < state.refusal_count; ++i) {
    const Refusal& refusal = state.refusals[(oldest + i) % refusals_max];
    out.open_array(3);
    put_enum(refusal.code, out);
    out.put_unsigned(refusal.op);
    put_time(refusal.when, out);
  }
}

}  // namespace

void put_state(const State& state, Writer& out) {
  out.open_array(7);
  out.put_unsigned(1);
  put_identity(state, out);
  put_streams(state, out);
  put_licences(state, out);
  put_restrictions(state, out);
  put_meters(state, out);
  put_refusals(state, out);
}

Result<ByteView> write_state(const State& state, MutableBytes out) {
  Writer writer(out);
  put_state(state, writer);
  return writer.finish();
}

}  // namespace daymark::governor
