// Whether an order in the log keeps to the charter, as far as the public can see. Host only.
#pragma once

#include "daymark/order/charter.h"
#include "daymark/order/order.h"

namespace daymark::monitor {

/// When an entry was logged: not before the head that lacks it was cosigned, not after the first
/// head that has it. `earliest` is 0 where no head is known before it.
struct LoggedSpan {
  UnixMillis earliest;
  UnixMillis latest;
};

/// The rules that take no content: fleet and charter, signatures, quorum of at least two parties
/// for a restriction, stream, expiry and bounds. A rule about time counts as broken only where it
/// is for every moment of `logged`.
/// Errors: errc::order_*, errc::cose_signature, errc::policy_*: the first rule that failed.
[[nodiscard]] Result<void> check_lawful(const order::SignedOrder& entry,
                                        const order::Charter& charter, const LoggedSpan& logged);

/// When the order binds at the earliest.
[[nodiscard]] UnixMillis earliest_binding(const order::Order& order, const order::Bounds& bounds,
                                          const LoggedSpan& logged);

}  // namespace daymark::monitor
