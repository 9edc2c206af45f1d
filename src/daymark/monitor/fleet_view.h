// What the entries of a public log say about one fleet, judged one after another. Host only.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daymark/crypto/ports.h"
#include "daymark/monitor/alarm.h"
#include "daymark/monitor/lawful.h"
#include "daymark/order/charter.h"
#include "daymark/order/leaf_file.h"
#include "daymark/order/open_content.h"

namespace daymark::monitor {

/// Whom the monitor works for.
struct Following {
  std::vector<ChipId> chips;                     ///< none: only what binds the fleet is told
  std::optional<crypto::ExchangeSecretKey> key;  ///< opens what is sealed to its holder
};

/// One entry of the verified log.
struct SeenEntry {
  LeafIndex index;
  ByteView bytes;
  LoggedSpan logged;
  std::string_view proof;  ///< tlog-proof against the newest head; empty while replaying
};

/// A batch of licences in the log.
struct SeenBatch {
  LeafIndex entry;
  Digest order{};
  Digest root{};
  std::uint64_t leaves = 0;
};

/// Holds charters, enrolments, batches and the fleet's stream. Not thread-safe.
class FleetView {
 public:
  /// `charter` is the fleet's first. Errors: those of parse_charter.
  [[nodiscard]] static Result<FleetView> open(std::vector<Byte> charter, Following following);

  /// Judges the next entry of the log.
  [[nodiscard]] std::vector<Alarm> take(const SeenEntry& entry);

  /// Judges a leaf that a chip received: it must belong to a batch in the log, to the newest one,
  /// and keep to the charter's longest licence. What an old leaf can't tell is told as missing.
  /// Errors: those of parse_leaf.
  [[nodiscard]] Result<std::vector<Alarm>> check_leaf(const order::LeafFile& file,
                                                      const std::string& subject) const;

  /// The newest charter that the log brought, and the monitor could open.
  [[nodiscard]] const order::Charter& charter() const { return held_.back()->charter; }

  /// Key of a chip whose enrolment could be opened.
  [[nodiscard]] std::optional<crypto::PublicKey> key_of(const ChipId& chip) const;

  [[nodiscard]] std::uint64_t enrolled() const { return enrolments_.size(); }

 private:
  struct HeldCharter {
    std::vector<Byte> bytes;
    order::Charter charter;
  };

  struct Enrolment {
    UnixMillis issued;
  };

  explicit FleetView(Following following) : following_(std::move(following)) {}

  [[nodiscard]] Result<void> hold(std::vector<Byte> charter);
  [[nodiscard]] const order::Charter* charter_of(const order::Order& order) const;
  [[nodiscard]] std::vector<Alarm> take_appeal(const SeenEntry& entry) const;
  [[nodiscard]] std::vector<Alarm> judge(const SeenEntry& entry, const order::SignedOrder& read);
  [[nodiscard]] Result<void> check(const SeenEntry& entry, const order::SignedOrder& read,
                                   const order::OpenedContent* opened);
  [[nodiscard]] Result<void> check_sequence(const order::Order& order) const;
  void remember(const SeenEntry& entry, const order::Order& order,
                const order::OpenedContent* opened);
  [[nodiscard]] std::optional<Alarm> name_targets(const AlarmOrder& about,
                                                  const order::Order& order,
                                                  const order::OpenedContent* opened) const;
  [[nodiscard]] std::optional<Alarm> check_batch(const AlarmOrder& about,
                                                 const order::Order& order) const;
  [[nodiscard]] bool must_open(const order::Order& order, const order::Charter& charter) const;

  Following following_;
  std::vector<std::unique_ptr<HeldCharter>> held_;
  std::vector<Enrolment> enrolments_;
  std::map<ChipId, crypto::PublicKey> keys_;
  std::vector<SeenBatch> batches_;
  order::StreamHead fleet_head_;
  bool fleet_head_known_ = true;
};

}  // namespace daymark::monitor
