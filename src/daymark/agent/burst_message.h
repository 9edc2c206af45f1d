// The messages about a governor's own socket. They go over the governor's local socket beside its
// own, are answered by its host and never reach the core (governor/message.h has the form of both).
//
//   [1, 72, [beacon, address, ms for a reply, tries, ms for all, busy]]  -> number of the burst
//   [1, 73, number]  -> null while it runs, then the receipt
//
// A burst is one session with a beacon, from the cookie to the receipt. The receipt is handed to
// the core by whoever asked, as one that was carried is. A governor without a socket (firmware
// behind its channel, an earlier program) refuses both with errc::gov_operation. Host only.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "daymark/agent/ranging_client.h"
#include "daymark/governor/message.h"
#include "daymark/ranging/receipt.h"

namespace daymark::agent {

enum class BurstOp : std::uint8_t { begin = 72, outcome = 73 };

/// What one burst may take at most, whatever is asked for.
inline constexpr Millis burst_longest = seconds(60);
inline constexpr unsigned burst_tries_max = 16;
inline constexpr std::size_t burst_address_max = 64;

struct BurstBegin {
  BeaconRoute route;
  RangingPatience patience;
};

struct BurstQuery {
  std::uint32_t number = 0;
};

using BurstRequest = std::variant<BurstBegin, BurstQuery>;

/// None where the request is not about a burst: it is the core's, well-formed or not.
/// Errors: errc::gov_message, errc::cbor_*.
[[nodiscard]] std::optional<Result<BurstRequest>> parse_burst_request(ByteView request);
[[nodiscard]] std::vector<Byte> print_burst_request(const BurstRequest& request);

/// What has become of a burst: none while it runs.
using BurstState = std::optional<std::vector<Byte>>;

// The answers, [1, 0, result].
[[nodiscard]] std::vector<Byte> print_burst_number(std::uint32_t number);
[[nodiscard]] std::vector<Byte> print_burst_state(const BurstState& state);
[[nodiscard]] std::vector<Byte> print_burst_refusal(Error error);
/// Errors: what the host answered, errc::gov_response, errc::cbor_*.
[[nodiscard]] Result<std::uint32_t> parse_burst_number(ByteView response);
[[nodiscard]] Result<BurstState> parse_burst_state(ByteView response);

}  // namespace daymark::agent
