#include "daymark/tlog/tree.h"

#include <algorithm>
#include <bit>

#include "daymark/tlog/errors.h"

namespace daymark::tlog {

namespace {

/// The largest power of two below the width: where RFC 9162 §2.1.1 splits a range. Width >= 2.
std::uint64_t split_of(Subtree range) {
  return range.start + std::bit_floor(range.end - range.start - 1);
}

std::vector<Digest> reversed(std::vector<Digest> path) {
  std::ranges::reverse(path);
  return path;
}

}  // namespace

void Tree::append_leaf(const Digest& leaf) {
  Digest node = leaf;
  for (std::size_t level = 0;; ++level) {
    if (levels_.size() == level) levels_.emplace_back();
    std::vector<Digest>& nodes = levels_[level];
    nodes.push_back(node);
    if (nodes.size() % 2 != 0) return;
    node = hash_node(nodes[nodes.size() - 2], nodes.back(), kind_);
  }
}

void Tree::truncate(TreeSize size) {
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    const std::uint64_t kept = size.value >> level;
    if (levels_[level].size() > kept) levels_[level].resize(kept);
  }
}

TreeSize Tree::size() const {
  return {levels_.empty() ? 0 : levels_.front().size()};
}

TreeHead Tree::head() const {
  return {size(), hash_of({0, size().value})};
}

Result<TreeHead> Tree::head_at(TreeSize size) const {
  if (size > this->size()) return fail(errc::tlog_index, field::tree_size);
  return TreeHead{size, hash_of({0, size.value})};
}

Result<std::vector<Digest>> Tree::inclusion_path(LeafIndex index, TreeSize size) const {
  if (size > this->size()) return fail(errc::tlog_index, field::tree_size);
  if (index.value >= size.value) return fail(errc::tlog_index, field::leaf_index);
  std::vector<Digest> from_root;
  Subtree range{0, size.value};
  while (range.end - range.start > 1) {
    const std::uint64_t split = split_of(range);
    const bool left = index.value < split;
    from_root.push_back(left ? hash_of({split, range.end}) : hash_of({range.start, split}));
    (left ? range.end : range.start) = split;
  }
  return reversed(std::move(from_root));
}

Result<std::vector<Digest>> Tree::consistency_path(TreeSize older, TreeSize newer) const {
  const bool ordered = older.value != 0 && older <= newer && newer <= size();
  if (!ordered) return fail(errc::tlog_index, field::tree_size);
  std::vector<Digest> from_root;
  Subtree range{0, newer.value};
  while (older.value != range.end) {
    const std::uint64_t split = split_of(range);
    const bool left = older.value <= split;
    from_root.push_back(left ? hash_of({split, range.end}) : hash_of({range.start, split}));
    (left ? range.end : range.start) = split;
  }
  // The verifier knows the older root only where that is the whole older tree.
  if (range.start != 0) from_root.push_back(hash_of(range));
  return reversed(std::move(from_root));
}

Digest Tree::hash_of(Subtree range) const {
  if (range.start == range.end) return empty_root();
  // A range that begins where trees split is a row of full subtrees, each smaller than the one on
  // its left: the bits of its width. They join from the right.
  std::uint64_t end = range.end;
  std::uint64_t width = range.end - range.start;
  const auto take = [&] {
    const auto level = static_cast<unsigned>(std::countr_zero(width));
    const Digest& node = levels_[level][(end - 1) >> level];
    end -= std::uint64_t{1} << level;
    width &= width - 1;
    return node;
  };
  Digest hash = take();
  while (width != 0)
    hash = hash_node(take(), hash, kind_);
  return hash;
}

}  // namespace daymark::tlog
