#include "daymark/agent/ranging_client.h"

#include <algorithm>
#include <optional>

#include "daymark/base/time.h"
#include "daymark/net/errors.h"
#include "daymark/net/udp_connected.h"
#include "daymark/ranging/packet.h"

namespace daymark::agent {

namespace {

/// How often a sleeper looks whether it shall stop.
constexpr Millis stop_check{100};
/// Looks between two readings of the clock, which would cost a fifth of a look each.
constexpr int looks_each_turn = 64;

/// One session under way.
class Carrier {
 public:
  Carrier(const BeaconRoute& route, GovernorPort& port, const RangingPatience& patience,
          net::ConnectedUdp socket)
      : route_(route),
        port_(port),
        patience_(patience),
        end_(clock_.tick() + patience.whole),
        socket_(std::move(socket)) {}

  [[nodiscard]] Outcome<std::vector<Byte>> run(std::stop_token stop);

 private:
  [[nodiscard]] Outcome<void> send(const ranging::Packet& packet);
  [[nodiscard]] Outcome<void> ask();
  [[nodiscard]] Outcome<void> ask_again();
  [[nodiscard]] Outcome<void> await();
  [[nodiscard]] Outcome<std::optional<ByteView>> look();
  [[nodiscard]] Outcome<void> handle(ByteView datagram);
  [[nodiscard]] Outcome<void> take(const ranging::CookiePacket& packet);
  [[nodiscard]] Outcome<void> take(const ranging::WelcomePacket& packet);
  [[nodiscard]] Outcome<void> take(const ranging::ChallengePacket& packet);
  [[nodiscard]] Outcome<void> take(const ranging::ReceiptPacket& packet);

  const BeaconRoute& route_;
  GovernorPort& port_;
  RangingPatience patience_;
  SystemClock clock_;
  std::stop_token stop_;
  TickMillis end_;
  TickMillis reply_due_;
  unsigned tries_left_ = 0;
  TickMillis busy_until_;  ///< nothing before the session stands
  net::ConnectedUdp socket_;
  ByteArray<ranging::packet_size_max> sent_{};
  ByteArray<ranging::packet_size_max + 1> received_{};
  std::vector<Byte> opening_;
  ranging::Cookie cookie_{};
  std::optional<ranging::SessionId> session_;
  std::vector<Byte> receipt_;
};

Outcome<std::vector<Byte>> Carrier::run(std::stop_token stop) {
  stop_ = std::move(stop);
  DAYMARK_CHECK(ask());
  while (receipt_.empty())
    DAYMARK_CHECK(await());
  return receipt_;
}

Outcome<void> Carrier::send(const ranging::Packet& packet) {
  DAYMARK_TRY(const ByteView datagram, ranging::write_packet(packet, sent_));
  return socket_.send(datagram);
}

/// Sends the request of the present stage, with a full count of tries.
Outcome<void> Carrier::ask() {
  tries_left_ = patience_.tries;
  return ask_again();
}

Outcome<void> Carrier::ask_again() {
  const TickMillis now = clock_.tick();
  const bool over = tries_left_ == 0 || now >= end_ || stop_.stop_requested();
  if (over) return refuse(errc::net_timeout, route_.address);
  --tries_left_;
  reply_due_ = std::min(now + patience_.each, end_);
  if (session_) return send(ranging::ReadyPacket{*session_});
  return send(ranging::OpeningPacket{cookie_, opening_});
}

Outcome<void> Carrier::await() {
  const TickMillis now = clock_.tick();
  if (now >= reply_due_ || stop_.stop_requested()) return ask_again();
  DAYMARK_TRY(const auto datagram,
              now < busy_until_
                  ? look()
                  : socket_.receive(received_, std::min(reply_due_ - now, stop_check)));
  return datagram ? handle(*datagram) : Outcome<void>{};
}

/// A few tens of microseconds without sleep.
Outcome<std::optional<ByteView>> Carrier::look() {
  for (int i = 0; i < looks_each_turn; ++i) {
    DAYMARK_TRY(const auto datagram, socket_.take(received_));
    if (datagram) return datagram;
  }
  return std::nullopt;
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
  if (patience_.busy) busy_until_ = clock_.tick() + busy_longest;
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

Outcome<std::vector<Byte>> carry_session(const BeaconRoute& route, GovernorPort& port,
                                         const RangingPatience& patience, std::stop_token stop) {
  DAYMARK_TRY(net::ConnectedUdp socket, net::ConnectedUdp::open(route.address));
  return Carrier(route, port, patience, std::move(socket)).run(std::move(stop));
}

Outcome<std::vector<Byte>> range_with(const BeaconRoute& route, GovernorPort& port,
                                      const RangingPatience& patience, std::stop_token stop) {
  auto own = port.run_session(route, patience);
  if (!own) return carry_session(route, port, patience, std::move(stop));
  if (*own) DAYMARK_CHECK(port.deliver(route.beacon, **own));
  return *std::move(own);
}

}  // namespace daymark::agent
