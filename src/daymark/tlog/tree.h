// Trees whose leaf hashes are all in memory: batches, lists of programs, a log's index. Host only.
#pragma once

#include <vector>

#include "daymark/tlog/merkle.h"

namespace daymark::tlog {

/// A tree that grows at its right end and answers for every size that it ever had. Keeps about two
/// hashes a leaf; each append hashes one node on average. Not thread-safe.
class Tree {
 public:
  explicit Tree(TreeKind kind = log_tree) : kind_(kind) {}

  void append(ByteView data) { append_leaf(hash_leaf(data, kind_)); }

  /// As append, for a leaf that is hashed already.
  void append_leaf(const Digest& leaf);

  /// Forgets the leaves from `size` on.
  void truncate(TreeSize size);

  [[nodiscard]] TreeSize size() const;
  [[nodiscard]] TreeHead head() const;

  /// The head that the tree had when it held `size` leaves. Errors: errc::tlog_index.
  [[nodiscard]] Result<TreeHead> head_at(TreeSize size) const;

  /// Leaf first (RFC 9162 §2.1.3.1). Errors: errc::tlog_index.
  [[nodiscard]] Result<std::vector<Digest>> inclusion_path(LeafIndex index, TreeSize size) const;

  /// Empty for equal sizes (RFC 9162 §2.1.4.1). Errors: errc::tlog_index, also for an empty older
  /// tree.
  [[nodiscard]] Result<std::vector<Digest>> consistency_path(TreeSize older, TreeSize newer) const;

  /// Hash of the full subtree of 2^level leaves at `position` of that level. The subtree must lie
  /// within the tree.
  [[nodiscard]] const Digest& full_subtree(unsigned level, std::uint64_t position) const {
    return levels_[level][position];
  }

 private:
  [[nodiscard]] Digest hash_of(Subtree range) const;

  TreeKind kind_;
  /// levels_[i][j] covers the leaves [j * 2^i, (j + 1) * 2^i).
  std::vector<std::vector<Digest>> levels_;
};

}  // namespace daymark::tlog
