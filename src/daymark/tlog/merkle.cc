#include "daymark/tlog/merkle.h"

#include <array>
#include <bit>

#include "daymark/crypto/ports.h"
#include "daymark/tlog/errors.h"

namespace daymark::tlog {

namespace {

/// Larger trees would have paths beyond path_max.
constexpr std::uint64_t tree_size_max = std::uint64_t{1} << 63;

bool is_odd(std::uint64_t n) {
  return (n & 1) != 0;
}

/// A subtree is valid if its start is a multiple of the least power of two that is not below its
/// width (draft-ietf-plants-merkle-tree-certs §4).
bool is_valid(Subtree subtree) {
  if (subtree.start >= subtree.end) return false;
  const std::uint64_t width = subtree.end - subtree.start;
  if (width > tree_size_max) return false;
  return (subtree.start & (std::bit_ceil(width) - 1)) == 0;
}

/// Where a consistency proof stands: first and last leaf of the subtree, last leaf of the tree,
/// all in units of the level that is reached.
struct Frontier {
  std::uint64_t first;
  std::uint64_t last;
  std::uint64_t tree_last;

  void climb() {
    first >>= 1;
    last >>= 1;
    tree_last >>= 1;
  }

  /// To the largest full node that subtree and tree have in common.
  void climb_to_common_node() {
    const bool ends_tree = last == tree_last;
    while (first != last && (ends_tree || is_odd(last)))
      climb();
  }
};

/// The roots that a consistency proof leads to.
struct Roots {
  Digest subtree;
  Digest tree;
};

/// One node of the proof, as in draft-ietf-plants-merkle-tree-certs §4; with first = 0 it
/// is RFC 9162 §2.1.4.2.
void take_node(const Digest& node, Frontier& at, Roots& roots) {
  if (!is_odd(at.last) && at.last != at.tree_last) {
    roots.tree = hash_node(roots.tree, node);
    at.climb();
    return;
  }
  if (at.first < at.last) roots.subtree = hash_node(node, roots.subtree);
  roots.tree = hash_node(node, roots.tree);
  while (!is_odd(at.last))
    at.climb();
  at.climb();
}

Result<void> verify_empty_subtree(const Digest& subtree_root, std::span<const Digest> path) {
  if (!path.empty()) return fail(errc::tlog_path_length, field::path);
  if (subtree_root != empty_root()) return fail(errc::tlog_root, field::root);
  return ok();
}

}  // namespace

Digest hash_leaf(ByteView data, TreeKind kind) {
  const std::array<ByteView, 2> parts{ByteView(&kind.leaf_prefix, 1), data};
  return crypto::sha256(parts);
}

Digest hash_node(const Digest& left, const Digest& right, TreeKind kind) {
  const std::array<ByteView, 3> parts{ByteView(&kind.node_prefix, 1), left, right};
  return crypto::sha256(parts);
}

Digest empty_root() {
  return crypto::sha256(ByteView{});
}

Result<Digest> root_from_path(const Digest& leaf, LeafIndex index, TreeSize size,
                              std::span<const Digest> path, TreeKind kind) {
  if (index.value >= size.value) return fail(errc::tlog_index, field::leaf_index);
  if (size.value > tree_size_max) return fail(errc::tlog_index, field::tree_size);
  std::uint64_t node = index.value;
  std::uint64_t last = size.value - 1;
  Digest root = leaf;
  for (const Digest& sibling : path) {
    if (last == 0) return fail(errc::tlog_path_length, field::path);
    const bool from_left = is_odd(node) || node == last;
    root = from_left ? hash_node(sibling, root, kind) : hash_node(root, sibling, kind);
    // A last node without a right sibling rises until it is itself a right child.
    while (from_left && !is_odd(node) && node != 0) {
      node >>= 1;
      last >>= 1;
    }
    node >>= 1;
    last >>= 1;
  }
  if (last != 0) return fail(errc::tlog_path_length, field::path);
  return root;
}

Result<void> verify_inclusion(const Digest& leaf, LeafIndex index, TreeSize size,
                              std::span<const Digest> path, const Digest& root) {
  DAYMARK_TRY(const Digest found, root_from_path(leaf, index, size, path));
  return found == root ? ok() : fail(errc::tlog_root, field::root);
}

Result<void> verify_consistency(const TreeHead& older, const TreeHead& newer,
                                std::span<const Digest> path) {
  // An empty tree is a prefix of every tree: a proof from it would prove nothing.
  if (older.size.value == 0) return fail(errc::tlog_index, field::tree_size);
  return verify_subtree_consistency({0, older.size.value}, older.root, newer, path);
}

Result<void> verify_subtree_inclusion(const Digest& leaf, LeafIndex index, Subtree subtree,
                                      std::span<const Digest> path, const Digest& root) {
  const bool inside = subtree.start <= index.value && index.value < subtree.end;
  if (!is_valid(subtree) || !inside) return fail(errc::tlog_index, field::leaf_index);
  const LeafIndex within{index.value - subtree.start};
  return verify_inclusion(leaf, within, {subtree.end - subtree.start}, path, root);
}

Result<void> verify_subtree_consistency(Subtree subtree, const Digest& subtree_root,
                                        const TreeHead& tree, std::span<const Digest> path) {
  if (subtree.end > tree.size.value || tree.size.value > tree_size_max) {
    return fail(errc::tlog_index, field::tree_size);
  }
  if (subtree.start == subtree.end) return verify_empty_subtree(subtree_root, path);
  if (!is_valid(subtree)) return fail(errc::tlog_index, field::leaf_index);

  Frontier at{subtree.start, subtree.end - 1, tree.size.value - 1};
  at.climb_to_common_node();
  // Where that node is the whole subtree, its hash is known; otherwise the path begins with it.
  const bool whole = at.first == at.last;
  if (!whole && path.empty()) return fail(errc::tlog_path_length, field::path);
  const Digest& seed = whole ? subtree_root : path.front();
  Roots roots{seed, seed};
  for (const Digest& node : path.subspan(whole ? 0 : 1)) {
    if (at.tree_last == 0) return fail(errc::tlog_path_length, field::path);
    take_node(node, at, roots);
  }
  if (at.tree_last != 0) return fail(errc::tlog_path_length, field::path);
  const bool same = roots.subtree == subtree_root && roots.tree == tree.root;
  return same ? ok() : fail(errc::tlog_root, field::root);
}

}  // namespace daymark::tlog
