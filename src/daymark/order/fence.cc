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

/// [beacon key, operator index, lat e7, lon e7]
Result<FenceBeacon> read_fence_beacon(Reader& in) {
  FenceBeacon out;
  DAYMARK_CHECK(in.enter_array_of(4, field::fence));
  DAYMARK_TRY(out.key, read_key(in, field::fence));
  DAYMARK_TRY(out.operator_index, read_small(in, beacons_max - 1));
  DAYMARK_TRY(out.place, read_place(in, field::fence));
  return out;
}

Result<void> read_fence_beacons(Reader& in, Fence& out) {
  DAYMARK_TRY(const std::size_t count, in.enter_array(beacons_max, field::fence));
  for (out.beacon_count = 0; out.beacon_count < count; ++out.beacon_count) {
    DAYMARK_TRY(out.beacons[out.beacon_count], read_fence_beacon(in));
  }
  return ok();
}

/// [beacon index, rtt us], each beacon at most once in an alternative: one beacon can't count
/// twice.
Result<FenceClause> read_clause(Reader& in, const Fence& fence,
                                std::span<const FenceClause> earlier) {
  FenceClause out;
  const std::uint32_t start = in.offset();
  DAYMARK_CHECK(in.enter_array_of(2, field::fence));
  DAYMARK_TRY(out.beacon, read_small(in, beacons_max - 1));
  DAYMARK_TRY(out.round_trip_us_max, read_unsigned_32(in, field::fence));
  const bool ascends = earlier.empty() || earlier.back().beacon < out.beacon;
  if (out.beacon >= fence.beacon_count || !ascends) {
    return fail(errc::leaf_malformed, field::fence, start);
  }
  return out;
}

/// [k, [clause…]]
Result<void> read_alternative(Reader& in, const Fence& fence, FenceAlternative& out) {
  const std::uint32_t start = in.offset();
  DAYMARK_CHECK(in.enter_array_of(2, field::fence));
  DAYMARK_TRY(out.needed, read_small(in, fence_clauses_max));
  DAYMARK_TRY(const std::size_t count, in.enter_array(fence_clauses_max, field::fence));
  for (out.clause_count = 0; out.clause_count < count; ++out.clause_count) {
    const auto earlier = std::span<const FenceClause>(out.clauses).first(out.clause_count);
    DAYMARK_TRY(out.clauses[out.clause_count], read_clause(in, fence, earlier));
  }
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
    out.open_array(2);
    out.put_unsigned(clause.beacon);
    out.put_unsigned(clause.round_trip_us_max);
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
    out.open_array(4);
    out.put_bytes(beacon.key.bytes);
    out.put_unsigned(beacon.operator_index);
    put_place(out, beacon.place);
  }
  out.open_array(fence.alternative_count);
  for (const auto& alternative : std::span(fence.alternatives).first(fence.alternative_count))
    put_alternative(out, alternative);
}

}  // namespace daymark::order::internal
