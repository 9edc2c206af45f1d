// Many chips in one program, for a beacon under load: all of one address, each with its session.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "daymark/crypto/random.h"
#include "daymark/net/udp_batch.h"
#include "daymark/ranging/packet.h"

namespace daymark::bench {

/// Replies that are awaited at any time: a socket of the default size holds them all.
inline constexpr std::size_t window = 128;

/// Keeps `window` of the same datagram under way for `seconds`; how many replies came.
[[nodiscard]] std::size_t echo_load(const net::Endpoint& server, ByteView datagram, double seconds);

class ChipLoad {
 public:
  /// Sessions of `count` chips with this beacon are opened and wait for their first challenge.
  ChipLoad(const net::Endpoint& server, const crypto::PublicKey& beacon, std::size_t count);

  /// Answers challenges, those of all chips in turn, for `seconds`; how many were answered and
  /// found right, since the next challenge came.
  [[nodiscard]] std::size_t answer_for(double seconds);

  /// Answers until every chip has its receipt; how many have.
  [[nodiscard]] std::size_t answer_all();

 private:
  struct Chip {
    crypto::SecretKey key;
    ranging::ChipSession session;
  };

  struct Waiting {
    std::size_t chip = 0;
    ranging::ChallengePacket challenge;
  };

  void open_all(const crypto::PublicKey& beacon);
  void take_welcome(ByteView datagram, std::size_t from, std::size_t end);
  void ask_all();
  void put(const ranging::Packet& packet);
  void flush();
  [[nodiscard]] std::size_t take_replies();
  void answer_waiting();

  net::Endpoint server_;
  net::UdpBatch socket_;
  crypto::SystemRandom random_;
  std::vector<std::unique_ptr<Chip>> chips_;

  struct IdHash {
    [[nodiscard]] std::size_t operator()(const ranging::SessionId& id) const;
  };

  std::unordered_map<ranging::SessionId, std::size_t, IdHash> by_session_;
  std::deque<Waiting> waiting_;
  std::vector<ByteArray<ranging::packet_size_max>> space_;
  std::vector<net::Outgoing> outgoing_;
  std::size_t under_way_ = 0;
  std::size_t receipts_ = 0;
};

}  // namespace daymark::bench
