// The sessions that a beacon holds open: bounded in number and in time. Host only.
#pragma once

#include <cstring>
#include <list>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "daymark/net/endpoint.h"
#include "daymark/ranging/receipt.h"
#include "daymark/ranging/session.h"

namespace daymark::beacon {

/// A moment on the beacon's one monotonic clock, and how it was taken.
struct StampNanos {
  std::int64_t nanos = 0;
  ranging::StampQuality quality = ranging::StampQuality::user_space;
};

[[nodiscard]] constexpr std::int64_t to_nanos(Millis span) {
  constexpr std::int64_t nanos_per_milli = 1'000'000;
  return span.value * nanos_per_milli;
}

/// The challenge that waits for its answer. It is open once its sending has been stamped.
struct OpenChallenge {
  std::uint32_t number = 0;
  ranging::Challenge challenge{};
  std::optional<StampNanos> sent;
};

/// One session with one chip at one address.
struct Session {
  ranging::Opened opened;
  net::Endpoint source;
  std::optional<OpenChallenge> open;
  std::uint32_t challenges = 0;  ///< sent so far; the next one's number
  std::uint32_t exchanges = 0;   ///< answered rightly
  std::uint32_t wrong = 0;       ///< answers that were not right
  RoundTripNanos least_round_trip;
  std::int64_t least_began = 0;  ///< when the challenge behind it was sent
  ranging::StampQuality quality = ranging::StampQuality::user_space;
  bool waiting = false;       ///< measured, and in the batch that is signed next
  std::vector<Byte> receipt;  ///< once its batch is signed
};

/// How many sessions, and for how long: from the opening, and from the receipt.
struct SessionRoom {
  std::size_t sessions = 0;
  std::int64_t life_nanos = 0;
  std::int64_t linger_nanos = 0;
};

/// Not thread-safe. Pointers stay good until the next add or expire.
class SessionTable {
 public:
  explicit SessionTable(const SessionRoom& room) : room_(room) {}

  /// Forgets the sessions whose time is over.
  void expire(std::int64_t now_nanos);
  /// Null where the table is full.
  Session* add(const ranging::Opened& opened, const net::Endpoint& source, std::int64_t now_nanos);
  /// The session has its receipt: it stays for as long as that may be asked for again, and no
  /// longer than it would have stayed without.
  void retire(const ranging::SessionId& id, std::int64_t now_nanos);
  [[nodiscard]] Session* find(const ranging::SessionId& id);
  /// The session that an opening with this nonce led to.
  [[nodiscard]] Session* find_by_nonce(const Digest& chip_nonce);

  [[nodiscard]] std::size_t size() const { return sessions_.size(); }

 private:
  struct Ending {
    std::int64_t at = 0;
    ranging::SessionId id;
  };

  /// In order of time: all live equally long.
  using Endings = std::list<Ending>;

  struct Held {
    Session session;
    Endings::iterator ending;
  };

  void expire(Endings& endings, std::int64_t now_nanos);

  SessionRoom room_;

  /// Its own random bytes: the beacon drew them, so nobody can choose ids that collide.
  struct IdHash {
    [[nodiscard]] std::size_t operator()(const ranging::SessionId& id) const {
      std::size_t out = 0;
      std::memcpy(&out, id.bytes.data(), sizeof out);
      return out;
    }
  };

  std::unordered_map<ranging::SessionId, Held, IdHash> sessions_;
  std::map<Digest, ranging::SessionId> by_nonce_;
  Endings open_;     ///< of sessions without a receipt
  Endings retired_;  ///< of those that have theirs
};

}  // namespace daymark::beacon
