// Real delays on loopback: a relay that holds each packet for half a round trip in each direction.
// Host only; for rehearsals and tests.
//
// A pair is one listening port and one target: chips at different places use different ports to
// reach the same beacon. Each client address of a pair gets an upstream socket of its own, so that
// the beacon sees as many sources as there are clients. Delays are fixed and symmetrical, without
// jitter; packets leave at or after their time, never before. What the relay adds beyond the
// stated round trip is measured by its test and stated in docs/formats/ranging.md.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <poll.h>

#include "daymark/base/failure.h"
#include "daymark/base/units.h"
#include "daymark/beacon/delay_line.h"
#include "daymark/net/udp.h"

namespace daymark::beacon {

inline constexpr std::size_t relay_pairs_max = 1024;
inline constexpr RoundTripNanos relay_round_trip_max{10'000'000'000};

struct RelayPair {
  std::string listen = "127.0.0.1:0";  ///< numeric; port 0: any free one
  std::string target;                  ///< the beacon's address
  RoundTripNanos round_trip;           ///< 0 to relay_round_trip_max
};

struct RelayOptions {
  std::vector<RelayPair> pairs;  ///< at most relay_pairs_max
  std::size_t clients_max = 64;  ///< per pair; the one that was idle longest makes room
  std::size_t packets_max = 16'384;
  bool allow_public = false;  ///< beyond loopback: between network namespaces
};

class DelayRelay {
 public:
  /// Binds all ports. Errors: errc::relay_pairs, errc::relay_delay, errc::net_address_malformed,
  /// those of net::UdpSocket::bind.
  [[nodiscard]] static Outcome<DelayRelay> open(const RelayOptions& options);

  /// Where pair `index` listens.
  [[nodiscard]] const net::Endpoint& local(std::size_t index) const {
    return pairs_[index].socket.local();
  }

  /// Relays until stop(). Errors: errc::net_io where poll fails.
  [[nodiscard]] Outcome<void> run();

  /// Ends run() within a tenth of a second, also one that has not begun. From any thread.
  void stop() { stopping_->store(true); }

  /// Packets that found no room or could not be sent.
  [[nodiscard]] std::uint64_t lost() const { return lost_; }

 private:
  struct Client {
    net::Endpoint source;
    net::UdpSocket upstream;
    std::int64_t used_nanos = 0;
  };

  struct Pair {
    net::UdpSocket socket;
    net::Endpoint target;
    std::int64_t up_nanos = 0;
    std::int64_t down_nanos = 0;
    std::map<std::uint64_t, Client> clients;
    std::map<net::Endpoint, std::uint64_t> by_source;
  };

  explicit DelayRelay(const RelayOptions& options)
      : clients_max_(options.clients_max),
        allow_public_(options.allow_public),
        line_(options.packets_max) {}

  [[nodiscard]] Outcome<void> add_pair(const RelayPair& pair);
  void collect_sockets();
  void take_from_clients(std::size_t pair);
  void take_from_target(const Route& route);
  [[nodiscard]] Client* client_of(Pair& pair, const net::Endpoint& source, std::uint64_t& id);
  void make_room(Pair& pair);
  void hold(std::int64_t due_nanos, const Route& route, ByteView content);
  void send_due();
  [[nodiscard]] Outcome<void> wait();

  std::size_t clients_max_;
  bool allow_public_;
  DelayLine line_;
  std::vector<Pair> pairs_;
  std::vector<pollfd> sockets_;  ///< what `routes_` stands for, in the same order
  std::vector<Route> routes_;    ///< of received packets; client 0 is the listening socket
  bool sockets_changed_ = true;
  std::uint64_t next_client_ = 1;
  std::uint64_t lost_ = 0;
  std::unique_ptr<std::atomic<bool>> stopping_ = std::make_unique<std::atomic<bool>>(false);
};

/// Relays until SIGINT or SIGTERM; says on stderr which port leads where. Errors: those of
/// DelayRelay.
[[nodiscard]] Outcome<void> run_delay_relay(const RelayOptions& options);

}  // namespace daymark::beacon
