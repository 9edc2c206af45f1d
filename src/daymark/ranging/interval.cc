#include "daymark/ranging/interval.h"

#include <algorithm>
#include <limits>

#include "daymark/ranging/errors.h"

namespace daymark::ranging {

namespace {

constexpr std::int64_t million = 1'000'000;
constexpr Millis tick_grain{1};

Millis not_negative(Millis span) {
  return std::max(span, Millis{});
}

/// How far a tick of this drift may be off over `span` >= 0, rounded up.
Millis drift_over(Millis span, std::uint32_t ppm) {
  const std::int64_t part = std::min<std::int64_t>(ppm, million);
  const std::int64_t whole = span.value / million * part;
  const std::int64_t rest = (span.value % million * part + million - 1) / million;
  return Millis{whole} + Millis{rest};
}

/// The true span behind a measured one lies between these.
Millis at_least(Millis measured, std::uint32_t ppm) {
  const Millis shorter = not_negative(measured - tick_grain);
  return not_negative(shorter - drift_over(shorter, ppm));
}

Millis at_most(Millis measured, std::uint32_t ppm) {
  const Millis longer = measured + tick_grain;
  return longer + drift_over(longer, ppm);
}

/// Numbers in ascending order; by insertion, because eight of them don't pay for std::sort.
class Ranked {
 public:
  void insert(std::int64_t value) {
    std::size_t at = count_++;
    for (; at > 0 && values_[at - 1] > value; --at)
      values_[at] = values_[at - 1];
    values_[at] = value;
  }

  [[nodiscard]] std::size_t count() const { return count_; }

  [[nodiscard]] std::int64_t smallest(std::size_t rank) const { return values_[rank]; }

  [[nodiscard]] std::int64_t largest(std::size_t rank) const { return values_[count_ - 1 - rank]; }

 private:
  std::array<std::int64_t, operators_max> values_{};
  std::size_t count_ = 0;
};

}  // namespace

std::size_t operator_of(std::span<const order::BeaconEntry> beacons, std::size_t beacon) {
  const auto same = [&](const order::BeaconEntry& entry) {
    return entry.operator_name == beacons[beacon].operator_name;
  };
  return static_cast<std::size_t>(std::ranges::find_if(beacons, same) - beacons.begin());
}

SignedTime signed_time(const VerifiedReceipt& receipt, std::size_t operator_index, TickMillis drawn,
                       TickMillis received) {
  return {operator_index, receipt.receipt().time, receipt.receipt().radius, received - drawn,
          received};
}

TimeInterval::Ends TimeInterval::ends(const SignedTime& answer, TickMillis now) const {
  const Millis elapsed = not_negative(now - answer.received);
  const Millis since_nonce = answer.waited + elapsed;
  return {answer.time - answer.radius + at_least(elapsed, rule_.tick_drift_ppm),
          answer.time + answer.radius + at_most(since_nonce, rule_.tick_drift_ppm), since_nonce};
}

bool TimeInterval::beats(const SignedTime& newer, const SignedTime& older) const {
  if (newer.received - older.received > same_round) return true;
  const Ends a = ends(newer, newer.received);
  const Ends b = ends(older, newer.received);
  return a.latest - a.earliest <= b.latest - b.earliest;
}

Result<void> TimeInterval::feed(const SignedTime& answer) {
  const bool valid = answer.operator_index < operators_max && answer.radius >= Millis{} &&
                     answer.waited >= Millis{};
  if (!valid) return fail(errc::ranging_time);
  std::optional<SignedTime>& slot = answers_[answer.operator_index];
  // What was known before stays known where a wider answer takes the place of a narrower one.
  keep_earliest(answer.received);
  if (!slot || beats(answer, *slot)) slot = answer;
  keep_earliest(answer.received);
  return ok();
}

void TimeInterval::keep_earliest(TickMillis now) {
  if (const auto bounds = at(now)) floor_ = bounds->earliest;
}

std::optional<TimeBounds> TimeInterval::at(TickMillis now) const {
  Ranked lower;
  Ranked upper;
  Ranked ages;
  for (const auto& answer : answers_) {
    if (!answer) continue;
    const Ends found = ends(*answer, now);
    lower.insert(found.earliest.value);
    upper.insert(found.latest.value);
    ages.insert(found.age.value);
  }
  const std::size_t faults = std::min<std::size_t>(rule_.faults, operators_max);
  if (ages.count() < 2 * faults + 1) return std::nullopt;
  const UnixMillis earliest = std::max(UnixMillis{lower.largest(faults)}, floor_);
  const UnixMillis latest = std::max(UnixMillis{upper.smallest(faults)}, earliest);
  return TimeBounds{earliest, latest, {ages.smallest(2 * faults)}};
}

void TimeInterval::restore(UnixMillis floor) {
  answers_ = {};
  floor_ = floor;
}

}  // namespace daymark::ranging
