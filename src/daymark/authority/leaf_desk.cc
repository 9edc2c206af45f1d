#include "daymark/authority/leaf_desk.h"

#include <algorithm>
#include <memory>

#include "daymark/authority/errors.h"
#include "daymark/base/hex.h"
#include "daymark/order/leaf.h"

namespace daymark::authority {

namespace {

/// A chip's leaf is nearly always in the newest batch.
constexpr std::uint64_t batches_at_once = 8;

}  // namespace

Outcome<std::optional<LeafRecord>> LeafDesk::newest(const ChipRecord& chip) {
  std::optional<LeafRecord> out;
  DAYMARK_CHECK(visit(chip, [&](LeafRecord& record, std::uint64_t) -> Outcome<bool> {
    out = std::move(record);
    return false;
  }));
  return out;
}

Outcome<std::optional<LeafRecord>> LeafDesk::former(const ChipRecord& chip, std::uint64_t licence) {
  std::optional<LeafRecord> out;
  DAYMARK_CHECK(visit(chip, [&](LeafRecord& record, std::uint64_t id) -> Outcome<bool> {
    if (id == licence) out = std::move(record);
    return id > licence;  // ids rise from batch to batch
  }));
  return out;
}

Outcome<void> LeafDesk::visit(const ChipRecord& chip, const TakeLeaf& take) {
  BatchQuery query{.slot = chip.slot, .limit = batches_at_once};
  while (true) {
    DAYMARK_TRY(const std::vector<IssuedBatch> batches, records_.batches(query));
    for (const IssuedBatch& batch : batches) {
      DAYMARK_TRY(const bool more, visit_batch(chip, batch, take));
      if (!more) return {};
    }
    if (batches.size() < query.limit) return {};
    query.before = batches.back().place.number;
  }
}

/// Leaf i belongs to slot i where no chip was left out; each one left out before it moves a leaf by
/// one place to the front.
Outcome<bool> LeafDesk::visit_batch(const ChipRecord& chip, const IssuedBatch& batch,
                                    const TakeLeaf& take) {
  const BatchPlace& place = batch.place;
  if (place.leaves == 0) return true;
  const std::uint64_t omitted = place.slots - std::min(place.slots, place.leaves);
  const std::uint64_t lowest = chip.slot - std::min(chip.slot, omitted);
  const auto leaf = std::make_unique<order::Leaf>();
  for (std::uint64_t next = std::min(chip.slot, place.leaves - 1) + 1; next > lowest; --next) {
    DAYMARK_TRY(ArchivedLeaf found, archive_.leaf(place.root, {next - 1}));
    DAYMARK_TRY(*leaf, about(order::parse_leaf(found.leaf), "leaf"));
    if (leaf->chip != chip.chip) continue;
    LeafRecord record{chip.chip, batch.order, std::move(found.leaf), found.index,
                      std::move(found.path)};
    return take(record, leaf->id);
  }
  return true;
}

Outcome<LeafPage> LeafDesk::page(const Digest& root, const Page& page) {
  DAYMARK_TRY(const auto facts, archive_.find(root));
  if (!facts) return refuse(errc::authority_not_found, to_hex(root));
  LeafPage out;
  DAYMARK_TRY(out.leaves, archive_.page(root, page));
  const std::uint64_t reached = page.after + out.leaves.size();
  if (!out.leaves.empty() && reached < facts->leaves) out.next = reached;
  return out;
}

Outcome<void> LeafDesk::remove_stale_drafts(UnixMillis now) {
  DAYMARK_TRY(const std::vector<Digest> roots, archive_.roots());
  for (const Digest& root : roots) {
    DAYMARK_TRY(const auto accepted, records_.batch(root));
    if (accepted) continue;
    DAYMARK_TRY(const auto facts, archive_.find(root));
    if (facts && facts->until < now) DAYMARK_CHECK(archive_.remove(root));
  }
  return {};
}

}  // namespace daymark::authority
