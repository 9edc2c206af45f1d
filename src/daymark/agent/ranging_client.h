// The host's part in ranging: it carries datagrams between one governor and one beacon, and can
// only delay them. A governor that is a process on the host runs the session on a socket of its own
// (burst.h); one on a chip is carried to. Host only.
#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/base/units.h"
#include "daymark/ranging/session.h"

namespace daymark::agent {

/// Where a beacon is reached.
struct BeaconRoute {
  std::size_t beacon = 0;  ///< index into the charter's beacons
  std::string address;     ///< "127.0.0.1:4460", of the beacon or of a relay before it
};

/// How long the host waits, in real time.
struct RangingPatience {
  Millis each = seconds(2);    ///< for one reply, before the request is sent again
  unsigned tries = 4;          ///< of one request
  Millis whole = seconds(30);  ///< for the session
  /// Looks for challenges without sleeping, on a whole core while the burst lasts: a sleeper's wake
  /// costs as much round trip as kilometres of fibre. After busy_longest it sleeps all the same.
  bool busy = false;
};

/// How long one session may look without sleeping.
inline constexpr Millis busy_longest = seconds(2);

/// The governor's side of a ranging session (governor/client.h serves it over a local socket).
/// `beacon` is an index into the charter's beacons.
class GovernorPort {
 public:
  virtual ~GovernorPort() = default;
  /// A new session with that beacon: the signed opening.
  [[nodiscard]] virtual Outcome<std::vector<Byte>> open(std::size_t beacon) = 0;
  [[nodiscard]] virtual Outcome<void> accept(std::size_t beacon, ByteView welcome) = 0;
  [[nodiscard]] virtual Outcome<ranging::AnswerTag> answer(std::size_t beacon, std::uint32_t number,
                                                           const ranging::Challenge& challenge) = 0;
  [[nodiscard]] virtual Outcome<void> deliver(std::size_t beacon, ByteView receipt) = 0;

  /// Runs the session up to its receipt on a socket of the governor's own; the receipt is not
  /// delivered yet. None where the governor has no socket: then its packets are carried.
  [[nodiscard]] virtual std::optional<Outcome<std::vector<Byte>>> run_session(
      const BeaconRoute& /*route*/, const RangingPatience& /*patience*/) {
    return std::nullopt;
  }
};

/// Runs one session to its receipt, delivers it to the governor and returns it; the governor runs
/// it itself where it can. What the beacon says in clear (an error) only ends the attempt: nothing
/// here is trusted, the governor checks all. `stop` ends an attempt that is carried within a tenth
/// of a second, as if time had run out; one that the governor runs is the port's to end. Errors
/// (subject: the address): errc::net_timeout; those that the beacon stated (errc::beacon_*,
/// errc::ranging_*); those of the port and of net::ConnectedUdp.
[[nodiscard]] Outcome<std::vector<Byte>> range_with(const BeaconRoute& route, GovernorPort& port,
                                                    const RangingPatience& patience = {},
                                                    std::stop_token stop = {});

/// The same, and always carries: what a governor with a socket does for itself.
[[nodiscard]] Outcome<std::vector<Byte>> carry_session(const BeaconRoute& route, GovernorPort& port,
                                                       const RangingPatience& patience = {},
                                                       std::stop_token stop = {});

}  // namespace daymark::agent
