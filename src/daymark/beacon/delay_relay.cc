#include "daymark/beacon/delay_relay.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>

#include <fmt/format.h>

// clang-format off: net_tstamp.h needs the types of the headers before it.
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <linux/net_tstamp.h>
// clang-format on

#include "daymark/beacon/errors.h"
#include "daymark/beacon/stamp.h"
#include "daymark/net/errors.h"
#include "daymark/net/signals.h"

namespace daymark::beacon {

namespace {

constexpr std::int64_t stop_check_nanos = 100'000'000;
/// The relay wakes this long before a packet is due and waits the rest on the processor: a sleeping
/// process is woken some ten microseconds late, at random.
constexpr std::int64_t spin_nanos = 120'000;
/// A kernel stamp that is older than this is not believed.
constexpr std::int64_t stamp_age_max_nanos = 20'000'000;
constexpr int packets_each_turn = 64;
constexpr std::size_t datagram_max = 2048;

/// Asks for the stamps of received packets alone: those of sent ones would cost a call each.
void stamp_received(int fd) {
  const unsigned flags = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  (void)::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags);
}

Outcome<net::UdpSocket> bind_at(const std::string& address, bool allow_public) {
  net::UdpOptions options;
  options.address = address;
  options.allow_public = allow_public;
  options.kernel_stamps = false;
  DAYMARK_TRY(auto socket, net::UdpSocket::bind(options));
  stamp_received(socket.descriptor());
  return socket;
}

/// Where to send from: this machine alone, where the target is on it.
std::string source_for(const net::Endpoint& target) {
  if (net::is_loopback(target)) return target.ipv6 ? "[::1]:0" : "127.0.0.1:0";
  return target.ipv6 ? "[::]:0" : "0.0.0.0:0";
}

/// The next packet that waits at the socket, if any.
std::optional<net::Datagram> take_one(net::UdpSocket& socket, MutableBytes buffer) {
  auto got = socket.receive(buffer, Millis{});
  if (!got) return std::nullopt;
  return *got;
}

/// When the packet came, on the monotonic clock.
std::int64_t arrival_nanos(const net::Stamp& stamp) {
  const ClockPair now = read_clocks();
  const std::int64_t age = now.realtime - stamp.nanos;
  return age >= 0 && age <= stamp_age_max_nanos ? now.monotonic - age : now.monotonic;
}

}  // namespace

Outcome<DelayRelay> DelayRelay::open(const RelayOptions& options) {
  if (options.pairs.empty() || options.pairs.size() > relay_pairs_max || options.clients_max == 0) {
    return refuse(errc::relay_pairs, "relay");
  }
  DelayRelay relay(options);
  for (const RelayPair& pair : options.pairs)
    DAYMARK_CHECK(relay.add_pair(pair));
  return relay;
}

Outcome<void> DelayRelay::add_pair(const RelayPair& pair) {
  const std::int64_t delay = pair.round_trip.value;
  if (delay < 0 || delay > relay_round_trip_max.value)
    return refuse(errc::relay_delay, pair.listen);
  DAYMARK_TRY(const net::Endpoint target, about(net::parse_endpoint(pair.target), pair.target));
  DAYMARK_TRY(auto socket, bind_at(pair.listen, allow_public_));
  pairs_.push_back({std::move(socket), target, delay / 2, delay - delay / 2, {}, {}});
  return {};
}

Outcome<void> DelayRelay::run() {
  // Timers of this thread end when they should, not up to 50 microseconds later.
  (void)::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  while (!stopping_->load()) {
    send_due();
    collect_sockets();
    DAYMARK_CHECK(wait());
  }
  return {};
}

void DelayRelay::collect_sockets() {
  if (!sockets_changed_) return;
  sockets_changed_ = false;
  sockets_.clear();
  routes_.clear();
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    sockets_.push_back({pairs_[i].socket.descriptor(), POLLIN, 0});
    routes_.push_back({i, 0, true});
    for (const auto& [id, client] : pairs_[i].clients) {
      sockets_.push_back({client.upstream.descriptor(), POLLIN, 0});
      routes_.push_back({i, id, false});
    }
  }
}

