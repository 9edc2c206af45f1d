// Which part stands where in a bundle, and how it is called. Host only.
//
// Kinds ascend, and each part bears the name of its place: "charter", "order 2: suspend",
// "receipt 1". So a name is no text of whoever made the bundle, and parts have one turn.
#pragma once

#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/bundle/format.h"

namespace daymark::bundle {

/// Sorts the parts by kind, in each kind as they stand, and names them.
/// Errors: those of parse_order_part and order::parse_signed_order for the kind of an order.
[[nodiscard]] Outcome<void> arrange(std::vector<Part>& parts);

/// Errors: errc::bundle_turn, errc::bundle_name, each about the place; those of arrange.
[[nodiscard]] Outcome<void> check_arrangement(const std::vector<Part>& parts);

}  // namespace daymark::bundle
