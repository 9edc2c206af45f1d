// An order in plain words and as JSON: what `order show` prints. Host only.
#pragma once

#include <optional>
#include <string>

#include "daymark/base/error_table.h"
#include "daymark/order/charter.h"
#include "daymark/order/order.h"

namespace daymark::order {

/// What is known of an order. Nothing is verified here.
struct OrderView {
  const Order* order = nullptr;      ///< not null
  const Charter* charter = nullptr;  ///< not null: the one it was made under
  ByteView content;                  ///< empty where it is sealed to others
  tlog::MemberSet signers = 0;
  std::optional<UnixMillis> logged_at;  ///< of a proven order
};

/// What it does, to whom and why, who signed and who is missing, when it binds, what lifts it.
/// Ends with a line feed.
[[nodiscard]] std::string describe_order(const OrderView& view,
                                         Language language = Language::english);

/// The same for machines, as one JSON object.
[[nodiscard]] std::string order_to_json(const OrderView& view);

/// max(not before, logged + notice) for restrictions: the arithmetic of prove_order.
[[nodiscard]] UnixMillis binding_time(const Order& order, const Bounds& bounds,
                                      UnixMillis logged_at);

}  // namespace daymark::order
