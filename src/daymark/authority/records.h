// What the authority remembers: an interface, so that another database can serve the same tests.
// Host only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/base/ids.h"
#include "daymark/base/units.h"
#include "daymark/order/order.h"

namespace daymark::authority {

/// Where an order became public: the facts of its first witnessed proof (PROTOCOL §2.5).
struct Publication {
  LeafIndex index;
  std::string proof;
  UnixMillis logged_at;
  UnixMillis binds_at;
};

/// One accepted order. `file` is the order file with its signatures.
struct StoredOrder {
  Digest hash{};
  order::OrderKind kind = order::OrderKind::enrol;
  std::vector<Byte> file;
  std::optional<Publication> publication;  ///< none: accepted, not public yet
  UnixMillis submitted = {};               ///< 0 where it was not kept
};

/// A page of a list that only grows at its end: what follows the first `after` items, at most
/// `limit` of them.
struct Page {
  std::uint64_t after = 0;
  std::uint64_t limit = 0;
};

/// A place of an order in a stream; no chip means the fleet stream.
struct StreamPlace {
  std::optional<ChipId> chip;
  std::uint64_t seq = 0;
};

/// A chip in custody. The slot is its place in every batch: the order of enrolment, from 0.
struct ChipRecord {
  ChipId chip;
  crypto::PublicKey key;
  std::uint64_t slot = 0;
  std::string model;
  std::string serial;
  bool released = false;
};

/// A leaf of a chip and where it stands in its batch.
struct LeafRecord {
  ChipId chip;
  Digest batch{};  ///< hash of the licence order
  std::vector<Byte> leaf;
  LeafIndex index;
  std::vector<Digest> path;
};

/// An appeal that is public (PROTOCOL §2.7).
struct StoredAppeal {
  Digest hash{};
  Digest order{};  ///< the suspension
  std::vector<Byte> envelope;
  LeafIndex index;
  std::string proof;
  UnixMillis logged_at;
};

enum class DocumentKind : int { receipt = 1, attestation = 2, ranging = 3, verdict = 4 };

/// Something a chip or verifier sent, as received. `subject` tells several of one kind apart.
struct Document {
  DocumentKind kind = DocumentKind::receipt;
  ChipId chip;
  std::vector<Byte> subject;
  std::vector<Byte> body;
  UnixMillis received;
};

/// Every call is durable when it returns. Not thread-safe. Errors: errc::store_*.
class Records {
 public:
  virtual ~Records() = default;

  /// Adds an order that is new, with its places. Errors: errc::authority_stream_taken where a place
  /// is taken by another order.
  [[nodiscard]] virtual Outcome<void> add_order(const StoredOrder& order,
                                                std::span<const StreamPlace> places) = 0;
  /// Keeps the first publication only.
  [[nodiscard]] virtual Outcome<void> publish_order(const Digest& hash,
                                                    const Publication& publication) = 0;
  [[nodiscard]] virtual Outcome<std::optional<StoredOrder>> order(const Digest& hash) = 0;
  /// All orders, oldest first.
  [[nodiscard]] virtual Outcome<std::vector<StoredOrder>> orders() = 0;
  /// A page of the same list. Costs no more than the page is long.
  [[nodiscard]] virtual Outcome<std::vector<StoredOrder>> orders_page(const Page& page) = 0;
  /// Those without a publication, oldest first; costs no more than they are many.
  [[nodiscard]] virtual Outcome<std::vector<StoredOrder>> pending_orders() = 0;
  /// Orders of one stream after position `seq`, in sequence.
  [[nodiscard]] virtual Outcome<std::vector<StoredOrder>> stream_after(
      const StreamPlace& after) = 0;
  /// Head of the fleet stream or of a chip's.
  [[nodiscard]] virtual Outcome<order::StreamHead> head(const std::optional<ChipId>& chip) = 0;

  /// Keeps the first of a hash.
  [[nodiscard]] virtual Outcome<void> add_appeal(const StoredAppeal& appeal) = 0;
  /// Against one order, oldest first.
  [[nodiscard]] virtual Outcome<std::vector<StoredAppeal>> appeals(const Digest& order) = 0;

  /// The newest head of a log that a witness or mirror cosigned, as text; kept apart from the log's
  /// folder, so that a folder restored from an older copy is noticed. Empty where there is none.
  [[nodiscard]] virtual Outcome<void> put_cosigned_head(const std::string& origin,
                                                        const std::string& checkpoint) = 0;
  [[nodiscard]] virtual Outcome<std::string> cosigned_head(const std::string& origin) = 0;

  [[nodiscard]] virtual Outcome<void> put_chip(const ChipRecord& chip) = 0;
  /// By slot.
  [[nodiscard]] virtual Outcome<std::vector<ChipRecord>> chips() = 0;
  /// A page of the same list; slots count up from 0.
  [[nodiscard]] virtual Outcome<std::vector<ChipRecord>> chips_page(const Page& page) = 0;

  /// The newest renewal request of a chip replaces the one before.
  [[nodiscard]] virtual Outcome<void> put_request(const ChipId& chip, ByteView request) = 0;
  [[nodiscard]] virtual Outcome<std::vector<Byte>> request(const ChipId& chip) = 0;

  /// Leaves of a drafted batch, by its root, until its order is accepted.
  [[nodiscard]] virtual Outcome<void> put_draft(const Digest& root, ByteView leaves) = 0;
  [[nodiscard]] virtual Outcome<std::vector<Byte>> draft(const Digest& root) = 0;
  /// Keeps the first leaf of a chip in a batch; leaves of former batches stay.
  [[nodiscard]] virtual Outcome<void> put_leaf(const LeafRecord& leaf) = 0;
  /// The newest.
  [[nodiscard]] virtual Outcome<std::optional<LeafRecord>> leaf(const ChipId& chip) = 0;
  /// All, newest first.
  [[nodiscard]] virtual Outcome<std::vector<LeafRecord>> leaves(const ChipId& chip) = 0;

  /// Replaces a document of the same kind, chip and subject.
  [[nodiscard]] virtual Outcome<void> put_document(const Document& document) = 0;
  /// Oldest first.
  [[nodiscard]] virtual Outcome<std::vector<Document>> documents(DocumentKind kind,
                                                                 const ChipId& chip) = 0;

  /// Writes a mark that nobody reads, as durably as all else. Errors: whatever keeps the store from
  /// taking the next order.
  [[nodiscard]] virtual Outcome<void> probe(UnixMillis now) = 0;
};

}  // namespace daymark::authority
