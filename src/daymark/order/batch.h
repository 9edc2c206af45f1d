// Licence batches: one leaf for every chip in scope, in the order of enrolment (PROTOCOL §4.1).
// Host only.
#pragma once

#include <memory>
#include <vector>

#include "daymark/order/leaf_file.h"
#include "daymark/tlog/frontier.h"
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

/// What signers, the owner and monitors check while the leaves of a batch pass by, one at a time:
/// one leaf for each chip in scope at its place, and at the end the root and count that the order
/// states. Memory does not grow with the batch. After an error it says nothing more that counts.
/// Not thread-safe.
class BatchChecker {
 public:
  explicit BatchChecker(const BatchContent& stated)
      : stated_(stated), edge_(tlog::batch_tree), leaf_(std::make_unique<Leaf>()) {}

  /// The next leaf, which must be that of `chip`, the next of the scope; parsed, and good until the
  /// next call. Errors: errc::batch_omits with the place in the batch as offset where it is another
  /// chip's; those of parse_leaf.
  [[nodiscard]] Result<const Leaf*> add(const ChipId& chip, ByteView leaf);

  [[nodiscard]] std::uint64_t count() const { return edge_.size().value; }

  /// After the last leaf. Errors: errc::tlog_root for another root or count than the order states.
  [[nodiscard]] Result<void> finish() const;

 private:
  BatchContent stated_;
  tlog::Frontier edge_;
  std::unique_ptr<Leaf> leaf_;
};

/// The same with all leaves in hand, in any order: one leaf for each chip in scope, and the root
/// and count that the order states. Errors: those of Batch::build, errc::tlog_root for another root
/// or count.
[[nodiscard]] Result<void> verify_batch_complete(std::span<const ChipId> scope,
                                                 std::span<const std::vector<Byte>> leaves,
                                                 const BatchContent& stated);

}  // namespace daymark::order