Outcome<void> DelayRelay::wait() {
  std::int64_t span = stop_check_nanos;
  if (const auto due = line_.next_due()) {
    span = std::clamp<std::int64_t>(*due - monotonic_nanos() - spin_nanos, 0, span);
  }
  const timespec timeout{0, static_cast<long>(span)};
  const int ready = ::ppoll(sockets_.data(), sockets_.size(), &timeout, nullptr);
  if (ready < 0 && errno != EINTR) return refuse(errc::net_io, "relay", net::os_error_text());
  for (std::size_t i = 0; ready > 0 && i < sockets_.size(); ++i) {
    if (sockets_[i].revents == 0) continue;
    if (routes_[i].client == 0) {
      take_from_clients(routes_[i].pair);
    } else {
      take_from_target(routes_[i]);
    }
  }
  return {};
}

void DelayRelay::take_from_clients(std::size_t pair) {
  Pair& at = pairs_[pair];
  std::array<Byte, datagram_max> buffer{};
  for (int i = 0; i < packets_each_turn; ++i) {
    const auto packet = take_one(at.socket, buffer);
    if (!packet) return;
    const std::int64_t arrived = arrival_nanos(packet->received);
    std::uint64_t id = 0;
    Client* client = client_of(at, packet->from, id);
    if (client == nullptr) continue;
    client->used_nanos = arrived;
    hold(arrived + at.up_nanos, {pair, id, true}, packet->content);
  }
}

void DelayRelay::take_from_target(const Route& route) {
  Pair& pair = pairs_[route.pair];
  const auto client = pair.clients.find(route.client);
  if (client == pair.clients.end()) return;
  std::array<Byte, datagram_max> buffer{};
  for (int i = 0; i < packets_each_turn; ++i) {
    const auto packet = take_one(client->second.upstream, buffer);
    if (!packet) return;
    if (packet->from != pair.target) continue;
    const std::int64_t arrived = arrival_nanos(packet->received);
    client->second.used_nanos = arrived;
    hold(arrived + pair.down_nanos, route, packet->content);
  }
}

void DelayRelay::hold(std::int64_t due_nanos, const Route& route, ByteView content) {
  if (!line_.push(due_nanos, route, content)) ++lost_;
}

DelayRelay::Client* DelayRelay::client_of(Pair& pair, const net::Endpoint& source,
                                          std::uint64_t& id) {
  const auto known = pair.by_source.find(source);
  if (known != pair.by_source.end()) {
    id = known->second;
    return &pair.clients.find(id)->second;
  }
  make_room(pair);
  auto upstream = bind_at(source_for(pair.target), allow_public_);
  if (!upstream) return nullptr;
  id = next_client_++;
  sockets_changed_ = true;
  pair.by_source.emplace(source, id);
  return &pair.clients.emplace(id, Client{source, std::move(*upstream), 0}).first->second;
}

void DelayRelay::make_room(Pair& pair) {
  if (pair.clients.size() < clients_max_) return;
  const auto idle = std::ranges::min_element(
      pair.clients, {}, [](const auto& entry) { return entry.second.used_nanos; });
  pair.by_source.erase(idle->second.source);
  pair.clients.erase(idle);
  sockets_changed_ = true;
}

void DelayRelay::send_due() {
  while (const auto due = line_.next_due()) {
    if (*due - monotonic_nanos() > spin_nanos) return;
    while (monotonic_nanos() < *due) {
    }
    const auto packet = line_.pop_due(*due);
    if (!packet) return;
    Pair& pair = pairs_[packet->route.pair];
    const auto client = pair.clients.find(packet->route.client);
    if (client == pair.clients.end()) continue;
    // A datagram that can't be sent is lost, as on any path.
    const Outcome<net::Stamp> sent =
        packet->route.up ? client->second.upstream.send_to(pair.target, packet->content)
                         : pair.socket.send_to(client->second.source, packet->content);
    if (!sent) ++lost_;
  }
}

Outcome<void> run_delay_relay(const RelayOptions& options) {
  DAYMARK_TRY(DelayRelay relay, DelayRelay::open(options));
  const net::StopSignals signals([&relay] { relay.stop(); });
  for (std::size_t i = 0; i < options.pairs.size(); ++i) {
    constexpr double nanos_per_milli = 1e6;
    const double millis = static_cast<double>(options.pairs[i].round_trip.value) / nanos_per_milli;
    fmt::print(stderr, "delay relay: udp {} to {}, round trip {:.3f} ms\n",
               net::print_endpoint(relay.local(i)), options.pairs[i].target, millis);
  }
  return relay.run();
}

}  // namespace daymark::beacon
