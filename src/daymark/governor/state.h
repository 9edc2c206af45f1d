// All that a governor keeps over a reset, and how it is written. Core.
//
// One deterministic CBOR array; docs/formats/governor.md shows it. The rules that change a state
// are in rules.h and in the Governor; nothing here judges.
#pragma once

#include <algorithm>
#include <array>

#include "daymark/base/bytes.h"
#include "daymark/base/ids.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/cbor/writer.h"
#include "daymark/governor/status.h"
#include "daymark/ledger/sum_tree.h"
#include "daymark/order/charter.h"
#include "daymark/order/leaf.h"
#include "daymark/order/order.h"
#include "daymark/tlog/merkle.h"

namespace daymark::governor {

/// Bytes up to a bound, with their length.
template <std::size_t Most>
struct Buffer {
  std::size_t size = 0;
  ByteArray<Most> bytes{};

  [[nodiscard]] ByteView view() const { return ByteView(bytes).first(size); }

  /// Longer content is cut off; callers have checked the length.
  void assign(ByteView content) {
    size = std::min(content.size(), Most);
    copy_bytes(content.first(size), bytes);
  }

  [[nodiscard]] bool empty() const { return size == 0; }
};

enum class Life : std::uint8_t { unprovisioned = 0, enrolled = 1, released = 2 };

/// What the second charter of a state is.
enum class OtherCharter : std::uint8_t {
  none = 0,
  waiting = 1,  ///< announced: binds with the pending amend or transfer
  left = 2,     ///< held before: still judges orders that were logged before it was left
};

struct Licence {
  bool held = false;
  order::Leaf leaf;  ///< never a denial, so it views nothing
  TeraOps used;
};

struct Denial {
  std::uint64_t id = 0;  ///< 0: none
  Buffer<order::reason_size_max> reason;
  Digest finding{};
  UnixMillis appeal_until;
};

/// An announced order: Announced plus what it will set.
struct Pending {
  Announced what;
  Digest digest{};            ///< policy: program root; firmware: image
  std::uint64_t version = 0;  ///< firmware
  std::uint8_t level_least = 0;
};

struct Suspension {
  bool active = false;
  order::Stream stream = order::Stream::fleet;
  Digest order{};
  UnixMillis since;
  UnixMillis until;
};

/// A span during which the chip was suspended.
struct ServedSpan {
  UnixMillis start;
  UnixMillis end;
};

/// An appealed suspension. It is kept until the suspension would be over anyway: a confirmation
/// that comes late still finds it.
struct Appealed {
  Digest appeal{};
  Digest order{};  ///< the suspension
  order::Stream stream = order::Stream::fleet;
  UnixMillis term;   ///< the suspension ends here unless it was confirmed
  UnixMillis until;  ///< what it was asked to last, or may last
  bool confirmed = false;
};

inline constexpr std::size_t appealed_max = 4;
inline constexpr std::size_t served_max = 16;

struct Policy {
  bool bound = false;
  Digest program_root{};
  std::uint8_t level_least = 0;
};

struct ApprovedFirmware {
  std::uint64_t version = 0;
  Digest image{};
};

/// What the owner granted on the spot (PROTOCOL §3.4).
struct Emergency {
  UnixMillis newest;  ///< issue time of the newest grant: none counts twice
  Millis granted;     ///< since the last accepted licence; bounded by the charter's hours
  Millis total;       ///< since enrolment, for the attestation
};

struct State {
  explicit State(ledger::Peak peak) : ledger(peak) {}

  // What is asked often and small comes first: an instruction reaches the first 2 KiB.
  Life life = Life::unprovisioned;
  OtherCharter other_role = OtherCharter::none;
  bool nonce_drawn = false;
  bool request_held = false;
  std::uint64_t counter = 0;  ///< of the save that holds this state
  Digest enrol_nonce{};
  Digest request{};

  // Encoded. Views: into the slot that was saved last or, until the next save, into the request
  // that brought them.
  ByteView charter;
  ByteView other;
  UnixMillis left_at;  ///< when `other` ceased to hold

  order::StreamHead fleet;
  order::StreamHead own;
  tlog::TreeHead checkpoint;

  std::uint64_t last_leaf = 0;
  Digest licence_chain{};
  Suspension suspension;
  Policy policy;
  ApprovedFirmware firmware;

  Millis grace_left;  ///< not yet reserved
  Emergency emergency;
  UnixMillis lapsed_since;  ///< 0: not lapsed, or no time was known
  UnixMillis floor;         ///< the true time is not before it
  UnixMillis usage_end;     ///< end of the last usage record

  std::uint64_t refusal_total = 0;
  std::size_t refusal_count = 0;
  std::size_t refusal_at = 0;  ///< where the next one goes
  std::size_t pending_count = 0;
  std::size_t appealed_count = 0;
  std::size_t served_count = 0;

  Denial denial;
  std::array<Pending, pending_max> pending{};
  Licence current;  ///< kept after its end: grace grants no more than it
  Licence next;     ///< accepted, stricter somewhere: begins when `current` ends
  std::array<Appealed, appealed_max> appealed{};
  std::array<ServedSpan, served_max> served{};  ///< oldest first
  ledger::SumTree ledger;
  std::array<Refusal, refusals_max> refusals{};  ///< a ring; the oldest is overwritten

  [[nodiscard]] std::span<Pending> pending_list() {
    return std::span(pending).first(pending_count);
  }

  [[nodiscard]] std::span<const Pending> pending_list() const {
    return std::span(pending).first(pending_count);
  }

  [[nodiscard]] std::span<Appealed> appealed_list() {
    return std::span(appealed).first(appealed_count);
  }

  [[nodiscard]] std::span<const Appealed> appealed_list() const {
    return std::span(appealed).first(appealed_count);
  }

  [[nodiscard]] bool ever_licensed() const { return current.held; }
};

/// Room that the longest state needs.
inline constexpr std::size_t state_size_max = std::size_t{19} << 10U;

/// Writes the state as one item.
void put_state(const State& state, cbor::Writer& out);

/// The same into `out`. Errors: errc::buffer_too_small.
[[nodiscard]] Result<ByteView> write_state(const State& state, MutableBytes out);

/// The reverse, strictly; `out` views its charters in `encoded`. It is unspecified after an error,
/// and its peak is kept.
/// Errors: errc::gov_state, errc::cbor_*, errc::ledger_state, errc::leaf_malformed.
[[nodiscard]] Result<void> read_state(ByteView encoded, ledger::Peak peak, State& out);

/// Makes `state` view its charters in `encoded`, which was written from it.
/// Errors: errc::gov_state, errc::cbor_*.
[[nodiscard]] Result<void> view_charters(ByteView encoded, State& state);

}  // namespace daymark::governor
