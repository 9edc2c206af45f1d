#include "daymark/authority/leaf_nodes.h"

#include <algorithm>
#include <bit>

namespace daymark::authority {

namespace {

using tlog::Subtree;

std::uint64_t width_of(Subtree range) {
  return range.end - range.start;
}

/// The largest power of two below the width: where RFC 9162 §2.1.1 splits a range. Width >= 2.
std::uint64_t middle_of(Subtree range) {
  return range.start + std::bit_floor(width_of(range) - 1);
}

/// The hash of a range that begins where trees split: a row of full subtrees, joined from the
/// right.
Outcome<Digest> stored_hash(Subtree range, const StoredNode& node) {
  if (width_of(range) == 0) return tlog::empty_root();
  const auto level = static_cast<unsigned>(std::countr_zero(width_of(range)));
  DAYMARK_TRY(Digest hash, node(level, (range.end - 1) >> level));
  range.end -= std::uint64_t{1} << level;
  while (width_of(range) != 0) {
    const auto next = static_cast<unsigned>(std::countr_zero(width_of(range)));
    DAYMARK_TRY(const Digest left, node(next, (range.end - 1) >> next));
    hash = tlog::hash_node(left, hash, tlog::batch_tree);
    range.end -= std::uint64_t{1} << next;
  }
  return hash;
}

/// Leaves that are given and where they begin.
struct Given {
  std::uint64_t first;
  std::span<const Digest> leaves;
};

Outcome<Digest> hash_around(Subtree range, const Given& given, const StoredNode& node) {
  const bool apart = range.end <= given.first || range.start >= given.first + given.leaves.size();
  if (apart) return stored_hash(range, node);
  if (width_of(range) == 1) return given.leaves[range.start - given.first];
  const std::uint64_t middle = middle_of(range);
  DAYMARK_TRY(const Digest left, hash_around({range.start, middle}, given, node));
  DAYMARK_TRY(const Digest right, hash_around({middle, range.end}, given, node));
  return tlog::hash_node(left, right, tlog::batch_tree);
}

}  // namespace

Outcome<std::vector<Digest>> stored_path(LeafIndex index, TreeSize size, const StoredNode& node) {
  std::vector<Digest> out;
  Subtree range{0, size.value};
  while (width_of(range) > 1) {
    const std::uint64_t middle = middle_of(range);
    const bool left = index.value < middle;
    const Subtree sibling = left ? Subtree{middle, range.end} : Subtree{range.start, middle};
    DAYMARK_TRY(const Digest hash, stored_hash(sibling, node));
    out.push_back(hash);
    (left ? range.end : range.start) = middle;
  }
  std::ranges::reverse(out);
  return out;
}

Outcome<Digest> root_around(LeafIndex first, std::span<const Digest> leaves, TreeSize size,
                            const StoredNode& node) {
  return hash_around({0, size.value}, {first.value, leaves}, node);
}

}  // namespace daymark::authority
