// Takes orders in, makes them public, hands them out. Host only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "daymark/authority/feed.h"
#include "daymark/authority/leaf_archive.h"
#include "daymark/authority/publisher.h"
#include "daymark/authority/records.h"
#include "daymark/base/time.h"
#include "daymark/order/order_file.h"

namespace daymark::authority {

/// An order as a chip is handed it, in bytes of its own.
struct HandedOrder {
  std::vector<Byte> envelope;
  std::string proof;
  Digest salt{};
  std::vector<Byte> content;
};

/// What an operator learns of an accepted order.
struct Acceptance {
  Digest hash{};
  order::OrderKind kind = order::OrderKind::enrol;
  std::optional<Publication> publication;  ///< none for a relief while the log is down
};

/// What a chip asks the feed: orders after these positions, at most `limit`.
struct FeedQuery {
  ChipId chip;
  std::uint64_t fleet_seq = 0;
  std::uint64_t own_seq = 0;
  std::size_t limit = SIZE_MAX;
};

struct FeedPage {
  std::vector<HandedOrder> orders;
  std::optional<FeedPosition> next;  ///< where the next page begins; none: there is no more
};

/// A charter and the time from which it binds.
struct DatedCharter {
  UnixMillis from;
  std::vector<Byte> encoded;
  Digest hash{};
};

/// What one pass over the pending orders did.
struct PendingReport {
  struct Unpublished {
    Digest hash{};
    Failure why;
    bool hopeless = false;  ///< its time is over: no later pass can publish it
  };

  std::size_t published = 0;
  std::vector<Unpublished> unpublished;  ///< oldest first

  /// Whether another pass may publish more.
  [[nodiscard]] bool worth_another() const {
    return !std::ranges::all_of(unpublished, &Unpublished::hopeless);
  }
};

/// Judges nothing that a chip would not judge again: it refuses early what no chip would take, so
/// that the log holds no nonsense. Not thread-safe.
class OrderDesk {
 public:
  /// All references outlive the desk.
  OrderDesk(Records& records, LeafArchive& archive, Publisher& publisher, Clock& clock,
            std::vector<Byte> charter);

  /// The charter in force now; amended by the orders that pass here.
  [[nodiscard]] const std::vector<Byte>& charter_bytes() const;

  [[nodiscard]] Result<order::Charter> charter() const {
    return order::parse_charter(charter_bytes());
  }

  /// Takes over the amendments that the records hold: call it once before the first order.
  [[nodiscard]] Outcome<void> load();

  /// Accepts an order file with its signatures; idempotent. Errors: those of parse_order_file,
  /// verify_signatures and prove_order, errc::order_quorum, errc::order_stream,
  /// errc::authority_order_late, errc::authority_batch_unknown; errc::net_witness_ahead where the
  /// quorum is not met and a witness knows a longer log; errc::gov_charter_left where the order
  /// waited for witnesses until its charter was replaced.
  [[nodiscard]] Outcome<Acceptance> submit(ByteView file);

  /// Publishes what is accepted but not public: after a crash, or when witnesses are back. One
  /// order that can't be published holds up no other. All are proven by one checkpoint, so that
  /// witnesses are asked once, however many orders wait. Errors: those of records and log.
  [[nodiscard]] Outcome<PendingReport> publish_pending();

  /// Orders that follow the given positions, each stream in sequence, both together in the order of
  /// the log: a chip that comes back late meets an amendment where it stood.
  [[nodiscard]] Outcome<std::vector<HandedOrder>> feed(const ChipId& chip, std::uint64_t fleet_seq,
                                                       std::uint64_t own_seq);
  [[nodiscard]] Outcome<FeedPage> feed_page(const FeedQuery& query);
  [[nodiscard]] Outcome<HandedOrder> handed(const StoredOrder& stored) const;

 private:
  struct Placed;
  struct Entered;
  /// Gives a checkpoint that the witnesses of a charter were asked to cosign.
  using Checkpoints = std::function<Outcome<std::string>(const DatedCharter& charter)>;

  [[nodiscard]] Outcome<Acceptance> accept(const order::OrderFile& file,
                                           const order::Order& parsed);
  [[nodiscard]] Outcome<void> store(const StoredOrder& stored, const order::OrderFile& file,
                                    const order::Order& parsed);
  [[nodiscard]] Outcome<void> check_signed(const order::OrderFile& file,
                                           const order::Order& parsed) const;
  [[nodiscard]] Outcome<std::vector<StreamPlace>> places_of(const order::OrderFile& file,
                                                            const order::Order& parsed);
  [[nodiscard]] Outcome<void> check_next(const std::optional<ChipId>& chip, std::uint64_t seq,
                                         const Digest& prev);
  [[nodiscard]] Outcome<const DatedCharter*> charter_of(const order::Order& order) const;
  [[nodiscard]] bool held_at(const DatedCharter& charter, UnixMillis time) const;
  [[nodiscard]] bool outlived_charter(const order::OrderFile& file, UnixMillis logged_at) const;
  [[nodiscard]] Outcome<std::vector<Placed>> open_part(const StreamPlace& after);
  [[nodiscard]] Outcome<Publication> publish(const StoredOrder& stored);
  [[nodiscard]] Outcome<std::string> newest_checkpoint(const DatedCharter& charter);
  [[nodiscard]] Outcome<Entered> enter(const StoredOrder& stored);
  [[nodiscard]] Outcome<Publication> publish_entered(const StoredOrder& stored, Entered& entered,
                                                     const Checkpoints& checkpoints);
  [[nodiscard]] Outcome<void> check_in_time(const Entered& entered) const;
  [[nodiscard]] Outcome<Publication> prove(Entered& entered, const std::string& checkpoint) const;
  [[nodiscard]] Outcome<void> take_effect(const StoredOrder& stored, UnixMillis binds_at);
  [[nodiscard]] Outcome<void> amend(const StoredOrder& stored, UnixMillis binds_at);
  [[nodiscard]] Outcome<void> enrol(ByteView content);
  [[nodiscard]] Outcome<void> release(ByteView content);

  Records& records_;
  LeafArchive& archive_;
  Publisher& publisher_;
  Clock& clock_;
  /// By binding time; the first is that of the fleet's start. References stay good as it grows.
  std::deque<DatedCharter> charters_;
};

}  // namespace daymark::authority
