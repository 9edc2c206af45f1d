#include "daymark/governor/timekeeper.h"

#include <algorithm>

#include "daymark/governor/errors.h"

namespace daymark::governor {

namespace {

/// What the beacons of a charter hash to: keys, places and operators, in order.
Digest beacons_digest(std::span<const order::BeaconEntry> beacons) {
  Digest out{};
  for (const order::BeaconEntry& beacon : beacons) {
    ByteArray<8> place{};
    put_big_endian(static_cast<std::uint32_t>(beacon.place.latitude), std::span(place).first<4>());
    put_big_endian(static_cast<std::uint32_t>(beacon.place.longitude), std::span(place).last<4>());
    const std::array<ByteView, 4> parts{out, beacon.key.bytes, place,
                                        bytes_of(beacon.operator_name)};
    out = crypto::sha256(parts);
  }
  return out;
}

/// Round trip, in nanoseconds, that a move at 0.3 km/s over `age` may have hidden: 2 x 0.3 / c of
/// the age, rounded up (c = 299792.458 km/s).
std::int64_t movement_nanos(Millis age) {
  constexpr std::int64_t nanos_per_second = 2002;  // 2 x 0.3 km / c = 2001.4 ns
  return age.value / 1000 * nanos_per_second + (age.value % 1000 * nanos_per_second + 999) / 1000;
}

}  // namespace

void Timekeeper::adopt(const order::Charter* charter, UnixMillis floor) {
  charter_ = charter;
  const ranging::TimeRule rule =
      charter == nullptr ? ranging::TimeRule{}
                         : ranging::TimeRule{charter->faults, charter->bounds.tick_drift_ppm};
  const Digest list = charter == nullptr ? Digest{} : beacons_digest(charter->beacon_list());
  if (charter != nullptr && list == beacon_list_) {
    interval_.change_rule(rule);
    return;
  }
  beacon_list_ = list;
  interval_ = ranging::TimeInterval(rule);
  interval_.restore(floor);
  for (Session& session : sessions_)
    session.open = false;
  measured_ = {};
}

Now Timekeeper::at(TickMillis tick) const {
  Now out;
  out.tick = tick;
  out.clock.earliest = interval_.floor();
  if (charter_ == nullptr) return out;
  const auto bounds = interval_.at(tick);
  out.fresh_for = Millis{-1};
  if (!bounds) return out;
  out.age = bounds->age;
  out.fresh_for = charter_->bounds.time_age - bounds->age;
  out.clock.fresh = out.fresh_for.value >= 0;
  out.clock.earliest = bounds->earliest;
  if (out.clock.fresh) out.clock.latest = bounds->latest;
  return out;
}

Result<void> Timekeeper::check_beacon(std::size_t beacon) const {
  if (charter_ == nullptr) return fail(errc::gov_unprovisioned);
  return beacon < charter_->beacon_count ? ok() : fail(errc::gov_beacon, field::beacon);
}

Result<ByteView> Timekeeper::open(std::size_t beacon, TickMillis tick,
                                  const crypto::SecretKey& chip, Random& random, MutableBytes out) {
  DAYMARK_CHECK(check_beacon(beacon));
  Session& session = sessions_[beacon];
  session.open = false;
  DAYMARK_TRY(const ByteView opening,
              session.chip.open(chip, charter_->beacons[beacon].key, random, out));
  session.open = true;
  session.drawn = tick;
  return opening;
}

Result<void> Timekeeper::accept(const BeaconRequest& welcome) {
  DAYMARK_CHECK(check_beacon(welcome.beacon));
  Session& session = sessions_[welcome.beacon];
  if (!session.open) return fail(errc::gov_no_session, field::beacon);
  return session.chip.accept(welcome.message);
}

Result<ranging::AnswerTag> Timekeeper::answer(const ChallengeRequest& challenge) const {
  DAYMARK_CHECK(check_beacon(challenge.beacon));
  const Session& session = sessions_[challenge.beacon];
  if (!session.open) return fail(errc::gov_no_session, field::beacon);
  return session.chip.answer(challenge.number, challenge.challenge);
}

Result<void> Timekeeper::take_receipt(const BeaconRequest& receipt, TickMillis tick,
                                      const crypto::PublicKey& chip) {
  DAYMARK_CHECK(check_beacon(receipt.beacon));
  Session& session = sessions_[receipt.beacon];
  if (!session.open) return fail(errc::gov_no_session, field::beacon);
  const order::BeaconEntry& entry = charter_->beacons[receipt.beacon];
  DAYMARK_TRY(const ranging::VerifiedReceipt verified,
              ranging::verify_receipt(receipt.message, {&entry, chip, session.chip.nonce()}));
  const std::size_t owner = ranging::operator_of(charter_->beacon_list(), receipt.beacon);
  const ranging::SignedTime signed_time =
      ranging::signed_time(verified, owner, session.drawn, tick);
  DAYMARK_CHECK(interval_.feed(signed_time));
  session.open = false;
  measured_[receipt.beacon] = {
      true,          entry.key,        entry.place,       verified.receipt().least_round_trip,
      session.drawn, signed_time.time, signed_time.radius};
  return ok();
}

Timekeeper::Shown Timekeeper::shows(const order::Fence& fence, const order::FenceClause& clause,
                                    TickMillis tick) const {
  if (clause.beacon >= fence.beacon_count) return Shown::unknown;
  const order::FenceBeacon& wanted = fence.beacons[clause.beacon];
  const auto is_wanted = [&](const Measured& measured) {
    return measured.held && measured.beacon == wanted.key && measured.place == wanted.place;
  };
  const auto found = std::ranges::find_if(measured_, is_wanted);
  if (found == measured_.end()) return Shown::unknown;
  const Millis age = tick - found->drawn;
  if (age > charter_->bounds.fence_age) return Shown::unknown;
  const std::int64_t limit = std::int64_t{clause.round_trip_us_max} * 1000 - movement_nanos(age);
  return found->round_trip.value <= limit ? Shown::yes : Shown::no;
}

Timekeeper::Shown Timekeeper::shows(const order::Fence& fence,
                                    const order::FenceAlternative& alternative,
                                    TickMillis tick) const {
  std::size_t yes = 0;
  std::size_t unknown = 0;
  for (std::size_t i = 0; i < alternative.clause_count; ++i) {
    const Shown shown = shows(fence, alternative.clauses[i], tick);
    yes += shown == Shown::yes ? 1 : 0;
    unknown += shown == Shown::unknown ? 1 : 0;
  }
  if (alternative.needed == 0) return Shown::no;
  if (yes >= alternative.needed) return Shown::yes;
  return yes + unknown >= alternative.needed ? Shown::unknown : Shown::no;
}

FenceResult Timekeeper::locate(const order::Fence& fence, TickMillis tick) const {
  FenceResult out = FenceResult::outside;
  if (charter_ == nullptr) return FenceResult::stale;
  for (std::size_t i = 0; i < fence.alternative_count; ++i) {
    const Shown shown = shows(fence, fence.alternatives[i], tick);
    if (shown == Shown::yes) return FenceResult::inside;
    if (shown == Shown::unknown) out = FenceResult::stale;
  }
  return out;
}

std::size_t Timekeeper::witnesses(TickMillis tick,
                                  std::span<TimeWitness, time_witnesses_max> out) const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < measured_.size(); ++i) {
    const Measured& measured = measured_[i];
    if (!measured.held) continue;
    out[count++] = {static_cast<std::uint8_t>(i), measured.time, measured.radius,
                    tick - measured.drawn};
  }
  return count;
}

}  // namespace daymark::governor
