#include "daymark/beacon/stamp.h"

#include <ctime>
#include <limits>

namespace daymark::beacon {

namespace {

using ranging::StampQuality;

std::int64_t read(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

bool same_offset(std::int64_t a, std::int64_t b) {
  const std::int64_t change = a - b;
  return change >= -offset_tolerance_nanos && change <= offset_tolerance_nanos;
}

}  // namespace

std::int64_t monotonic_nanos() {
  return read(CLOCK_MONOTONIC);
}

ClockPair read_clocks() {
  // Whoever is interrupted between the readings would take the pause for a step of the clock.
  constexpr std::int64_t tight = 5'000;
  ClockPair best;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (int tries = 0; tries < 4 && least > tight; ++tries) {
    const std::int64_t before = monotonic_nanos();
    const std::int64_t realtime = read(CLOCK_REALTIME);
    const std::int64_t span = monotonic_nanos() - before;
    if (span >= least) continue;
    least = span;
    best = {realtime, before + span / 2};
  }
  return best;
}

void StampBridge::advance(const ClockPair& now) {
  const bool steady = offset_ && same_offset(*offset_, now.offset());
  if (!steady) steady_since_ = now.monotonic;
  offset_ = now.offset();
  now_ = now.monotonic;
}

StampNanos StampBridge::received(const net::Stamp& stamp) const {
  const std::int64_t carried = stamp.nanos - offset_.value_or(0);
  const bool usable = offset_ && stamp.source == net::StampSource::kernel &&
                      carried >= steady_since_ && carried <= now_;
  if (!usable) return {now_, StampQuality::user_space};
  return {carried, StampQuality::kernel_software};
}

StampNanos StampBridge::sent(const net::Stamp& stamp, const ClockPair& before,
                             const ClockPair& after) {
  const std::int64_t carried = stamp.nanos - before.offset();
  const bool usable = stamp.source == net::StampSource::kernel &&
                      same_offset(before.offset(), after.offset()) && carried >= before.monotonic &&
                      carried <= after.monotonic;
  if (!usable) return {before.monotonic, StampQuality::user_space};
  return {carried, StampQuality::kernel_software};
}

}  // namespace daymark::beacon
