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

/// The path of a leaf to the root of a tree of `size` leaves, leaf first; `index` is below `size`.
/// Asks for a few hashes a level. Errors: those of `node`.
[[nodiscard]] Outcome<std::vector<Digest>> stored_path(LeafIndex index, TreeSize size,
                                                       const StoredNode& node);

/// The root of a tree of `size` leaves, those from `first` on hashed as given, which lie within it,
/// and the rest as stored: it is the tree's own root only where the given ones are its leaves.
/// Errors: those of `node`.
[[nodiscard]] Outcome<Digest> root_around(LeafIndex first, std::span<const Digest> leaves,
                                          TreeSize size, const StoredNode& node);

}  // namespace daymark::authority
