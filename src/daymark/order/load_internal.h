// Fills working memory of the caller. Core.
#pragma once

#include "daymark/base/result.h"
#include "daymark/order/charter.h"

namespace daymark::order::internal {

/// quorum_of into a policy that is new. On an error it is unspecified.
[[nodiscard]] Result<void> load_quorum(const Charter& charter, OrderKind kind, tlog::Policy& out);

}  // namespace daymark::order::internal
