#include "daymark/governor/fields_internal.h"
#include "daymark/governor/message.h"

namespace daymark::governor {

namespace internal {

namespace {

std::uint64_t at_least_zero(std::int64_t value) {
  return value < 0 ? 0 : static_cast<std::uint64_t>(value);
}

}  // namespace

Result<UnixMillis> read_time(cbor::Reader& in, FieldId field) {
  DAYMARK_TRY(const auto value, read_number<std::int64_t>(in, time_most, field));
  return UnixMillis{value};
}

Result<Millis> read_span(cbor::Reader& in, FieldId field) {
  DAYMARK_TRY(const auto value, read_number<std::int64_t>(in, time_most, field));
  return Millis{value};
}

void put_time(UnixMillis time, cbor::Writer& out) {
  out.put_unsigned(at_least_zero(time.value));
}

void put_span(Millis span, cbor::Writer& out) {
  out.put_unsigned(at_least_zero(span.value));
}

Result<order::StreamHead> read_head(cbor::Reader& in) {
  order::StreamHead out;
  DAYMARK_CHECK(in.enter_array_of(2));
  DAYMARK_TRY(out.seq, in.read_unsigned());
  DAYMARK_TRY(out.hash, read_digest(in));
  return out;
}

void put_head(const order::StreamHead& head, cbor::Writer& out) {
  out.open_array(2);
  out.put_unsigned(head.seq);
  out.put_bytes(head.hash);
}

Result<ledger::Sums> read_sums(cbor::Reader& in) {
  ledger::Sums out;
  DAYMARK_CHECK(in.enter_array_of(4, field::usage));
  DAYMARK_TRY(out.ops_low.value, in.read_unsigned(field::usage));
  DAYMARK_TRY(out.ops_high.value, in.read_unsigned(field::usage));
  DAYMARK_TRY(out.joules.value, in.read_unsigned(field::usage));
  DAYMARK_TRY(out.chip_millis.value, in.read_unsigned(field::usage));
  return out;
}

void put_sums(const ledger::Sums& sums, cbor::Writer& out) {
  out.open_array(4);
  out.put_unsigned(sums.ops_low.value);
  out.put_unsigned(sums.ops_high.value);
  out.put_unsigned(sums.joules.value);
  out.put_unsigned(sums.chip_millis.value);
}

Result<ledger::Head> read_ledger(cbor::Reader& in) {
  ledger::Head out;
  DAYMARK_CHECK(in.enter_array_of(3, field::usage));
  DAYMARK_TRY(out.size.value, in.read_unsigned(field::usage));
  DAYMARK_TRY(out.root, read_digest(in, field::usage));
  DAYMARK_TRY(out.totals, read_sums(in));
  return out;
}

void put_ledger(const ledger::Head& head, cbor::Writer& out) {
  out.open_array(3);
  out.put_unsigned(head.size.value);
  out.put_bytes(head.root);
  put_sums(head.totals, out);
}

Result<Level> read_level(cbor::Reader& in) {
  return read_number<Level>(in, level_max);
}

Result<Standing> read_standing(cbor::Reader& in) {
  return read_number<Standing>(in, standing_max, field::standing);
}

Result<order::OrderKind> read_kind(cbor::Reader& in) {
  DAYMARK_TRY(const std::uint64_t number, in.read_unsigned_up_to(order::order_kind_count));
  const auto kind = order::kind_numbered(number);
  if (!kind) return fail(errc::gov_document);
  return *kind;
}

}  // namespace internal

void write_clock(const ClockReading& clock, cbor::Writer& writer) {
  writer.open_array(3);
  writer.put_bool(clock.fresh);
  internal::put_time(clock.earliest, writer);
  internal::put_time(clock.latest, writer);
}

Result<ClockReading> read_clock(cbor::Reader& reader) {
  ClockReading out;
  DAYMARK_CHECK(reader.enter_array_of(3, field::clock));
  DAYMARK_TRY(out.fresh, reader.read_bool(field::clock));
  DAYMARK_TRY(out.earliest, internal::read_time(reader, field::clock));
  DAYMARK_TRY(out.latest, internal::read_time(reader, field::clock));
  return out;
}

}  // namespace daymark::governor
