#include "daymark/tlog/frontier.h"

#include <bit>

namespace daymark::tlog {

std::span<const Digest> Frontier::append(const Digest& leaf) {
  completed_[0] = leaf;
  std::size_t level = 0;
  for (; (size_ >> level & 1U) != 0; ++level)
    completed_[level + 1] = hash_node(edge_[level], completed_[level], kind_);
  edge_[level] = completed_[level];
  ++size_;
  return std::span(completed_).first(level + 1);
}

Digest Frontier::root() const {
  if (size_ == 0) return empty_root();
  auto level = static_cast<std::size_t>(std::countr_zero(size_));
  Digest out = edge_[level];
  for (++level; size_ >> level != 0; ++level) {
    if ((size_ >> level & 1U) != 0) out = hash_node(edge_[level], out, kind_);
  }
  return out;
}

std::uint64_t completion_of(unsigned level, std::uint64_t position) {
  const std::uint64_t last = ((position + 1) << level) - 1;
  return completed_nodes({last}) + level;
}

std::uint64_t completed_nodes(TreeSize size) {
  // Leaf i completes one node more than i has trailing ones: n leaves complete 2n minus the ones
  // of n.
  return 2 * size.value - static_cast<std::uint64_t>(std::popcount(size.value));
}

}  // namespace daymark::tlog
