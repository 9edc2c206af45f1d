#include "daymark/beacon/server.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "daymark/net/signals.h"

namespace daymark::beacon {

namespace {

constexpr Millis stop_check{100};
/// Receipts that are sent before the next datagram is looked at.
constexpr int burst = 64;

std::string start_line(const BeaconOptions& options, const net::Endpoint& local) {
  const order::PlaceE7& place = options.settings.place;
  constexpr double unit = 1e-7;
  std::string line =
      fmt::format("beacon {}: listening on udp {}, place {:.4f} {:.4f}", options.name,
                  net::print_endpoint(local), unit * place.latitude, unit * place.longitude);
  if (options.settings.simulated_fault.any()) line += ", SIMULATED FAULT: signs what is not so";
  return line;
}

}  // namespace

Outcome<BeaconServer> BeaconServer::listen(const BeaconOptions& options, Clock& clock,
                                           Random& random) {
  net::UdpOptions udp;
  udp.address = options.address;
  udp.allow_public = options.allow_public;
  udp.kernel_stamps = options.kernel_stamps;
  DAYMARK_TRY(auto socket, net::UdpSocket::bind(udp));
  return BeaconServer(std::move(socket),
                      std::make_unique<BeaconService>(options.settings, clock, random));
}

Outcome<void> BeaconServer::run() {
  // One byte more than any packet, so that a longer one is seen to be longer.
  ByteArray<ranging::packet_size_max + 1> buffer{};
  while (!stopping_->load()) {
    DAYMARK_TRY(const auto datagram, socket_.receive(buffer, patience()));
    if (datagram) handle(*datagram);
    send_receipts();
  }
  return {};
}

Millis BeaconServer::patience() const {
  const std::optional<std::int64_t> due = service_->batch_due();
  if (!due) return stop_check;
  const std::int64_t now = monotonic_nanos();
  if (*due <= now) return Millis{};
  return std::min(stop_check, Millis{(*due - now) / to_nanos(Millis{1}) + 1});
}

void BeaconServer::send_receipts() {
  for (int i = 0; i < burst; ++i) {
    const auto receipt = service_->next_receipt(monotonic_nanos());
    if (!receipt) return;
    // A peer that is gone concerns nobody else; whoever lost its receipt asks again.
    (void)socket_.send_to(receipt->to, receipt->reply.view());
  }
}

void BeaconServer::handle(const net::Datagram& datagram) {
  const StampNanos received = bridge_.received(datagram.received, read_clocks());
  const auto reply = service_->handle(datagram.content, datagram.from, received);
  if (!reply) return;
  const ClockPair before = read_clocks();
  const Outcome<net::Stamp> stamp = socket_.send_to(datagram.from, reply->view());
  if (!stamp) return;  // this peer is gone; others are not concerned
  if (reply->timed) service_->sent(*reply, StampBridge::sent(*stamp, before, read_clocks()));
}

Outcome<void> run_beacon(const BeaconOptions& options, Clock& clock, Random& random) {
  DAYMARK_TRY(BeaconServer server, BeaconServer::listen(options, clock, random));
  const net::StopSignals signals([&server] { server.stop(); });
  fmt::print(stderr, "{}\n", start_line(options, server.local()));
  return server.run();
}

}  // namespace daymark::beacon
