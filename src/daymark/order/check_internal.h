// The checker's rules about log, witnesses and mirrors.
#pragma once

#include <vector>

#include "daymark/order/check.h"

namespace daymark::order::internal {

using Findings = std::vector<CharterFinding>;

void check_log(const Charter& charter, Findings& out);

/// The part of a name before its first dot: who runs it.
[[nodiscard]] std::string_view operator_of(std::string_view name);

}  // namespace daymark::order::internal
