#include "daymark/agent/ranging_client.h"

#include <algorithm>
#include <optional>

#include "daymark/base/time.h"
#include "daymark/net/errors.h"
#include "daymark/net/udp.h"
#include "daymark/ranging/packet.h"

namespace daymark::agent {

namespace {

using Buffer = ByteArray<ranging::packet_size_max + 1>;

/// A socket, and the peer that it speaks to.
struct Path {
  net::UdpSocket socket;
  net::Endpoint peer;
};

/// A socket of the peer's family, on loopback where the peer is there.
Outcome<Path> path_to(const std::string& address) {
  DAYMARK_TRY(const net::Endpoint peer, about(net::parse_endpoint(address), address));
  net::UdpOptions options;
  options.allow_public = true;
  options.kernel_stamps = false;
  if (net::is_loopback(peer)) {
    options.address = peer.ipv6 ? "[::1]:0" : "127.0.0.1:0";
  } else {
    options.address = peer.ipv6 ? "[::]:0" : "0.0.0.0:0";
  }
  DAYMARK_TRY(auto socket, net::UdpSocket::bind(options));
  return Path{std::move(socket), peer};
}

/// One session under way.
class Carrier {
 public:
  Carrier(const BeaconRoute& route, GovernorPort& port, const RangingPatience& patience, Path path)
      : route_(route),
        port_(port),
        patience_(patience),
        end_(clock_.tick() + patience.whole),
        socket_(std::move(path.socket)),
        peer_(path.peer) {}

  [[nodiscard]] Outcome<std::vector<Byte>> run();

 private:
  [[nodiscard]] Outcome<void> send(const ranging::Packet& packet);
  [[nodiscard]] Outcome<void> ask();
  [[nodiscard]] Outcome<void> ask_again();
  [[nodiscard]] Outcome<void> await();
  [[nodiscard]] Outcome<void> handle(ByteView datagram);
  [[nodiscard]] Outcome<void> take(const ranging::CookiePacket& packet);
  [[nodiscard]] Outcome<void> take(const ranging::WelcomePacket& packet);
  [[nodiscard]] Outcome<void> take(const ranging::ChallengePacket& packet);
  [[nodiscard]] Outcome<void> take(const ranging::ReceiptPacket& packet);

  const BeaconRoute& route_;
  GovernorPort& port_;
  RangingPatience patience_;
  SystemClock clock_;
  TickMillis end_;
  TickMillis reply_due_;
  unsigned tries_left_ = 0;
  net::UdpSocket socket_;
  net::Endpoint peer_;
  std::vector<Byte> opening_;
  ranging::Cookie cookie_{};
  std::optional<ranging::SessionId> session_;
  std::vector<Byte> receipt_;
};

Outcome<std::vector<Byte>> Carrier::run() {
  DAYMARK_CHECK(ask());
  while (receipt_.empty())
    DAYMARK_CHECK(await());
  return receipt_;
}

Outcome<void> Carrier::send(const ranging::Packet& packet) {
  ByteArray<ranging::packet_size_max> space{};
  DAYMARK_TRY(const ByteView datagram, ranging::write_packet(packet, space));
  DAYMARK_TRY([[maybe_unused]] const net::Stamp stamp, socket_.send_to(peer_, datagram));
  return {};
}

/// Sends the request of the present stage, with a full count of tries.
Outcome<void> Carrier::ask() {
  tries_left_ = patience_.tries;
  return ask_again();
}

Outcome<void> Carrier::ask_again() {
  const TickMillis now = clock_.tick();
  if (tries_left_ == 0 || now >= end_) return refuse(errc::net_timeout, route_.address);
  --tries_left_;
  reply_due_ = std::min(now + patience_.each, end_);
  if (session_) return send(ranging::ReadyPacket{*session_});
  return send(ranging::OpeningPacket{cookie_, opening_});
}

Outcome<void> Carrier::await() {
  Buffer buffer{};
  const Millis wait = reply_due_ - clock_.tick();
  if (wait <= Millis{}) return ask_again();
  const bool burst = patience_.busy && session_.has_value();
  DAYMARK_TRY(const auto datagram, socket_.receive(buffer, burst ? Millis{} : wait));
  if (!datagram || datagram->from != peer_) return {};
  return handle(datagram->content);
}

Outcome<void> Carrier::handle(ByteView datagram) {
  const auto packet = ranging::parse_packet(datagram);
  if (!packet) return {};  // noise: the beacon's own reply may still come
  if (const auto* challenge = std::get_if<ranging::ChallengePacket>(&*packet)) {
    return take(*challenge);
  }
  if (const auto* cookie = std::get_if<ranging::CookiePacket>(&*packet)) return take(*cookie);
  if (const auto* welcome = std::get_if<ranging::WelcomePacket>(&*packet)) return take(*welcome);
  if (const auto* receipt = std::get_if<ranging::ReceiptPacket>(&*packet)) return take(*receipt);
  const auto* error = std::get_if<ranging::ErrorPacket>(&*packet);
  return error == nullptr ? Outcome<void>{} : refuse(error->code, route_.address);
}

Outcome<void> Carrier::take(const ranging::CookiePacket& packet) {
  // A second copy of a cookie must not send a second opening.
  if (session_ || packet.cookie == cookie_) return {};
  cookie_ = packet.cookie;
  if (opening_.empty()) {
    DAYMARK_TRY(opening_, port_.open(route_.beacon));
  }
  return ask();
}

Outcome<void> Carrier::take(const ranging::WelcomePacket& packet) {
  if (session_ || opening_.empty()) return {};
  DAYMARK_CHECK(port_.accept(route_.beacon, packet.welcome));
  session_ = packet.session;
  return ask();
}

Outcome<void> Carrier::take(const ranging::ChallengePacket& packet) {
  if (!session_ || packet.session != *session_) return {};
  DAYMARK_TRY(const ranging::AnswerTag tag,
              port_.answer(route_.beacon, packet.number, packet.challenge));
  DAYMARK_CHECK(send(ranging::AnswerPacket{*session_, packet.number, tag}));
  tries_left_ = patience_.tries;
  reply_due_ = std::min(clock_.tick() + patience_.each, end_);
  return {};
}

Outcome<void> Carrier::take(const ranging::ReceiptPacket& packet) {
  if (!session_ || packet.session != *session_) return {};
  DAYMARK_CHECK(port_.deliver(route_.beacon, packet.receipt));
  receipt_.assign(packet.receipt.begin(), packet.receipt.end());
  return {};
}

}  // namespace

Outcome<std::vector<Byte>> range_with(const BeaconRoute& route, GovernorPort& port,
                                      const RangingPatience& patience) {
  DAYMARK_TRY(Path path, path_to(route.address));
  return Carrier(route, port, patience, std::move(path)).run();
}

}  // namespace daymark::agent
