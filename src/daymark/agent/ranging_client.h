// The host's part in ranging: it carries datagrams between one governor and one beacon, and can
// only delay them. Host only.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/base/units.h"
#include "daymark/ranging/session.h"

namespace daymark::agent {

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
};

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
  /// costs as much round trip as kilometres of fibre.
  bool busy = false;
};

/// Runs one session to its receipt, delivers it to the governor and returns it. What the beacon
/// says in clear (an error) only ends the attempt: nothing here is trusted, the governor checks
/// all. Errors (subject: the address): errc::net_timeout; those that the beacon stated
/// (errc::beacon_*, errc::ranging_*); those of the port and of net::UdpSocket.
[[nodiscard]] Outcome<std::vector<Byte>> range_with(const BeaconRoute& route, GovernorPort& port,
                                                    const RangingPatience& patience = {});

}  // namespace daymark::agent
