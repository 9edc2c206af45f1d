// The life of an order as a list of dated events: due process, visible to everybody whom it
// concerns. Host only.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/authority/records.h"
#include "daymark/order/charter.h"
#include "daymark/order/order.h"

namespace daymark::authority {

/// One step. `at` is 0 where it has not happened or its time is not known.
struct LifeEvent {
  /// "drafted", "signed", "submitted", "logged", "witnessed", "announced", "binding", "appealed",
  /// "confirmed", "ends"
  std::string_view name;
  UnixMillis at;
  std::string detail;  ///< signers, index, or hash, in words; may be empty
};

/// What an order's life is told from. The charter names the witnesses and mirrors whose
/// cosignatures are shown; those that it does not know are left out.
struct LifeFacts {
  const order::Order* order = nullptr;
  const order::Charter* charter = nullptr;
  std::string signers;  ///< names, for people
  const StoredOrder* stored = nullptr;
  std::span<const StoredAppeal> appeals;
  std::vector<StoredOrder> confirmations;  ///< public orders that confirm it
};

/// In the order of time where the times are known. Future events are dated too: a reader compares
/// them with the clock.
[[nodiscard]] std::vector<LifeEvent> life_of(const LifeFacts& facts);

}  // namespace daymark::authority
