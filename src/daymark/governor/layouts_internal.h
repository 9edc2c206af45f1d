// Structures that the saved state, messages and documents share, as lists of fields. Core.
#pragma once

#include "daymark/cbor/layout.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/standing.h"
#include "daymark/governor/status.h"
#include "daymark/ledger/sum_tree.h"
#include "daymark/order/errors.h"
#include "daymark/order/order.h"

namespace daymark::governor::internal {

/// The bound of an enumeration whose last value is `last`.
template <class Enum>
[[nodiscard]] constexpr std::size_t up_to(Enum last) {
  return static_cast<std::size_t>(last);
}

/// [kind, stream, order, binds at, until], without its head: a pending order goes on behind it. The
/// caller checks the kind.
inline constexpr auto announced_layout =
    cbor::layout<Announced>(DAYMARK_MEMBER(Announced, kind, no_field, order::order_kind_count),
                            DAYMARK_MEMBER(Announced, stream, no_field, up_to(order::Stream::chip)),
                            DAYMARK_MEMBER(Announced, order), DAYMARK_MEMBER(Announced, binds_at),
                            DAYMARK_MEMBER(Announced, until));

inline constexpr auto refusal_layout =
    cbor::layout<Refusal>(cbor::items(3), DAYMARK_MEMBER(Refusal, code),
                          DAYMARK_MEMBER(Refusal, op), DAYMARK_MEMBER(Refusal, when));

inline constexpr auto head_layout =
    cbor::layout<order::StreamHead>(cbor::items(2), DAYMARK_MEMBER(order::StreamHead, seq),
                                    DAYMARK_MEMBER(order::StreamHead, hash));

inline constexpr auto ledger_layout = cbor::layout<ledger::Head>(
    cbor::items(3, field::usage), DAYMARK_MEMBER(ledger::Head, size.value, field::usage),
    DAYMARK_MEMBER(ledger::Head, root, field::usage), cbor::items(4, field::usage),
    DAYMARK_MEMBER(ledger::Head, totals.ops_low.value, field::usage),
    DAYMARK_MEMBER(ledger::Head, totals.ops_high.value, field::usage),
    DAYMARK_MEMBER(ledger::Head, totals.joules.value, field::usage),
    DAYMARK_MEMBER(ledger::Head, totals.chip_millis.value, field::usage));

inline constexpr auto sums_layout = cbor::layout<ledger::Sums>(
    cbor::items(4, field::usage), DAYMARK_MEMBER(ledger::Sums, ops_low.value, field::usage),
    DAYMARK_MEMBER(ledger::Sums, ops_high.value, field::usage),
    DAYMARK_MEMBER(ledger::Sums, joules.value, field::usage),
    DAYMARK_MEMBER(ledger::Sums, chip_millis.value, field::usage));

inline constexpr auto clock_layout = cbor::layout<ClockReading>(
    cbor::items(3, field::clock), DAYMARK_MEMBER(ClockReading, fresh, field::clock),
    DAYMARK_MEMBER(ClockReading, earliest, field::clock),
    DAYMARK_MEMBER(ClockReading, latest, field::clock));

}  // namespace daymark::governor::internal
