// A beacon on a thread and a chip on a socket, for the tests.
#pragma once

#include <optional>
#include <thread>

#include "daymark/beacon/beacon_testing.h"
#include "daymark/beacon/server.h"
#include "daymark/ranging/packet.h"

namespace daymark::beacon::testing {

/// Serves on loopback until it goes out of scope.
struct RunningBeacon {
  explicit RunningBeacon(BeaconOptions with = {}) : options(std::move(with)) {
    options.settings.key.seed[0] = 42;
    auto listening = BeaconServer::listen(options, clock, random);
    if (!listening) return;
    server.emplace(*std::move(listening));
    thread = std::thread([this] { (void)server->run(); });
  }

  RunningBeacon(const RunningBeacon&) = delete;
  RunningBeacon& operator=(const RunningBeacon&) = delete;

  ~RunningBeacon() {
    if (!server) return;
    server->stop();
    thread.join();
  }

  [[nodiscard]] net::Endpoint local() const { return server ? server->local() : net::Endpoint{}; }

  [[nodiscard]] const BeaconSettings& settings() const { return options.settings; }

  BeaconOptions options;
  FixedClock clock;
  crypto::SeededRandom random{8};
  std::optional<BeaconServer> server;
  std::thread thread;
};

/// The chip's side with no patience: one try for each step.
class UdpChip {
 public:
  explicit UdpChip(const net::Endpoint& beacon) : beacon_(beacon) {
    auto bound = net::UdpSocket::bind({});
    if (bound) socket_.emplace(*std::move(bound));
  }

  void send_raw(ByteView datagram) { (void)socket_->send_to(beacon_, datagram); }

  /// One whole session; the verified receipt.
  [[nodiscard]] std::optional<ranging::Receipt> range(const BeaconSettings& of) {
    const order::BeaconEntry entry{"b", "o", crypto::ed25519_public(of.key), of.place};
    if (!open(entry)) return std::nullopt;
    auto reply = ask(ranging::ReadyPacket{session_id_});
    while (reply) {
      if (const auto* receipt = std::get_if<ranging::ReceiptPacket>(&*reply)) {
        const auto verified = ranging::verify_receipt(
            receipt->receipt, {&entry, crypto::ed25519_public(chip_), session_.nonce()});
        return verified ? std::optional(verified->receipt()) : std::nullopt;
      }
      const auto* challenge = std::get_if<ranging::ChallengePacket>(&*reply);
      if (challenge == nullptr) return std::nullopt;
      const auto tag = session_.answer(challenge->number, challenge->challenge);
      reply = ask(ranging::AnswerPacket{session_id_, challenge->number, *tag});
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<ranging::Packet> ask(const ranging::Packet& packet) {
    ByteArray<ranging::packet_size_max> space{};
    const auto written = ranging::write_packet(packet, space);
    if (!written) return std::nullopt;
    send_raw(*written);
    const auto got = socket_->receive(buffer_, seconds(5));
    if (!got || !*got) return std::nullopt;
    const auto parsed = ranging::parse_packet((*got)->content);
    if (!parsed) return std::nullopt;
    return *parsed;
  }

 private:
  bool open(const order::BeaconEntry& entry) {
    const auto first = ask(ranging::OpeningPacket{});
    const auto* cookie = first ? std::get_if<ranging::CookiePacket>(&*first) : nullptr;
    ByteArray<ranging::opening_size_max> space{};
    const auto opening = session_.open(chip_, entry.key, random_, space);
    if (cookie == nullptr || !opening) return false;
    const auto second = ask(ranging::OpeningPacket{cookie->cookie, *opening});
    const auto* welcome = second ? std::get_if<ranging::WelcomePacket>(&*second) : nullptr;
    if (welcome == nullptr || !session_.accept(welcome->welcome)) return false;
    session_id_ = welcome->session;
    return true;
  }

  net::Endpoint beacon_;
  std::optional<net::UdpSocket> socket_;
  crypto::SystemRandom random_;  // two chips must not draw one nonce
  crypto::SecretKey chip_{{7}};
  ranging::ChipSession session_;
  ranging::SessionId session_id_;
  ByteArray<2048> buffer_{};
};

}  // namespace daymark::beacon::testing
