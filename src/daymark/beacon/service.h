// What a beacon does, without sockets: datagrams and stamps in, datagrams out (PROTOCOL §9.1).
//
// A chip asks for a cookie, opens a session with it, and says that it is ready; then the beacon
// sends its challenges one after another and times the answers. Finished sessions wait for one
// another for a moment, then one root is signed for all of them, and each gets its receipt with the
// least round trip. Both stamps of a round trip are taken by the beacon on one clock, their stated
// error is added, and the time that the chip takes is never subtracted: a round trip may come out
// too long, never too short. A challenge is never sent twice, since the answer to the first sending
// would look early for the second.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "daymark/base/random.h"
#include "daymark/base/time.h"
#include "daymark/beacon/cookie.h"
#include "daymark/beacon/rate_table.h"
#include "daymark/beacon/session_table.h"
#include "daymark/crypto/random.h"
#include "daymark/order/charter.h"
#include "daymark/ranging/packet.h"

namespace daymark::beacon {

/// SIMULATION ONLY: what a beacon that lies signs, so that rehearsals can show what f liars do.
struct SimulatedFault {
  std::optional<RoundTripNanos> claimed_round_trip;  ///< instead of the measured one
  Millis time_shift;                                 ///< added to the time that it signs

  [[nodiscard]] bool any() const { return claimed_round_trip || time_shift != Millis{}; }
};

/// Most sessions that a beacon may be told to hold: they take 1.5 GiB then.
inline constexpr std::size_t beacon_sessions_max = std::size_t{1} << 20U;

/// A session takes 1.5 KiB (bench_ranging sessions). One of an honest chip stays for the
/// exchanges and then for linger_nanos, so 32,768 are some 3,000 a second.
struct BeaconLimits {
  std::size_t sessions = 32'768;
  std::int64_t session_nanos = 20'000'000'000;  ///< without a receipt
  std::int64_t linger_nanos = 10'000'000'000;   ///< with one: chips ask again after two seconds
  std::size_t rate_keys = 16'384;               ///< addresses, and chips, that are remembered
  Rate per_address{400, 10'000'000};            ///< openings: 400 at once, then 100 a second
  Rate per_chip{60, 250'000'000};               ///< 60 at once, then 4 a second
  std::uint32_t challenges_each_answer = 4;     ///< sendings a session may use for one exchange
  std::size_t batch =
      ranging::batch_receipts_max;  ///< receipts under one root; a full one is signed
};

/// Longer, and chips would ask again for what is not signed yet.
inline constexpr Millis batch_interval_max{1000};

/// No round trip is signed that began longer ago than this. Who reads a receipt adds it to the
/// receipt's age where a chip may have moved since it was measured.
inline constexpr Millis measured_age_max = seconds(10);

struct BeaconSettings {
  crypto::SecretKey key;
  order::PlaceE7 place;
  Millis clock_radius{20};           ///< stated error of the clock whose time is signed
  std::uint32_t exchanges = 4;       ///< K: challenges answered before the receipt
  RoundTripNanos stamp_error{2000};  ///< of two stamps together; added to each round trip
  Millis batch_interval{20};         ///< from the first finished session to the root; 0: none waits
  BeaconLimits limits;
  SimulatedFault simulated_fault;
};

/// What happened so far; for people and tests.
struct BeaconCounters {
  std::uint64_t cookies = 0;
  std::uint64_t sessions = 0;
  std::uint64_t receipts = 0;
  std::uint64_t batches = 0;  ///< roots signed for them
  std::uint64_t wrong_answers = 0;
  std::uint64_t refused = 0;  ///< openings that were not valid, too many, or without room
  std::uint64_t ignored = 0;  ///< datagrams that are no request of the protocol
};

/// A datagram for the sender of the one that was handled.
struct Reply {
  ByteArray<ranging::packet_size_max> bytes{};
  std::size_t size = 0;
  std::optional<ranging::SessionId> timed;  ///< holds a challenge: report its sending
  std::uint32_t challenge = 0;              ///< its number

  [[nodiscard]] ByteView view() const { return ByteView(bytes).first(size); }
};

/// A datagram that answers no request at once.
struct AddressedReply {
  net::Endpoint to;
  Reply reply;
};

/// Not thread-safe. Stamps come from one clock that never goes back; it also drives all limits.
class BeaconService {
 public:
  /// `clock` gives the signed time; it may be a rehearsal's, round trips don't depend on it.
  BeaconService(const BeaconSettings& settings, Clock& clock, Random& random);

  /// Handles one datagram that came from `source` at `received`. No reply to what is malformed, to
  /// wrong answers, to a valid one that came too late, and to whoever waits for a batch:
  /// next_receipt has it.
  [[nodiscard]] std::optional<Reply> handle(ByteView datagram, const net::Endpoint& source,
                                            const StampNanos& received);

  /// The challenge in `reply` left at `stamp`. Until then it is not open, and no answer counts.
  void sent(const Reply& reply, const StampNanos& stamp);

  /// Signs the batch if `now_nanos` has reached its time, and gives the receipts that have not been
  /// sent yet, one by one; none where all were. To be called after each datagram, and by batch_due.
  [[nodiscard]] std::optional<AddressedReply> next_receipt(std::int64_t now_nanos);

  /// When next_receipt has something to give: at once where signed receipts wait to be sent, none
  /// where no session waits.
  [[nodiscard]] std::optional<std::int64_t> batch_due() const;

  [[nodiscard]] const BeaconCounters& counters() const { return counters_; }

  [[nodiscard]] std::size_t open_sessions() const { return sessions_.size(); }

 private:
  /// Where a request came from and when.
  struct Arrival {
    net::Endpoint source;
    StampNanos at;
  };

  std::optional<Reply> open(const ranging::OpeningPacket& packet, const Arrival& arrival);
  std::optional<Reply> open_new(const ranging::Opened& opened, const Arrival& arrival);
  std::optional<Reply> proceed(const ranging::ReadyPacket& packet, const Arrival& arrival);
  std::optional<Reply> take(const ranging::AnswerPacket& packet, const Arrival& arrival);
  std::optional<Reply> next(Session& session, std::int64_t now_nanos);
  std::optional<Reply> challenge(Session& session);
  std::optional<Reply> finish(Session& session, std::int64_t now_nanos);
  std::optional<Reply> refuse_with(Errc code);
  [[nodiscard]] Session* session_at(const ranging::SessionId& id, const net::Endpoint& source);
  void close_batch(std::int64_t now_nanos);
  [[nodiscard]] ranging::ReceiptLeaf leaf_of(const Session& session) const;
  [[nodiscard]] ranging::BatchStatement statement();

  BeaconSettings settings_;
  Clock& clock_;
  Random& random_;
  crypto::BufferedRandom challenges_;
  CookieJar cookies_;
  SessionTable sessions_;
  RateTable<ByteArray<17>> address_rate_;
  RateTable<crypto::PublicKey> chip_rate_;
  std::vector<ranging::SessionId> batch_;  ///< waiting sessions, at most limits.batch
  std::int64_t batch_due_nanos_ = 0;       ///< of batch_, while it is not empty
  std::deque<ranging::SessionId> unsent_;  ///< of signed batches
  BeaconCounters counters_;
};

}  // namespace daymark::beacon
