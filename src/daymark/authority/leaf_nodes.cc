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

/// Called with a range that is not apart from the given one, its middle, and the hashes of its
/// halves; smaller ranges first.
using JoinSink =
    std::function<void(Subtree, std::uint64_t middle, const Digest& left, const Digest& right)>;

Outcome<Digest> hash_around(Subtree range, const LeafRange& given, const StoredNode& node,
                            const JoinSink& joined) {
  const std::uint64_t first = given.first.value;
  const bool apart = range.end <= first || range.start >= first + given.leaves.size();
  if (apart) return stored_hash(range, node);
  if (width_of(range) == 1) return given.leaves[range.start - first];
  const std::uint64_t middle = middle_of(range);
  DAYMARK_TRY(const Digest left, hash_around({range.start, middle}, given, node, joined));
  DAYMARK_TRY(const Digest right, hash_around({middle, range.end}, given, node, joined));
  joined(range, middle, left, right);
  return tlog::hash_node(left, right, tlog::batch_tree);
}

/// Adds to the path of each given leaf the half that it is not in.
class PathBuilder {
 public:
  PathBuilder(const LeafRange& given, TreeSize size, std::vector<std::vector<Digest>>& paths)
      : first_(given.first.value), paths_(paths) {
    paths_.resize(given.leaves.size());
    for (std::vector<Digest>& path : paths_)
      path.reserve(static_cast<std::size_t>(std::bit_width(size.value)));
  }

  void operator()(Subtree range, std::uint64_t middle, const Digest& left, const Digest& right) {
    append({range.start, middle}, right);
    append({middle, range.end}, left);
  }

 private:
  void append(Subtree half, const Digest& sibling) {
    const std::uint64_t end = std::min(half.end, first_ + paths_.size());
    for (std::uint64_t at = std::max(half.start, first_); at < end; ++at)
      paths_[at - first_].push_back(sibling);
  }

  std::uint64_t first_;
  std::vector<std::vector<Digest>>& paths_;
};

}  // namespace

Outcome<Digest> root_around(const LeafRange& range, TreeSize size, const StoredNode& node) {
  const auto nobody = [](Subtree, std::uint64_t, const Digest&, const Digest&) {};
  return hash_around({0, size.value}, range, node, nobody);
}

Outcome<RangePaths> paths_around(const LeafRange& range, TreeSize size, const StoredNode& node) {
  RangePaths out;
  PathBuilder builder(range, size, out.paths);
  DAYMARK_TRY(out.root, hash_around({0, size.value}, range, node, std::ref(builder)));
  return out;
}

}  // namespace daymark::authority
