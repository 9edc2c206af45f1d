// Licence batches: one leaf for every chip in scope, in the order of enrolment (PROTOCOL §4.1).
// Host only.
#pragma once

#include <vector>

#include "daymark/order/leaf_file.h"
#include "daymark/tlog/tree.h"

namespace daymark::order {

/// A batch in memory. Leaf i is that of chip i of the scope, so an omission has a place that can be
/// shown.
class Batch {
 public:
  /// `scope` holds the enrolled chips in the order of their enrolment; `leaves` are in any order.
  /// Errors: errc::batch_omits, errc::batch_twice, errc::batch_stranger, each with the place in
  /// scope or leaves as offset; those of parse_leaf.
  [[nodiscard]] static Result<Batch> build(std::span<const ChipId> scope,
                                           std::vector<std::vector<Byte>> leaves);

  /// What the order's content says: write_batch encodes it.
  [[nodiscard]] BatchContent content() const;

  [[nodiscard]] std::size_t size() const { return leaves_.size(); }

  /// The file for chip `index` of the scope, which is below size().
  [[nodiscard]] LeafFile leaf_file(std::size_t index) const;

 private:
  Batch() : tree_(tlog::batch_tree) {}

  std::vector<std::vector<Byte>> leaves_;
  tlog::Tree tree_;
};

/// What signers, the owner and monitors check with all leaves in hand: one leaf for each chip in
/// scope at its place, and the root and count that the order states. Errors: those of Batch::build,
/// errc::tlog_root for another root or count.
[[nodiscard]] Result<void> verify_batch_complete(std::span<const ChipId> scope,
                                                 std::span<const std::vector<Byte>> leaves,
                                                 const BatchContent& stated);

}  // namespace daymark::order
