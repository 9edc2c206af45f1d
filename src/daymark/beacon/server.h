// The beacon as a UDP server. Host only.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/beacon/service.h"
#include "daymark/beacon/stamp.h"
#include "daymark/net/udp_batch.h"

namespace daymark::beacon {

/// Longer, and a beacon that is never asked much would use up a core all the same.
inline constexpr Millis beacon_busy_max = seconds(1);

struct BeaconOptions {
  std::string name = "beacon";          ///< for people
  std::string address = "127.0.0.1:0";  ///< numeric; port 0: any free one
  bool allow_public = false;            ///< whether another address than loopback may be used
  bool kernel_stamps = true;            ///< taken where the kernel gives them
  /// Looks for the next datagram without sleeping for so long after each one, at most
  /// beacon_busy_max. A processor that wakes sends slowly, after the stamp: half a microsecond.
  Millis busy{0};
  BeaconSettings settings;
};

/// Serves chips from one thread.
class BeaconServer {
 public:
  /// `clock` gives the time that is signed; both outlive the server.
  /// Errors: those of net::UdpSocket::bind.
  [[nodiscard]] static Outcome<BeaconServer> listen(const BeaconOptions& options, Clock& clock,
                                                    Random& random);

  /// Where it listens, with the port that the system chose.
  [[nodiscard]] const net::Endpoint& local() const { return socket_.local(); }

  /// Serves until stop(). Errors: errc::net_io where the socket itself fails.
  [[nodiscard]] Outcome<void> run();

  /// Ends run() within a tenth of a second, also one that has not begun. From any thread.
  void stop() { stopping_->store(true); }

  [[nodiscard]] const BeaconCounters& counters() const { return service_->counters(); }

 private:
  BeaconServer(net::UdpSocket socket, std::unique_ptr<BeaconService> service, Millis busy)
      : socket_(std::move(socket), ranging::packet_size_max),
        service_(std::move(service)),
        busy_(std::min(busy, beacon_busy_max)) {}

  void handle(std::span<const net::Datagram> datagrams);
  void send_replies();
  /// How long the socket may be waited for.
  [[nodiscard]] Millis patience() const;
  void send_receipts();

  net::UdpBatch socket_;
  std::unique_ptr<BeaconService> service_;
  StampBridge bridge_;
  Millis busy_;
  std::int64_t busy_until_ = 0;  ///< on the monotonic clock
  std::vector<Reply> replies_;   ///< to what came together
  std::vector<net::Outgoing> outgoing_;
  std::unique_ptr<std::atomic<bool>> stopping_ = std::make_unique<std::atomic<bool>>(false);
};

/// Work on a thread of its own while the beacon serves; returns soon after a stop was requested.
using Beside = std::function<void(const std::stop_token& stop)>;

/// Serves until SIGINT or SIGTERM, with `beside` unless it is empty; says on stderr where it
/// listens, and if it simulates a fault. Errors: those of BeaconServer.
[[nodiscard]] Outcome<void> run_beacon(const BeaconOptions& options, Clock& clock, Random& random,
                                       const Beside& beside = {});

}  // namespace daymark::beacon
