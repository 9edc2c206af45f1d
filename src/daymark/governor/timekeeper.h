// The chip's sessions with beacons: its only clock and the measure of its place (PROTOCOL §5, §9).
// Core. Nothing of it survives a reset but the floor of time.
#pragma once

#include <array>

#include "daymark/base/random.h"
#include "daymark/governor/documents.h"
#include "daymark/governor/message.h"
#include "daymark/governor/standing.h"
#include "daymark/order/charter.h"
#include "daymark/order/leaf.h"
#include "daymark/ranging/interval.h"
#include "daymark/ranging/receipt.h"
#include "daymark/ranging/session.h"

namespace daymark::governor {

/// What is known at one tick.
struct Now {
  TickMillis tick;
  ClockReading clock;
  Millis age;        ///< of the time behind it; 0 where none is known
  Millis fresh_for;  ///< how much longer it counts as fresh; negative: for so long it doesn't
};

/// Not thread-safe.
class Timekeeper {
 public:
  Timekeeper() : interval_(ranging::TimeRule{}) {}

  Timekeeper(const Timekeeper&) = delete;
  Timekeeper& operator=(const Timekeeper&) = delete;
  Timekeeper(Timekeeper&&) = delete;
  Timekeeper& operator=(Timekeeper&&) = delete;
  ~Timekeeper() = default;

  /// Judges by another charter from now on. Measurements are kept where it names the same beacons.
  /// `charter` must outlive its use; null before enrolment.
  void adopt(const order::Charter* charter, UnixMillis floor);

  [[nodiscard]] Now at(TickMillis tick) const;

  // One session per beacon; opening again replaces it. Errors: errc::gov_beacon,
  // errc::gov_no_session and those of ranging.
  [[nodiscard]] Result<ByteView> open(std::size_t beacon, TickMillis tick,
                                      const crypto::SecretKey& chip, Random& random,
                                      MutableBytes out);
  [[nodiscard]] Result<void> accept(const BeaconRequest& welcome);
  [[nodiscard]] Result<ranging::AnswerTag> answer(const ChallengeRequest& challenge) const;
  /// Ends the session with this beacon and takes in time and round trip.
  [[nodiscard]] Result<void> take_receipt(const BeaconRequest& receipt, TickMillis tick,
                                          const crypto::PublicKey& chip);

  /// Whether the receipts held show the chip within `fence` at `tick` (PROTOCOL §9.5).
  [[nodiscard]] FenceResult locate(const order::Fence& fence, TickMillis tick) const;

  /// The signed times behind the clock.
  [[nodiscard]] std::size_t witnesses(TickMillis tick,
                                      std::span<TimeWitness, time_witnesses_max> out) const;

 private:
  struct Session {
    ranging::ChipSession chip;
    bool open = false;
    TickMillis drawn;
  };

  struct Measured {
    bool held = false;
    crypto::PublicKey beacon;
    order::PlaceE7 place;
    RoundTripNanos round_trip;
    TickMillis drawn;
    UnixMillis time;
    Millis radius;
  };

  enum class Shown { yes, no, unknown };

  [[nodiscard]] Result<void> check_beacon(std::size_t beacon) const;
  [[nodiscard]] bool same_beacons(const order::Charter& charter) const;
  [[nodiscard]] Shown shows(const order::Fence& fence, const order::FenceClause& clause,
                            TickMillis tick) const;
  [[nodiscard]] Shown shows(const order::Fence& fence, const order::FenceAlternative& alternative,
                            TickMillis tick) const;

  const order::Charter* charter_ = nullptr;
  ranging::TimeInterval interval_;
  Digest beacon_list_{};
  std::array<Session, order::beacons_max> sessions_{};
  std::array<Measured, order::beacons_max> measured_{};
};

}  // namespace daymark::governor
