// Fills working memory of the caller without a second copy on the stack of what comes next. Core.
#pragma once

#include <string_view>
#include <utility>

#include "daymark/base/result.h"
#include "daymark/order/charter.h"

namespace daymark::order::internal {

template <class T>
[[nodiscard]] Result<void> move_into(Result<T>&& from, T& to) {
  if (!from) return fail(from.error());
  to = *std::move(from);
  return ok();
}

[[nodiscard]] Result<void> load_policy(std::string_view text, tlog::Policy& out);
[[nodiscard]] Result<void> load_quorum(const Charter& charter, OrderKind kind, tlog::Policy& out);

}  // namespace daymark::order::internal
