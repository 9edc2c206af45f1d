#include "daymark/beacon/server.h"

#include <algorithm>
#include <cstdio>
#include <thread>

#include <fmt/format.h>

#include "daymark/net/signals.h"

namespace daymark::beacon {

namespace {

constexpr Millis stop_check{100};

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
                      std::make_unique<BeaconService>(options.settings, clock, random),
                      options.busy);
}

Outcome<void> BeaconServer::run() {
  replies_.reserve(net::udp_batch_max);
  outgoing_.reserve(net::udp_batch_max);
  while (!stopping_->load()) {
    DAYMARK_TRY(const auto datagrams, socket_.receive(patience()));
    bridge_.advance(read_clocks());
    handle(datagrams);
    send_receipts();
  }
  return {};
}

Millis BeaconServer::patience() const {
  const std::optional<std::int64_t> due = service_->batch_due();
  if (!due && busy_until_ == 0) return stop_check;
  const std::int64_t now = monotonic_nanos();
  if (now < busy_until_) return Millis{};
  if (!due) return stop_check;
  if (*due <= now) return Millis{};
  return std::min(stop_check, Millis{(*due - now) / to_nanos(Millis{1}) + 1});
}

/// At most as many as leave by one call, before the next datagrams are looked at.
void BeaconServer::send_receipts() {
  if (!service_->batch_due()) return;
  replies_.clear();
  outgoing_.clear();
  while (replies_.size() < net::udp_batch_max) {
    const auto receipt = service_->next_receipt(monotonic_nanos());
    if (!receipt) break;
    replies_.push_back(receipt->reply);
    outgoing_.push_back({receipt->to, replies_.back().view()});
  }
  // A peer that is gone concerns nobody else; whoever lost its receipt asks again.
  if (!outgoing_.empty()) (void)socket_.send(outgoing_);
}

/// What came together is answered together: the stamps are of each packet's own passage.
void BeaconServer::handle(std::span<const net::Datagram> datagrams) {
  replies_.clear();
  outgoing_.clear();
  for (const net::Datagram& datagram : datagrams) {
    const StampNanos received = bridge_.received(datagram.received);
    auto reply = service_->handle(datagram.content, datagram.from, received);
    if (!reply) continue;
    replies_.push_back(*reply);
    outgoing_.push_back({datagram.from, replies_.back().view()});
  }
  if (!replies_.empty()) send_replies();
  if (busy_ > Millis{} && !datagrams.empty()) busy_until_ = monotonic_nanos() + to_nanos(busy_);
}

void BeaconServer::send_replies() {
  const ClockPair before = read_clocks();
  const auto stamps = socket_.send(outgoing_);
  const ClockPair after = read_clocks();
  for (std::size_t i = 0; i < replies_.size(); ++i) {
    if (!replies_[i].timed || !stamps[i]) continue;
    service_->sent(replies_[i], StampBridge::sent(*stamps[i], before, after));
  }
}

Outcome<void> run_beacon(const BeaconOptions& options, Clock& clock, Random& random,
                         const Beside& beside) {
  DAYMARK_TRY(BeaconServer server, BeaconServer::listen(options, clock, random));
  const net::StopSignals signals([&server] { server.stop(); });
  fmt::print(stderr, "{}\n", start_line(options, server.local()));
  // After the signals are blocked: the thread inherits that.
  const std::jthread other = beside ? std::jthread(beside) : std::jthread();
  return server.run();
}

}  // namespace daymark::beacon
