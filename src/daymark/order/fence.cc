#include "daymark/cbor/layout.h"
#include "daymark/order/errors.h"
#include "daymark/order/fence_internal.h"
#include "daymark/order/fields_internal.h"

namespace daymark::order::internal {

namespace {

using cbor::Reader;
using cbor::Writer;

Result<std::uint8_t> read_small(Reader& in, std::uint64_t most) {
  DAYMARK_TRY(const std::uint64_t value, in.read_unsigned_up_to(most, field::fence));
  return static_cast<std::uint8_t>(value);
}

/// [beacon key, operator index, lat e7, lon e7]: without the place
constexpr auto beacon_layout = cbor::layout<FenceBeacon>(
    cbor::items(4, field::fence), DAYMARK_MEMBER(FenceBeacon, key, field::fence),
    DAYMARK_MEMBER(FenceBeacon, operator_index, field::fence, beacons_max - 1));

/// [beacon index, rtt us]
constexpr auto clause_layout =
    cbor::layout<FenceClause>(cbor::items(2, field::fence),
                              DAYMARK_MEMBER(FenceClause, beacon, field::fence, beacons_max - 1),
                              DAYMARK_MEMBER(FenceClause, round_trip_us_max, field::fence));

Result<void> read_fence_beacons(Reader& in, Fence& out) {
  DAYMARK_TRY(const std::size_t count, in.enter_array(beacons_max, field::fence));
  for (out.beacon_count = 0; out.beacon_count < count; ++out.beacon_count) {
    FenceBeacon& beacon = out.beacons[out.beacon_count];
    DAYMARK_CHECK(cbor::read_layout(in, beacon_layout, beacon));
    DAYMARK_TRY(beacon.place, read_place(in, field::fence));
  }
  return ok();
}

/// Each beacon at most once in an alternative: one beacon can't count twice.
Result<void> read_clause(Reader& in, const Fence& fence, FenceAlternative& out) {
  FenceClause& clause = out.clauses[out.clause_count];
  const std::uint32_t start = in.offset();
  DAYMARK_CHECK(cbor::read_layout(in, clause_layout, clause));
  const bool ascends =
      out.clause_count == 0 || out.clauses[out.clause_count - 1].beacon < clause.beacon;
  const bool known = clause.beacon < fence.beacon_count;
  return known && ascends ? ok() : fail(errc::leaf_malformed, field::fence, start);
}

/// [k, [clause…]]
Result<void> read_alternative(Reader& in, const Fence& fence, FenceAlternative& out) {
  const std::uint32_t start = in.offset();
  DAYMARK_CHECK(in.enter_array_of(2, field::fence));
  DAYMARK_TRY(out.needed, read_small(in, fence_clauses_max));
  DAYMARK_TRY(const std::size_t count, in.enter_array(fence_clauses_max, field::fence));
  for (out.clause_count = 0; out.clause_count < count; ++out.clause_count)
    DAYMARK_CHECK(read_clause(in, fence, out));
  // "At least 0 of these" would be a fence that always holds.
  if (out.needed == 0 || out.needed > out.clause_count) {
    return fail(errc::leaf_malformed, field::fence, start);
  }
  return ok();
}

void put_alternative(Writer& out, const FenceAlternative& alternative) {
  out.open_array(2);
  out.put_unsigned(alternative.needed);
  out.open_array(alternative.clause_count);
  for (const FenceClause& clause : std::span(alternative.clauses).first(alternative.clause_count)) {
    cbor::put_layout(out, clause_layout, clause);
  }
}

}  // namespace

Result<void> read_fence(Reader& in, Fence& out) {
  DAYMARK_CHECK(in.enter_array_of(3, field::fence));
  DAYMARK_TRY(out.faults, read_small(in, beacons_max));
  DAYMARK_CHECK(read_fence_beacons(in, out));
  DAYMARK_TRY(const std::size_t count, in.enter_array(fence_alternatives_max, field::fence));
  for (out.alternative_count = 0; out.alternative_count < count; ++out.alternative_count) {
    DAYMARK_CHECK(read_alternative(in, out, out.alternatives[out.alternative_count]));
  }
  return ok();
}

void put_fence(Writer& out, const Fence& fence) {
  out.open_array(3);
  out.put_unsigned(fence.faults);
  out.open_array(fence.beacon_count);
  for (const FenceBeacon& beacon : std::span(fence.beacons).first(fence.beacon_count)) {
    cbor::put_layout(out, beacon_layout, beacon);
    put_place(out, beacon.place);
  }
  out.open_array(fence.alternative_count);
  for (const auto& alternative : std::span(fence.alternatives).first(fence.alternative_count))
    put_alternative(out, alternative);
}

}  // namespace daymark::order::internal
