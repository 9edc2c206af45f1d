// The leaves of licence batches, drafted and issued: an interface, so that a plain one in memory
// can serve the same tests. Host only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daymark/authority/leaf_list.h"
#include "daymark/authority/records.h"
#include "daymark/base/failure.h"
#include "daymark/base/file_calls.h"
#include "daymark/base/units.h"
#include "daymark/order/order.h"

namespace daymark::authority {

/// What is kept of a batch beside its leaves.
struct BatchFacts {
  std::uint64_t leaves = 0;
  std::uint64_t slots = 0;  ///< chips that were in custody when it was drafted
  UnixMillis until;         ///< the end of its signing time
};

/// A leaf and its path to the root of its batch, leaf first.
struct ArchivedLeaf {
  std::vector<Byte> leaf;
  LeafIndex index;
  std::vector<Digest> path;
};

/// Takes the leaves of one batch in the order of their slots. What is not finished leaves nothing
/// behind. Errors: errc::file_not_written. Not thread-safe; must not outlive its archive.
class LeafWriter {
 public:
  virtual ~LeafWriter() = default;

  [[nodiscard]] virtual Outcome<void> add(ByteView leaf) = 0;
  /// Root and number of the leaves, which are durable when it returns. Only once.
  [[nodiscard]] virtual Outcome<order::BatchContent> finish(std::uint64_t slots,
                                                            UnixMillis until) = 0;
};

/// Batches by their root. What is read is checked against the root first. Not thread-safe. Errors:
/// errc::authority_leaves_damaged where what is kept does not lead to the root,
/// errc::file_not_read, errc::file_not_opened.
class LeafArchive {
 public:
  virtual ~LeafArchive() = default;

  [[nodiscard]] virtual Outcome<std::unique_ptr<LeafWriter>> begin() = 0;
  [[nodiscard]] virtual Outcome<std::optional<BatchFacts>> find(const Digest& root) = 0;
  /// Errors: errc::authority_not_found where batch or index are unknown.
  [[nodiscard]] virtual Outcome<ArchivedLeaf> leaf(const Digest& root, LeafIndex index) = 0;
  /// The leaves that follow the first `after`, at most `limit` of them and no more than
  /// leaf_page_bytes together, but for one; none behind the last. Errors:
  /// errc::authority_not_found.
  [[nodiscard]] virtual Outcome<LeafList> page(const Digest& root, const Page& page) = 0;
  /// The same leaves, each with its path: what handing out a whole batch needs.
  [[nodiscard]] virtual Outcome<std::vector<ArchivedLeaf>> proven_page(const Digest& root,
                                                                       const Page& page) = 0;
  /// Roots of all batches, ascending.
  [[nodiscard]] virtual Outcome<std::vector<Digest>> roots() = 0;
  /// An unknown batch is no error. Errors: errc::file_not_written.
  [[nodiscard]] virtual Outcome<void> remove(const Digest& root) = 0;
};

inline constexpr std::size_t leaf_page_bytes = 4UL << 20;

/// A folder of batches. The name of each is its root in hexadecimal; in it stand
///   leaves   the encoded leaves, one behind the other,
///   ends     8 bytes big-endian for each leaf: where it ends in `leaves`,
///   nodes    the hashes of the batch tree, 32 bytes each, in the order of their completion
///            (tlog::completion_of), so that writing keeps one hash a level,
///   head     [1, leaves, slots, until] in CBOR and its SHA-256.
/// A batch is written to a folder "N.part" beside, synced, renamed: it is there wholly or not at
/// all. Opening removes what a crash left behind. `calls` must outlive the archive. Errors:
/// errc::file_not_written, errc::file_not_read.
[[nodiscard]] Outcome<std::unique_ptr<LeafArchive>> open_leaf_archive(FileCalls& calls,
                                                                      const std::string& folder);

}  // namespace daymark::authority
