// The governor's own account of itself: what holds, what lapses or binds next, and why. Core. Not
// signed: whoever needs proof asks for an attestation.
#pragma once

#include <array>
#include <string_view>

#include "daymark/base/error.h"
#include "daymark/base/ids.h"
#include "daymark/base/units.h"
#include "daymark/cbor/reader.h"
#include "daymark/cbor/writer.h"
#include "daymark/governor/standing.h"
#include "daymark/order/kind.h"
#include "daymark/order/order.h"

namespace daymark::governor {

inline constexpr std::size_t pending_max = 8;
inline constexpr std::size_t refusals_max = 64;

/// An order that was announced and binds later.
struct Announced {
  order::OrderKind kind = order::OrderKind::suspend;
  order::Stream stream = order::Stream::fleet;
  Digest order{};
  UnixMillis binds_at;
  UnixMillis until;  ///< of a suspension, else 0
};

struct Refusal {
  Errc code{};
  std::uint8_t op = 0;
  UnixMillis when;  ///< the chip's `earliest` at that moment
};

/// What happens next if nobody does anything, and by which rule.
enum class NextEvent : std::uint8_t {
  none = 0,
  licence_ends = 1,  ///< then grace
  grace_ends = 2,    ///< then lapse, or observing where the charter says so
  suspension_ends = 3,
  restriction_binds = 4,
  lapse_ends = 5,  ///< longest time in `lapsed`
  sunset = 6,
  time_ages = 7,  ///< no younger time: then grace
};

/// A licence as the chip holds it.
struct HeldLicence {
  std::uint64_t id = 0;  ///< 0: none
  UnixMillis not_before;
  UnixMillis not_after;
  TeraOps allowance;
  TeraOps used;
  std::uint32_t cluster_max = 0;
  bool fenced = false;
  Digest program_root{};
};

struct Status {
  Standing standing = Standing::unprovisioned;
  Errc reason{};  ///< why no more than that: 0, errc::gov_licence_ended, errc::gov_suspended …
  NextEvent next = NextEvent::none;
  UnixMillis next_at;  ///< 0 where it is counted on the tick alone
  Millis next_in;      ///< from now, on the chip's tick
  ClockReading clock;
  FleetId fleet{};
  Digest charter{};
  order::StreamHead fleet_head;
  order::StreamHead own_head;
  HeldLicence current;
  HeldLicence queued;
  std::uint64_t denied = 0;  ///< id of a denial that no licence has followed, 0 for none
  std::string_view denial_reason;
  Digest suspending{};  ///< order that suspends now, else zeros
  UnixMillis suspended_until;
  Millis suspension_budget_left;
  Millis grace_left;
  FenceResult fence = FenceResult::none;
  Digest policy_root{};
  Digest request{};  ///< hash of the outstanding renewal request, else zeros
  JobId job;         ///< of the running permit, else zeros
  std::uint64_t counter = 0;
  std::uint64_t refusal_total = 0;
  std::size_t pending_count = 0;
  std::size_t refusal_count = 0;
  std::array<Announced, pending_max> pending{};
  std::array<Refusal, refusals_max> refusals{};  ///< oldest first
};

void write_status(const Status& status, cbor::Writer& writer);
/// Views into the reader's input. Errors: errc::gov_response, errc::cbor_*.
[[nodiscard]] Result<Status> read_status(cbor::Reader& reader);

}  // namespace daymark::governor
