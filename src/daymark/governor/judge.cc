#include "daymark/governor/judge.h"

#include "daymark/governor/errors.h"

namespace daymark::governor {

namespace {

bool same(const order::FenceAlternative& a, const order::FenceAlternative& b) {
  if (a.needed != b.needed || a.clause_count != b.clause_count) return false;
  for (std::size_t i = 0; i < a.clause_count; ++i) {
    if (a.clauses[i].beacon != b.clauses[i].beacon ||
        a.clauses[i].round_trip_us_max != b.clauses[i].round_trip_us_max)
      return false;
  }
  return true;
}

bool same(const order::FenceBeacon& a, const order::FenceBeacon& b) {
  return a.key == b.key && a.operator_index == b.operator_index && a.place == b.place;
}

template <class Item, std::size_t N>
bool same_lists(const std::array<Item, N>& a, const std::array<Item, N>& b, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    if (!same(a[i], b[i])) return false;
  return true;
}

bool same(const order::Fence& a, const order::Fence& b) {
  return a.faults == b.faults && a.beacon_count == b.beacon_count &&
         a.alternative_count == b.alternative_count &&
         same_lists(a.beacons, b.beacons, a.beacon_count) &&
         same_lists(a.alternatives, b.alternatives, a.alternative_count);
}

bool fence_no_narrower(const order::Leaf& newer, const order::Leaf& older) {
  if (!newer.has_fence) return true;
  return older.has_fence && same(newer.fence, older.fence);
}

bool programs_no_narrower(const order::Leaf& newer, const order::Leaf& older) {
  return newer.program_root == Digest{} || newer.program_root == older.program_root;
}

/// 0 stands for "not bounded".
bool link_no_narrower(const order::Leaf& newer, const order::Leaf& older) {
  if (newer.link_megabytes_per_second == 0) return true;
  return older.link_megabytes_per_second != 0 &&
         newer.link_megabytes_per_second >= older.link_megabytes_per_second;
}

bool exhausted(const Licence& licence) {
  return licence.used >= licence.leaf.allowance;
}

}  // namespace

Errc licence_fault(const State& state, const ClockReading& clock) {
  if (!clock.fresh) return errc::gov_time_unknown;
  if (is_over(state.current.leaf.not_after, clock)) return errc::gov_licence_ended;
  if (clock.latest < state.current.leaf.not_before) return errc::gov_licence_ahead;
  return exhausted(state.current) ? errc::gov_allowance : Errc{};
}

Judgement judge(const State& state, const Facts& facts) {
  if (state.life == Life::unprovisioned) return {Standing::unprovisioned, errc::gov_unprovisioned};
  if (state.life == Life::released) return {Standing::released, errc::gov_released};
  if (state.suspension.active) return {Standing::suspended, errc::gov_suspended};
  if (!state.ever_licensed()) return {Standing::observing, errc::gov_no_licence};
  const Errc fault = licence_fault(state, facts.clock);
  if (fault == Errc{}) return {Standing::licensed, Errc{}};
  if (facts.grace.value > 0) return {Standing::grace, fault};
  // PROTOCOL §4.2: on_silence answers silence, not a denial; the longest time in lapsed bounds
  // both.
  const bool denied = state.denial.id != 0;
  if (facts.lapse_over || (facts.silence_observes && !denied)) {
    return {Standing::observing, errc::gov_silence};
  }
  if (denied) return {Standing::lapsed, errc::gov_denied};
  return {Standing::lapsed, fault == errc::gov_allowance ? fault : errc::gov_lapsed};
}

Millis grace_of(const order::Charter& charter) {
  const Millis grace = charter.bounds.grace;
  return charter.silence.action == order::OnSilence::extended_grace ? grace + grace : grace;
}

bool nowhere_narrower(const order::Leaf& newer, const order::Leaf& older, TeraOps used) {
  const std::uint64_t remaining = used >= older.allowance ? 0 : older.allowance.value - used.value;
  return newer.allowance.value >= remaining && newer.not_after >= older.not_after &&
         newer.cluster_max >= older.cluster_max && link_no_narrower(newer, older) &&
         fence_no_narrower(newer, older) && programs_no_narrower(newer, older) &&
         newer.level_least <= older.level_least && (older.job_classes & ~newer.job_classes) == 0;
}

bool promote(State& state, const ClockReading& clock) {
  if (!state.next.held || !clock.fresh) return false;
  if (state.current.held && !is_over(state.current.leaf.not_after, clock)) return false;
  if (clock.latest < state.next.leaf.not_before) return false;
  state.current = state.next;
  state.next = Licence{};
  return true;
}

}  // namespace daymark::governor
