// Everything that anybody in the world could hand a chip: orders, leaves, appeals, grants,
// receipts, each valid or with one stated flaw. Equal wishes for whole orders get the same bytes:
// they are kept. A flawed one is good until the next is asked for.
#pragma once

#include <map>
#include <string>

#include "machine.h"

#include "daymark/governor/client.h"
#include "daymark/order/order_testing.h"

namespace daymark::explore {

/// The explored charter counts in this unit: notice, renewal, freshness, appeal and the longest
/// suspension are one each, a licence and the year's suspensions two.
inline constexpr Millis unit = days(1);
/// Two reservations of the least size.
inline constexpr Millis grace_time = seconds(2);

/// What is wrong with an order.
enum class Flaw : std::uint8_t {
  none,
  one_signer,       ///< the quorum is not met
  wrong_signature,  ///< one bit of it
  seq_ahead,        ///< skips a place of its stream
  wrong_prev,       ///< names another predecessor
  expired,          ///< logged after its expiry
  stale_proof,      ///< proof and checkpoint of an earlier entry
  few_witnesses,
  zero_time,  ///< cosignatures without a time
  no_mirror,
  no_log_signature,
  unlogged,       ///< no proof at all
  other_charter,  ///< made for another fleet
  other_content,  ///< content that was not committed to
  other_chip,     ///< names another chip
  old_version,    ///< of a firmware: not above the approved one
};
inline constexpr std::size_t flaw_count = 16;
[[nodiscard]] std::string_view name_of(Flaw flaw);

/// What an order is about.
struct Wish {
  order::OrderKind kind = order::OrderKind::suspend;
  order::Stream stream = order::Stream::chip;
  Flaw flaw = Flaw::none;
  Digest appeal{};  ///< suspend: confirms the suspension that this appeal is against
};

/// An order as it was made; `facts` are those of a whole one.
struct Minted {
  governor::OrderParts parts;
  order::OrderKind kind = order::OrderKind::suspend;
  Digest hash{};
  UnixMillis logged_at;
  UnixMillis until;
  Flaw flaw = Flaw::none;
  Digest charter{};
  Digest own{};    ///< the chip's stream head when it was made
  Digest fleet{};  ///< the fleet's
};

struct LeafWish {
  bool denial = false;
  bool narrow = false;  ///< a smaller cluster
  bool empty = false;   ///< allows nothing
  bool other_request = false;
  bool other_chip = false;
  bool too_long = false;
  bool ahead = false;        ///< names a position that the chip has not reached
  bool other_batch = false;  ///< its path leads elsewhere
  bool unsigned_batch = false;
  bool old_id = false;
};

class Mint {
 public:
  Mint();

  [[nodiscard]] const Minted& order(const Wish& wish, Machine& machine);
  [[nodiscard]] const Minted& enrolment(Flaw flaw, Machine& machine);
  [[nodiscard]] governor::LeafParts leaf(const LeafWish& wish, Machine& machine);

  [[nodiscard]] const Minted& at(int index) const {
    return *minted_.at(static_cast<std::size_t>(index));
  }

  [[nodiscard]] int index_of(const Minted& minted) const;

  /// Logged appeals against `order`. A flaw: not the owner's.
  [[nodiscard]] const order::testing::LoggedAppeal& appeal(const Digest& order, bool flawed,
                                                           Machine& machine);
  /// The owner's grant of `span`.
  [[nodiscard]] std::vector<Byte> emergency(Millis span, bool flawed, Machine& machine);
  /// What beacon `index` signs for an opened session.
  [[nodiscard]] std::vector<Byte> receipt(std::size_t index, const ranging::Opened& opened,
                                          UnixMillis time, Millis radius);
  [[nodiscard]] ranging::Opened meet(std::size_t beacon, ByteView opening);

  [[nodiscard]] const order::Charter& first_charter() const { return world_.charter(); }

  /// The charter that a chip holds.
  [[nodiscard]] const order::Charter& charter_of(Machine& machine);

  /// An order that was made without a flaw; null for any other hash.
  [[nodiscard]] const Minted* whole(const Digest& hash) const;

  [[nodiscard]] std::size_t signed_count() const { return signed_; }

 private:
  struct KnownCharter {
    std::vector<Byte> encoded;
    order::Charter charter;
  };

  [[nodiscard]] const order::Charter& known(const order::Charter& charter);
  [[nodiscard]] std::vector<Byte> content_of(const Wish& wish, Machine& machine);
  [[nodiscard]] order::Target target_of(const Wish& wish, Machine& machine) const;
  [[nodiscard]] order::StreamHead fleet_head_of(const Wish& wish, Machine& machine) const;
  [[nodiscard]] Minted make(const Wish& wish, Machine& machine);
  void log(const order::OrderFile& file, UnixMillis now, Minted& out);
  void sign(order::OrderFile& file, const order::Charter& charter, const Minted& as) const;
  [[nodiscard]] const Minted& keep(const std::string& key, Minted minted);
  [[nodiscard]] const Minted* kept_as(const std::string& key) const;

  order::testing::World world_;
  std::map<Digest, std::unique_ptr<KnownCharter>> charters_;
  std::vector<std::unique_ptr<Minted>> minted_;  ///< whole ones
  std::map<std::string, Minted> forged_;         ///< those with a flaw, for a while
  std::size_t signed_ = 0;
  std::map<std::string, std::size_t> known_;
  std::map<Digest, std::size_t> whole_;
  std::map<std::string, order::testing::LoggedAppeal> appeals_;
  std::string old_proof_;
};

}  // namespace daymark::explore
