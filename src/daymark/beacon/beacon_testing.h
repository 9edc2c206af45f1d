// A beacon in simulated time, and a chip that speaks to it, for the tests.
#pragma once

#include <optional>
#include <vector>

#include "daymark/beacon/service.h"
#include "daymark/crypto/random.h"

namespace daymark::beacon::testing {

inline constexpr std::int64_t milli = 1'000'000;

class FixedClock final : public Clock {
 public:
  [[nodiscard]] UnixMillis now() override { return time; }

  [[nodiscard]] TickMillis tick() override { return {}; }

  UnixMillis time{1'772'366'400'000};
};

inline BeaconSettings settings() {
  BeaconSettings out;
  out.key.seed[0] = 42;
  out.place = {223'379'000, 1'142'642'000};
  out.stamp_error = {1000};
  out.batch_interval = {};
  return out;
}

inline net::Endpoint address(Byte last = 1, std::uint16_t port = 5000) {
  net::Endpoint out;
  out.address = {10, 0, 0, last};
  out.port = port;
  return out;
}

/// One beacon and one chip; the test moves `now`. No receipt waits, unless the settings say so.
struct Scene {
  explicit Scene(const BeaconSettings& with = settings())
      : used(with), service(with, clock, random) {}

  BeaconSettings used;
  FixedClock clock;
  crypto::SeededRandom random{3};
  BeaconService service;
  crypto::SecretKey chip{{9}};
  ranging::ChipSession session;
  ranging::SessionId id;
  net::Endpoint source = address();
  std::int64_t now = 1'000'000'000;
  std::vector<Byte> last;  ///< the last reply

  [[nodiscard]] crypto::PublicKey beacon_key() const { return crypto::ed25519_public(used.key); }

  /// The reply, or the receipt that is ready then.
  std::optional<Reply> handle(ByteView datagram, const StampNanos& at) {
    const auto reply = service.handle(datagram, source, at);
    if (reply) return reply;
    const auto receipt = service.next_receipt(at.nanos);
    return receipt ? std::optional(receipt->reply) : std::nullopt;
  }

  /// Sends bytes to the beacon; the reply, if it is a challenge, leaves at once.
  std::optional<ranging::Packet> send(ByteView datagram) {
    const auto reply = handle(datagram, {now});
    last.clear();
    if (!reply) return std::nullopt;
    service.sent(*reply, {now});
    last.assign(reply->view().begin(), reply->view().end());
    const auto packet = ranging::parse_packet(last);
    if (!packet) return std::nullopt;
    return *packet;
  }

  std::optional<ranging::Packet> send(const ranging::Packet& packet) {
    ByteArray<ranging::packet_size_max> space{};
    const auto written = ranging::write_packet(packet, space);
    return written ? send(*written) : std::nullopt;
  }

  [[nodiscard]] ranging::Cookie ask_cookie() {
    const auto reply = send(ranging::OpeningPacket{});
    const auto* cookie = reply ? std::get_if<ranging::CookiePacket>(&*reply) : nullptr;
    return cookie != nullptr ? cookie->cookie : ranging::Cookie{};
  }

  /// A new signed opening of the chip.
  [[nodiscard]] std::vector<Byte> opening() {
    ByteArray<ranging::opening_size_max> space{};
    const auto message = session.open(chip, beacon_key(), random, space);
    return message ? std::vector<Byte>(message->begin(), message->end()) : std::vector<Byte>{};
  }

  /// Cookie, opening, welcome: the session stands.
  [[nodiscard]] bool open_session() {
    const ranging::Cookie cookie = ask_cookie();
    const auto message = opening();
    const auto reply = send(ranging::OpeningPacket{cookie, message});
    const auto* welcome = reply ? std::get_if<ranging::WelcomePacket>(&*reply) : nullptr;
    if (welcome == nullptr || !session.accept(welcome->welcome)) return false;
    id = welcome->session;
    return true;
  }

  [[nodiscard]] std::optional<ranging::ChallengePacket> ready() {
    const auto reply = send(ranging::ReadyPacket{id});
    const auto* challenge = reply ? std::get_if<ranging::ChallengePacket>(&*reply) : nullptr;
    if (challenge == nullptr) return std::nullopt;
    return *challenge;
  }

  [[nodiscard]] ranging::AnswerPacket answer_to(const ranging::ChallengePacket& challenge) const {
    const auto tag = session.answer(challenge.number, challenge.challenge);
    return {id, challenge.number, tag.value_or(ranging::AnswerTag{})};
  }

  /// Answers the whole session, each exchange after its own round trip; then the receipt's bytes.
  [[nodiscard]] std::vector<Byte> run(const std::vector<std::int64_t>& round_trips) {
    auto challenge = ready();
    for (const std::int64_t span : round_trips) {
      if (!challenge) return {};
      now += span;
      const auto reply = send(answer_to(*challenge));
      if (!reply) return {};
      if (const auto* receipt = std::get_if<ranging::ReceiptPacket>(&*reply)) {
        return {receipt->receipt.begin(), receipt->receipt.end()};
      }
      const auto* next = std::get_if<ranging::ChallengePacket>(&*reply);
      challenge = next != nullptr ? std::optional(*next) : std::nullopt;
    }
    return {};
  }

  [[nodiscard]] Result<ranging::VerifiedReceipt> verify(ByteView receipt) const {
    const order::BeaconEntry entry{"b", "o", beacon_key(), used.place};
    return ranging::verify_receipt(receipt,
                                   {&entry, crypto::ed25519_public(chip), session.nonce()});
  }
};

/// The code of an error packet, or 0.
inline Errc code_of(const std::optional<ranging::Packet>& reply) {
  const auto* error = reply ? std::get_if<ranging::ErrorPacket>(&*reply) : nullptr;
  return error != nullptr ? error->code : Errc{};
}

}  // namespace daymark::beacon::testing
