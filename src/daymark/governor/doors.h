// Every door of the chip, in one table: what each message may change, and so what it never can.
// Host only: the chip needs no words for it. docs/command-list.md is printed from here, and the
// exploration of the core (tests/explore) holds each step against it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "daymark/governor/message.h"
#include "daymark/governor/state.h"

namespace daymark::governor {

/// What there is of a chip that could change. The key, the maker's key, the digest of the running
/// image, the level and the peak are not here: no message changes them.
enum class Part : std::uint8_t {
  nonce,       ///< for an enrolment
  life,        ///< unprovisioned, enrolled, released
  charter,     ///< the one that holds, and the one that waits or was left
  own_stream,  ///< head of the chip's stream
  fleet_stream,
  checkpoint,  ///< newest that proved an order
  licence,     ///< current and following
  used,        ///< charged to the current licence
  denial,
  request,     ///< outstanding renewal request
  announced,   ///< orders that wait for their time
  suspension,  ///< the active one, and what was served
  appeals,
  policy,
  firmware,  ///< approved version and image
  grace,     ///< left, and since when lapsed
  emergency,
  ledger,
  refusals,
  clock,    ///< from here on: lost with power
  session,  ///< with a beacon
  permit,   ///< the running one
};
inline constexpr std::size_t part_count = 22;

/// Bit i: Part i.
using PartSet = std::uint32_t;

/// One message type, or one kind of order inside `apply` and its kin.
struct Door {
  std::uint8_t number = 0;  ///< Op or OrderKind
  std::string_view name;
  std::string_view who;    ///< whose word it takes; whoever holds the channel may send anything
  std::string_view needs;  ///< else it is refused and nothing changes but the record of refusals
  PartSet changes = 0;
};

/// One for each Op, in the order of their numbers.
[[nodiscard]] std::span<const Door> message_doors();
/// One for each order::OrderKind, in the order of their numbers.
[[nodiscard]] std::span<const Door> order_doors();

[[nodiscard]] std::string_view name_of(Part part);

/// Which of the saved parts differ.
[[nodiscard]] PartSet changed_parts(const State& a, const State& b);

/// docs/command-list.md.
[[nodiscard]] std::string print_doors();

}  // namespace daymark::governor
