// Opens the sealed content of an order from the public log (PROTOCOL §8). Host only.
#pragma once

#include <vector>

#include "daymark/order/order.h"

namespace daymark::order {

struct OpenedContent {
  Digest salt{};
  std::vector<Byte> content;
};

/// Opens with the reader's key and checks the commitment. Whoever was promised to read this kind
/// and gets an error here holds a finding, and the owner a ground for appeal.
/// Errors: errc::seal_not_opened where no sealed key or not the box fits, errc::order_commitment
/// where what was sealed isn't what the order commits to.
[[nodiscard]] Result<OpenedContent> open_content(const Order& order,
                                                 const crypto::ExchangeSecretKey& key);

}  // namespace daymark::order
