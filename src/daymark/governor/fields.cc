#include "daymark/governor/fields_internal.h"
#include "daymark/governor/layouts_internal.h"
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
  DAYMARK_CHECK(cbor::read_layout(in, head_layout, out));
  return out;
}

void put_head(const order::StreamHead& head, cbor::Writer& out) {
  cbor::put_layout(out, head_layout, head);
}

Result<ledger::Sums> read_sums(cbor::Reader& in) {
  ledger::Sums out;
  DAYMARK_CHECK(cbor::read_layout(in, sums_layout, out));
  return out;
}

void put_sums(const ledger::Sums& sums, cbor::Writer& out) {
  cbor::put_layout(out, sums_layout, sums);
}

Result<ledger::Head> read_ledger(cbor::Reader& in) {
  ledger::Head out;
  DAYMARK_CHECK(cbor::read_layout(in, ledger_layout, out));
  return out;
}

void put_ledger(const ledger::Head& head, cbor::Writer& out) {
  cbor::put_layout(out, ledger_layout, head);
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

Result<void> read_announced(cbor::Reader& in, Announced& out) {
  DAYMARK_CHECK(cbor::read_layout(in, announced_layout, out));
  const bool known = order::kind_numbered(static_cast<std::uint64_t>(out.kind)).has_value();
  return known ? ok() : fail(errc::gov_document);
}

}  // namespace internal

void write_clock(const ClockReading& clock, cbor::Writer& writer) {
  cbor::put_layout(writer, internal::clock_layout, clock);
}

Result<ClockReading> read_clock(cbor::Reader& reader) {
  ClockReading out;
  DAYMARK_CHECK(cbor::read_layout(reader, internal::clock_layout, out));
  return out;
}

}  // namespace daymark::governor
