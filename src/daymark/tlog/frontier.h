// The right edge of a tree: enough to append leaves and to tell the root, however many there are.
// Host only.
#pragma once

#include <array>

#include "daymark/tlog/merkle.h"

namespace daymark::tlog {

/// Keeps one hash a level; each append hashes one node on average. Not thread-safe.
class Frontier {
 public:
  explicit Frontier(TreeKind kind = log_tree) : kind_(kind) {}

  /// The nodes that the leaf completes: itself, then the full subtrees that end with it, smallest
  /// first. The view holds until the next call.
  std::span<const Digest> append(const Digest& leaf);

  [[nodiscard]] TreeSize size() const { return {size_}; }

  [[nodiscard]] Digest root() const;

 private:
  TreeKind kind_;
  std::uint64_t size_ = 0;
  /// edge_[i] is a full subtree of 2^i leaves that waits for its sibling, where bit i of size_ is
  /// set.
  std::array<Digest, path_max + 1> edge_{};
  std::array<Digest, path_max + 1> completed_{};
};

/// Where a full subtree of 2^level leaves stands among all nodes in the order in which they are
/// completed. The subtree at `position` of its level ends with leaf (position + 1) * 2^level - 1.
[[nodiscard]] std::uint64_t completion_of(unsigned level, std::uint64_t position);

/// How many nodes the leaves of a tree complete.
[[nodiscard]] std::uint64_t completed_nodes(TreeSize size);

}  // namespace daymark::tlog
