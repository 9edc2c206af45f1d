// Hands out leaves: which batch a chip's leaf is in, and all leaves of a batch. Host only.
#pragma once

#include <functional>
#include <optional>

#include "daymark/authority/leaf_archive.h"
#include "daymark/authority/records.h"
#include "daymark/base/time.h"

namespace daymark::authority {

/// A leaf of a chip and where it stands in its batch.
struct LeafRecord {
  ChipId chip;
  Digest batch{};  ///< hash of the licence order
  std::vector<Byte> leaf;
  LeafIndex index;
  std::vector<Digest> path;
};

/// A page of a batch's leaves, in the order of their slots.
struct LeafPage {
  LeafList leaves;
  std::optional<std::uint64_t> next;  ///< `after` of the next page; none: this is the last
};

/// Records say which orders are public, the archive holds their leaves. Not thread-safe; references
/// outlive the desk. Errors: those of both.
class LeafDesk {
 public:
  LeafDesk(Records& records, LeafArchive& archive) : records_(records), archive_(archive) {}

  /// The leaf of the newest public batch that has one for the chip.
  [[nodiscard]] Outcome<std::optional<LeafRecord>> newest(const ChipRecord& chip);
  /// The newest leaf with this licence id, also while a newer one is on its way.
  [[nodiscard]] Outcome<std::optional<LeafRecord>> former(const ChipRecord& chip,
                                                          std::uint64_t licence);
  /// Leaves of a batch, drafted or issued. Errors: errc::authority_not_found.
  [[nodiscard]] Outcome<LeafPage> page(const Digest& root, const Page& page);
  /// Removes the drafts that nobody brought to the log in time.
  [[nodiscard]] Outcome<void> remove_stale_drafts(UnixMillis now);

 private:
  /// Whether to go on.
  using TakeLeaf = std::function<Outcome<bool>(LeafRecord& record, std::uint64_t licence)>;

  [[nodiscard]] Outcome<void> visit(const ChipRecord& chip, const TakeLeaf& take);
  [[nodiscard]] Outcome<bool> visit_batch(const ChipRecord& chip, const IssuedBatch& batch,
                                          const TakeLeaf& take);

  Records& records_;
  LeafArchive& archive_;
};

}  // namespace daymark::authority
