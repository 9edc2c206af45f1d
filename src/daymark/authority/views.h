// What the authority shows of orders and chips, as JSON text. Host only.
#pragma once

#include <span>
#include <string>

#include "daymark/authority/leaf_desk.h"
#include "daymark/authority/records.h"
#include "daymark/order/charter.h"

namespace daymark::authority {

/// An order with what came of it.
struct OrderFacts {
  StoredOrder order;
  std::vector<StoredAppeal> appeals;
  std::vector<StoredOrder> confirmations;
};

/// Whether the order confirms a suspension that one of these appeals is against.
[[nodiscard]] bool confirms(const StoredOrder& order, std::span<const StoredAppeal> appeals);

/// Kind, stream and place, who signed, when it was logged, binds and ends, why; the appeals against
/// it; and "life", its events with their times.
[[nodiscard]] Outcome<std::string> order_view(const OrderFacts& facts,
                                              const order::Charter& charter);
/// {"items":[…],"next"} of the same without appeals and life; `next` is the cursor of the page that
/// follows, or empty.
[[nodiscard]] Outcome<std::string> orders_view(std::span<const StoredOrder> orders,
                                               const order::Charter& charter,
                                               const std::string& next = {});

/// A chip in custody with its newest leaf and the newest attestation, decoded.
struct ChipFacts {
  ChipRecord chip;
  order::StreamHead own;
  std::optional<LeafRecord> leaf;
  std::vector<Byte> attestation;          ///< as received, or empty
  std::vector<StoredOrder> orders;        ///< of its own stream
  std::vector<std::string> verdict_json;  ///< as received
};

[[nodiscard]] Outcome<std::string> chip_view(const ChipFacts& facts, const order::Charter& charter);
/// {"items":[…],"next"} with the short form of each chip.
[[nodiscard]] Outcome<std::string> chips_view(std::span<const ChipFacts> chips,
                                              const std::string& next = {});

}  // namespace daymark::authority
