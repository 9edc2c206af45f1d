// A UDP socket with one peer: for ranging, where the shortest way through the kernel counts. Host
// only.
#pragma once

#include <optional>
#include <string>

#include "daymark/base/bytes.h"
#include "daymark/base/failure.h"
#include "daymark/base/units.h"
#include "daymark/net/descriptor.h"
#include "daymark/net/endpoint.h"

namespace daymark::net {

/// Connected: the kernel keeps the route (half a microsecond less for each round trip than asking
/// for it anew) and drops whatever comes from another address or port. Takes no stamps. One thread
/// at a time.
class ConnectedUdp {
 public:
  /// `peer` is numeric. Errors (subject: the peer): errc::net_address_malformed,
  /// errc::net_unreachable.
  [[nodiscard]] static Outcome<ConnectedUdp> open(const std::string& peer);

  [[nodiscard]] const Endpoint& peer() const { return peer_; }

  /// Sends one packet. A port that is closed at the peer is no error: it may open again.
  /// Errors (subject: the peer): errc::net_io.
  [[nodiscard]] Outcome<void> send(ByteView content);

  /// The packet that is there, a view into `buffer`, or none; never waits. A packet longer than
  /// `buffer` is dropped: it could only be misread. Errors (subject: the peer): errc::net_io.
  [[nodiscard]] Outcome<std::optional<ByteView>> take(MutableBytes buffer);

  /// The same, and waits for at most `timeout`.
  [[nodiscard]] Outcome<std::optional<ByteView>> receive(MutableBytes buffer, Millis timeout);

 private:
  ConnectedUdp() = default;

  Descriptor socket_;
  Endpoint peer_;
};

}  // namespace daymark::net
