// Paths and roots of a batch's tree out of single stored hashes. Host only.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/tlog/merkle.h"

namespace daymark::authority {

/// The hash of the full subtree of 2^level leaves at `position` of its level, as it is stored.
using StoredNode = std::function<Outcome<Digest>(unsigned level, std::uint64_t position)>;

/// Leaves that lie one behind the other in a tree: where they begin and their hashes.
struct LeafRange {
  LeafIndex first;
  std::span<const Digest> leaves;
};

/// What a range of leaves proves.
struct RangePaths {
  Digest root{};
  std::vector<std::vector<Digest>> paths;  ///< of each leaf to that root, leaf first
};

/// The root of a tree of `size` leaves, those of the range, which lies within it, hashed as given,
/// and the rest as stored: it is the tree's own root only where the given ones are its leaves. Asks
/// for a few hashes a level. Errors: those of `node`.
[[nodiscard]] Outcome<Digest> root_around(const LeafRange& range, TreeSize size,
                                          const StoredNode& node);

/// The same with the paths; every node of the range is hashed once.
[[nodiscard]] Outcome<RangePaths> paths_around(const LeafRange& range, TreeSize size,
                                               const StoredNode& node);

}  // namespace daymark::authority
