// Drafts orders: commits to the content, seals it, and places the order in its stream. Host only.
#pragma once

#include "daymark/base/random.h"
#include "daymark/order/order_file.h"

namespace daymark::order {

/// Cut to whole seconds. `not_before` and `until` may be 0: at once, no end.
struct DraftTimes {
  UnixMillis issued;
  UnixMillis expires;
  UnixMillis not_before;
  UnixMillis until;
};

/// What an operator asks for. The content says whether the order goes to the fleet or to chips.
struct DraftRequest {
  OrderKind kind = OrderKind::suspend;
  DraftTimes times;
  ByteView content;                ///< made by content_writer.h
  StreamHead fleet_head;           ///< what an order of the fleet stream follows
  std::uint64_t batch_number = 0;  ///< of a licence batch: rises, first 1
};

/// A file without signatures. Salt and content key are drawn from `random`; the content is sealed
/// to every party that may read this kind (Party::reads).
/// Errors: those of the content's parser, errc::order_kind_forbidden, errc::order_size where the
/// payload leaves no room for the signatures of a quorum.
[[nodiscard]] Result<OrderFile> draft_order(const DraftRequest& request, const Charter& charter,
                                            Random& random);

}  // namespace daymark::order
