#include "daymark/ledger/path.h"

#include <algorithm>
#include <bit>

#include "daymark/ledger/errors.h"

namespace daymark::ledger {

namespace {

/// RFC 6962 §2.1: the left part holds the largest power of two below the number of leaves.
std::size_t left_part(std::size_t leaves) {
  return std::bit_floor(leaves - 1);
}

Result<Node> root_of(std::span<const Node> leaves) {
  if (leaves.size() == 1) return leaves.front();
  const std::size_t split = left_part(leaves.size());
  DAYMARK_TRY(const Node left, root_of(leaves.first(split)));
  DAYMARK_TRY(const Node right, root_of(leaves.subspan(split)));
  return parent_of(left, right);
}

}  // namespace

Result<std::vector<Node>> path_of(std::span<const Node> leaves, LeafIndex index) {
  if (index.value >= leaves.size()) return fail(errc::ledger_path);
  std::vector<Node> out;
  std::size_t at = index.value;
  while (leaves.size() > 1) {
    const std::size_t split = left_part(leaves.size());
    const bool in_left = at < split;
    DAYMARK_TRY(const Node beside, root_of(in_left ? leaves.subspan(split) : leaves.first(split)));
    out.push_back(beside);
    leaves = in_left ? leaves.first(split) : leaves.subspan(split);
    at -= in_left ? 0 : split;
  }
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace daymark::ledger
