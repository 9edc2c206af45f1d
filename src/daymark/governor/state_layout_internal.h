// The saved state as lists of fields, in the order in which they travel. Core.
#pragma once

#include "daymark/governor/layouts_internal.h"
#include "daymark/governor/state.h"

namespace daymark::governor::internal {

/// [life, counter, nonce / null, charter, other, role, left at], [fleet head, own head, [checkpoint
/// size, root]], and the head of the licences.
inline constexpr auto identity_layout = cbor::layout<State>(
    cbor::items(7), DAYMARK_MEMBER(State, life, no_field, up_to(Life::released)),
    DAYMARK_MEMBER(State, counter), cbor::option(1, DAYMARK_MEMBER(State, nonce_drawn)),
    DAYMARK_MEMBER(State, enrol_nonce),
    DAYMARK_MEMBER(State, charter, no_field, order::charter_size_max),
    DAYMARK_MEMBER(State, other, no_field, order::charter_size_max),
    DAYMARK_MEMBER(State, other_role, no_field, up_to(OtherCharter::left)),
    DAYMARK_MEMBER(State, left_at), cbor::items(3), cbor::items(2),
    DAYMARK_MEMBER(State, fleet.seq), DAYMARK_MEMBER(State, fleet.hash), cbor::items(2),
    DAYMARK_MEMBER(State, own.seq), DAYMARK_MEMBER(State, own.hash), cbor::items(2),
    DAYMARK_MEMBER(State, checkpoint.size.value), DAYMARK_MEMBER(State, checkpoint.root),
    cbor::items(6));

/// last leaf, chain, and the front of [denial, reason, finding, appeal until]
inline constexpr auto chain_layout =
    cbor::layout<State>(DAYMARK_MEMBER(State, last_leaf), DAYMARK_MEMBER(State, licence_chain),
                        cbor::items(4), DAYMARK_MEMBER(State, denial.id));

/// The rest of the denial, request / null, and the head of the restrictions.
inline constexpr auto request_layout = cbor::layout<State>(
    DAYMARK_MEMBER(State, denial.finding), DAYMARK_MEMBER(State, denial.appeal_until),
    cbor::option(1, DAYMARK_MEMBER(State, request_held)), DAYMARK_MEMBER(State, request),
    cbor::items(6));

/// Behind the announced order.
inline constexpr auto pending_layout =
    cbor::layout<Pending>(DAYMARK_MEMBER(Pending, digest), DAYMARK_MEMBER(Pending, version),
                          DAYMARK_MEMBER(Pending, level_least, no_field, level_max));

/// null / [stream, order, since, until]
inline constexpr auto suspension_layout = cbor::layout<State>(
    cbor::option(5, DAYMARK_MEMBER(State, suspension.active)), cbor::items(4),
    DAYMARK_MEMBER(State, suspension.stream, no_field, up_to(order::Stream::chip)),
    DAYMARK_MEMBER(State, suspension.order), DAYMARK_MEMBER(State, suspension.since),
    DAYMARK_MEMBER(State, suspension.until));

inline constexpr auto served_layout = cbor::layout<ServedSpan>(
    cbor::items(2), DAYMARK_MEMBER(ServedSpan, start), DAYMARK_MEMBER(ServedSpan, end));

/// [bound, root, level], [version, image]
inline constexpr auto policy_layout = cbor::layout<State>(
    cbor::items(3), DAYMARK_MEMBER(State, policy.bound), DAYMARK_MEMBER(State, policy.program_root),
    DAYMARK_MEMBER(State, policy.level_least, no_field, level_max), cbor::items(2),
    DAYMARK_MEMBER(State, firmware.version), DAYMARK_MEMBER(State, firmware.image));

inline constexpr auto appealed_layout = cbor::layout<Appealed>(
    cbor::items(6), DAYMARK_MEMBER(Appealed, appeal), DAYMARK_MEMBER(Appealed, order),
    DAYMARK_MEMBER(Appealed, stream, no_field, up_to(order::Stream::chip)),
    DAYMARK_MEMBER(Appealed, term), DAYMARK_MEMBER(Appealed, until),
    DAYMARK_MEMBER(Appealed, confirmed));

/// [grace left, lapsed since, floor, …
inline constexpr auto grace_layout =
    cbor::layout<State>(cbor::items(8), DAYMARK_MEMBER(State, grace_left),
                        DAYMARK_MEMBER(State, lapsed_since), DAYMARK_MEMBER(State, floor));

/// … usage end, newest emergency, granted, total], and the front of [total, refusals]
inline constexpr auto usage_layout = cbor::layout<State>(
    DAYMARK_MEMBER(State, usage_end), DAYMARK_MEMBER(State, emergency.newest),
    DAYMARK_MEMBER(State, emergency.granted), DAYMARK_MEMBER(State, emergency.total),
    cbor::items(2), DAYMARK_MEMBER(State, refusal_total));

}  // namespace daymark::governor::internal
