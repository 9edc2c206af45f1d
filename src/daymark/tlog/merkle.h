// Merkle trees of RFC 6962 §2.1 as pure functions over hashes. Core.
//
// One code serves four trees that can't be mistaken for one another, because their leaves and
// nodes are hashed behind different prefixes: the log (RFC 6962: 00, 01), a licence batch (10, 11),
// a list of approved programs (12, 13) and a batch of beacon receipts (14, 15). Every refusal is a
// named error; nodes left over are refused.
#pragma once

#include <span>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"

namespace daymark::tlog {

struct TreeKind {
  Byte leaf_prefix;
  Byte node_prefix;
};

inline constexpr TreeKind log_tree{0x00, 0x01};
inline constexpr TreeKind batch_tree{0x10, 0x11};
inline constexpr TreeKind program_tree{0x12, 0x13};
inline constexpr TreeKind receipt_tree{0x14, 0x15};

/// Longest path of a tree of at most 2^63 leaves.
inline constexpr std::size_t path_max = 63;

[[nodiscard]] Digest hash_leaf(ByteView data, TreeKind kind = log_tree);
[[nodiscard]] Digest hash_node(const Digest& left, const Digest& right, TreeKind kind = log_tree);
/// Root of the tree of no leaves: SHA-256 of the empty string.
[[nodiscard]] Digest empty_root();

/// The root that `leaf` at `index` of a tree of `size` leaves leads to along `path` (RFC 9162
/// §2.1.3.2). Errors: errc::tlog_index, errc::tlog_path_length.
[[nodiscard]] Result<Digest> root_from_path(const Digest& leaf, LeafIndex index, TreeSize size,
                                            std::span<const Digest> path, TreeKind kind = log_tree);

/// Errors: those of root_from_path, errc::tlog_root where another root comes out.
[[nodiscard]] Result<void> verify_inclusion(const Digest& leaf, LeafIndex index, TreeSize size,
                                            std::span<const Digest> path, const Digest& root);

struct TreeHead {
  TreeSize size;
  Digest root{};
  friend constexpr bool operator==(const TreeHead&, const TreeHead&) = default;
};

/// That `newer` only appends to `older` (RFC 9162 §2.1.4.2).
/// Errors: errc::tlog_index, errc::tlog_path_length, errc::tlog_root.
[[nodiscard]] Result<void> verify_consistency(const TreeHead& older, const TreeHead& newer,
                                              std::span<const Digest> path);

/// Half-open range of leaves [start, end) that forms a valid subtree.
struct Subtree {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
};

/// Inclusion of a leaf in the subtree's root, and of a subtree in a tree (C2SP tlog-witness
/// subtrees, draft-ietf-plants-merkle-tree-certs §4). Errors as above.
[[nodiscard]] Result<void> verify_subtree_inclusion(const Digest& leaf, LeafIndex index,
                                                    Subtree subtree, std::span<const Digest> path,
                                                    const Digest& root);
[[nodiscard]] Result<void> verify_subtree_consistency(Subtree subtree, const Digest& subtree_root,
                                                      const TreeHead& tree,
                                                      std::span<const Digest> path);

}  // namespace daymark::tlog
