// What the authority remembers: an interface, so that another database can serve the same tests.
// Host only.
#pragma once

#include <array>
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

/// A chip in custody and the head of its own stream.
struct HeldChip {
  ChipRecord chip;
  order::StreamHead head;
};

/// How many there are of what an operator watches.
struct RecordCounts {
  std::uint64_t chips = 0;
  std::uint64_t chips_released = 0;
  std::uint64_t orders_pending = 0;
  std::array<std::uint64_t, order::order_kind_count + 1> orders{};  ///< by kind; the first unused

  friend bool operator==(const RecordCounts&, const RecordCounts&) = default;
};

/// The batch of a licence order: what looking for a leaf in the archive needs.
struct BatchPlace {
  Digest root{};
  std::uint64_t number = 0;  ///< rises from batch to batch
  std::uint64_t leaves = 0;
  std::uint64_t slots = 0;  ///< chips that were in custody when it was drafted
};

/// A batch whose order is accepted.
struct IssuedBatch {
  Digest order{};  ///< hash of the licence order
  BatchPlace place;
  bool is_public = false;
};

/// Asks for public batches of more than `slot` slots with numbers below `before`, newest first, at
/// most `limit`: those in which a chip's leaf may be.
struct BatchQuery {
  std::uint64_t slot = 0;
  std::uint64_t before = UINT64_MAX;
  std::uint64_t limit = 0;
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

/// A finding that is public (PROTOCOL §4.3). `file` is the finding file with its signatures.
struct StoredFinding {
  Digest hash{};
  std::vector<Byte> file;
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
  /// Adds a licence order that is new; it has no place in a stream. Errors:
  /// errc::authority_stream_taken where another order has the number of the batch.
  [[nodiscard]] virtual Outcome<void> add_licence(const StoredOrder& order,
                                                  const BatchPlace& batch) = 0;
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

  /// The batch with this root, if an order for it was accepted.
  [[nodiscard]] virtual Outcome<std::optional<IssuedBatch>> batch(const Digest& root) = 0;
  [[nodiscard]] virtual Outcome<std::vector<IssuedBatch>> batches(const BatchQuery& query) = 0;
  /// The highest number of a batch whose order was accepted; 0 where there is none.
  [[nodiscard]] virtual Outcome<std::uint64_t> last_batch_number() = 0;

  /// Keeps the first of a hash.
  [[nodiscard]] virtual Outcome<void> add_appeal(const StoredAppeal& appeal) = 0;
  /// Against one order, oldest first.
  [[nodiscard]] virtual Outcome<std::vector<StoredAppeal>> appeals(const Digest& order) = 0;

  /// Keeps the first of a hash.
  [[nodiscard]] virtual Outcome<void> add_finding(const StoredFinding& finding) = 0;
  [[nodiscard]] virtual Outcome<std::optional<StoredFinding>> finding(const Digest& hash) = 0;

  /// The newest head of a log that a witness or mirror cosigned, as text; kept apart from the log's
  /// folder, so that a folder restored from an older copy is noticed. Empty where there is none.
  [[nodiscard]] virtual Outcome<void> put_cosigned_head(const std::string& origin,
                                                        const std::string& checkpoint) = 0;
  [[nodiscard]] virtual Outcome<std::string> cosigned_head(const std::string& origin) = 0;

  [[nodiscard]] virtual Outcome<void> put_chip(const ChipRecord& chip) = 0;
  [[nodiscard]] virtual Outcome<std::optional<ChipRecord>> chip(const ChipId& id) = 0;
  /// The chip whose key has this id; that of the lowest slot where several have.
  [[nodiscard]] virtual Outcome<std::optional<ChipRecord>> chip_of_key(const KeyId& key) = 0;
  [[nodiscard]] virtual Outcome<std::uint64_t> chip_count() = 0;
  /// Reads no chip and no order: cheap enough to be asked for every few seconds.
  [[nodiscard]] virtual Outcome<RecordCounts> counts() = 0;
  /// By slot.
  [[nodiscard]] virtual Outcome<std::vector<ChipRecord>> chips() = 0;
  /// A page of the same list; slots count up from 0.
  [[nodiscard]] virtual Outcome<std::vector<ChipRecord>> chips_page(const Page& page) = 0;
  /// The same page with what `head` says of each chip, in one walk: a batch has a leaf for every
  /// chip, and a query for each would cost more than the leaf.
  [[nodiscard]] virtual Outcome<std::vector<HeldChip>> held_page(const Page& page) = 0;

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
