// What the authority shows of orders and chips, as JSON text. Host only.
#pragma once

#include <span>
#include <string>

#include "daymark/authority/records.h"
#include "daymark/order/charter.h"

namespace daymark::authority {

/// One order's life: kind, stream and place, who signed, when it was logged, binds and ends, why.
[[nodiscard]] Outcome<std::string> order_view(const StoredOrder& stored,
                                              const order::Charter& charter);
/// {"items":[…]} of order_view.
[[nodiscard]] Outcome<std::string> orders_view(std::span<const StoredOrder> orders,
                                               const order::Charter& charter);

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
/// {"items":[…]} with the short form of each chip.
[[nodiscard]] Outcome<std::string> chips_view(std::span<const ChipFacts> chips);

}  // namespace daymark::authority
