#include "daymark/governor/fields_internal.h"
#include "daymark/governor/state_layout_internal.h"

namespace daymark::governor {

namespace {

using cbor::put_layout;
using cbor::Writer;

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
  put_licence(state.current, out);
  put_licence(state.next, out);
  put_layout(out, internal::chain_layout, state);
  out.put_bytes(state.denial.reason.view());
  put_layout(out, internal::request_layout, state);
}

/// [[pending…], suspension, [served…], [bound, root, level], [version, image], [appealed…]]
void put_restrictions(const State& state, Writer& out) {
  out.open_array(state.pending_count);
  for (const Pending& pending : state.pending_list()) {
    out.open_array(8);
    put_layout(out, internal::announced_layout, pending.what);
    put_layout(out, internal::pending_layout, pending);
  }
  put_layout(out, internal::suspension_layout, state);
  out.open_array(state.served_count);
  for (const ServedSpan& span : std::span(state.served).first(state.served_count))
    put_layout(out, internal::served_layout, span);
  put_layout(out, internal::policy_layout, state);
  out.open_array(state.appealed_count);
  for (const Appealed& appealed : state.appealed_list())
    put_layout(out, internal::appealed_layout, appealed);
}

/// [grace left, lapsed since, floor, ledger, usage end, newest emergency, granted, total]
void put_meters(const State& state, Writer& out) {
  put_layout(out, internal::grace_layout, state);
  state.ledger.save(out);
  put_layout(out, internal::usage_layout, state);
}

/// [[code, op, when]…], oldest first
void put_refusals(const State& state, Writer& out) {
  out.open_array(state.refusal_count);
  const std::size_t oldest = state.refusal_at + refusals_max - state.refusal_count;
  for (std::size_t i = 0; i < state.refusal_count; ++i)
    put_layout(out, internal::refusal_layout, state.refusals[(oldest + i) % refusals_max]);
}

}  // namespace

void put_state(const State& state, Writer& out) {
  out.open_array(7);
  out.put_unsigned(1);
  put_layout(out, internal::identity_layout, state);
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
