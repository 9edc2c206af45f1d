// Paths for the holder of all records. Host only.
#pragma once

#include <span>
#include <vector>

#include "daymark/ledger/sum_tree.h"

namespace daymark::ledger {

/// The nodes that verify_counted needs for the record at `index`, in linear time. `leaves` are
/// those of all records, in order.
/// Errors: errc::ledger_path where the index is out of range, errc::ledger_overflow.
[[nodiscard]] Result<std::vector<Node>> path_of(std::span<const Node> leaves, LeafIndex index);

}  // namespace daymark::ledger
