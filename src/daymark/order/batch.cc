#include "daymark/order/batch.h"

#include <algorithm>
#include <map>

#include "daymark/order/errors.h"
#include "daymark/tlog/errors.h"

namespace daymark::order {

namespace {

std::unexpected<Error> fail_at(Errc code, FieldId field, std::size_t place) {
  return fail(code, field, static_cast<std::uint32_t>(place));
}

using Slots = std::map<ChipId, std::size_t>;

Result<Slots> slots_of(std::span<const ChipId> scope) {
  Slots out;
  for (std::size_t i = 0; i < scope.size(); ++i) {
    if (!out.emplace(scope[i], i).second) return fail_at(errc::batch_twice, field::targets, i);
  }
  return out;
}

/// Index into `leaves` for every slot.
Result<std::vector<std::size_t>> place_leaves(const Slots& slots,
                                              std::span<const std::vector<Byte>> leaves) {
  std::vector<std::size_t> found(slots.size(), leaves.size());
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    DAYMARK_TRY(const Leaf leaf, parse_leaf(leaves[i]));
    const auto slot = slots.find(leaf.chip);
    if (slot == slots.end()) return fail_at(errc::batch_stranger, field::chip, i);
    std::size_t& place = found[slot->second];
    if (place != leaves.size()) return fail_at(errc::batch_twice, field::chip, i);
    place = i;
  }
  const auto gap = std::ranges::find(found, leaves.size());
  if (gap == found.end()) return found;
  return fail_at(errc::batch_omits, field::chip, static_cast<std::size_t>(gap - found.begin()));
}

}  // namespace

Result<Batch> Batch::build(std::span<const ChipId> scope, std::vector<std::vector<Byte>> leaves) {
  DAYMARK_TRY(const Slots slots, slots_of(scope));
  DAYMARK_TRY(const std::vector<std::size_t> order, place_leaves(slots, leaves));
  Batch out;
  out.leaves_.reserve(leaves.size());
  for (const std::size_t index : order) {
    out.tree_.append(leaves[index]);
    out.leaves_.push_back(std::move(leaves[index]));
  }
  return out;
}

BatchContent Batch::content() const {
  return {tree_.head().root, leaves_.size()};
}

LeafFile Batch::leaf_file(std::size_t index) const {
  LeafFile out;
  out.leaf = leaves_[index];
  out.index = {index};
  out.size = tree_.size();
  if (auto path = tree_.inclusion_path(out.index, out.size)) out.path = std::move(*path);
  return out;
}

Result<const Leaf*> BatchChecker::add(const ChipId& chip, ByteView leaf) {
  DAYMARK_TRY(*leaf_, parse_leaf(leaf));
  if (leaf_->chip != chip) return fail_at(errc::batch_omits, field::chip, count());
  edge_.append(tlog::hash_leaf(leaf, tlog::batch_tree));
  return leaf_.get();
}

Result<void> BatchChecker::finish() const {
  if (count() != stated_.leaves) return fail(errc::tlog_root, field::count);
  return edge_.root() == stated_.root ? ok() : fail(errc::tlog_root, field::batch_root);
}

Result<void> verify_batch_complete(std::span<const ChipId> scope,
                                   std::span<const std::vector<Byte>> leaves,
                                   const BatchContent& stated) {
  DAYMARK_TRY(const Batch batch, Batch::build(scope, {leaves.begin(), leaves.end()}));
  const BatchContent built = batch.content();
  if (built.leaves != stated.leaves) return fail(errc::tlog_root, field::count);
  return built.root == stated.root ? ok() : fail(errc::tlog_root, field::batch_root);
}

}  // namespace daymark::order
