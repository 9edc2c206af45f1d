#include "daymark/ledger/record.h"

#include <limits>

#include "daymark/cbor/layout.h"
#include "daymark/ledger/errors.h"

namespace daymark::ledger {

namespace {

constexpr std::uint64_t record_version = 1;
constexpr std::size_t record_items = 13;
constexpr auto most = std::numeric_limits<std::uint64_t>::max();

/// Behind the version. Readers take later times than writers write: whole 63 bits.
constexpr auto record_layout = cbor::layout<UsageRecord>(
    DAYMARK_MEMBER(UsageRecord, chip), DAYMARK_MEMBER(UsageRecord, boot),
    DAYMARK_MEMBER(UsageRecord, sequence), DAYMARK_MEMBER(UsageRecord, start),
    DAYMARK_MEMBER(UsageRecord, end), DAYMARK_MEMBER(UsageRecord, use.ops_low.value),
    DAYMARK_MEMBER(UsageRecord, use.ops_high.value), DAYMARK_MEMBER(UsageRecord, use.joules.value),
    DAYMARK_MEMBER(UsageRecord, use.chip_millis.value), DAYMARK_MEMBER(UsageRecord, level),
    DAYMARK_MEMBER(UsageRecord, job), DAYMARK_MEMBER(UsageRecord, salt));

template <class Unit>
Result<Unit> sum_of(Unit a, Unit b, FieldId field) {
  if (a.value > most - b.value) return fail(errc::ledger_overflow, field);
  return Unit{a.value + b.value};
}

std::uint64_t product_saturating(std::uint64_t a, std::uint64_t b) {
  return a != 0 && b > most / a ? most : a * b;
}

std::uint64_t sum_saturating(std::uint64_t a, std::uint64_t b) {
  return a > most - b ? most : a + b;
}

Result<UnixMillis> read_time(cbor::Reader& reader) {
  constexpr auto latest = std::numeric_limits<std::int64_t>::max();
  DAYMARK_TRY(const auto value, reader.read_unsigned_up_to(latest, field::usage_span));
  return UnixMillis{static_cast<std::int64_t>(value)};
}

Result<Sums> read_sums(cbor::Reader& reader) {
  Sums out;
  DAYMARK_TRY(out.ops_low.value, reader.read_unsigned(field::usage_operations));
  DAYMARK_TRY(out.ops_high.value, reader.read_unsigned(field::usage_operations));
  DAYMARK_TRY(out.joules.value, reader.read_unsigned(field::usage_energy));
  DAYMARK_TRY(out.chip_millis.value, reader.read_unsigned(field::usage_chip_time));
  return out;
}

Result<void> read_content(cbor::Reader& reader, UsageRecord& out) {
  DAYMARK_TRY(out.chip.bytes, reader.read_array_of_bytes<ChipId::size>(field::usage_record));
  DAYMARK_TRY(out.boot.bytes, reader.read_array_of_bytes<BootId::size>(field::usage_record));
  DAYMARK_TRY(out.sequence, reader.read_unsigned(field::usage_sequence));
  DAYMARK_TRY(out.start, read_time(reader));
  DAYMARK_TRY(out.end, read_time(reader));
  DAYMARK_TRY(out.use, read_sums(reader));
  DAYMARK_TRY(const auto level, reader.read_unsigned_up_to(level_max, field::usage_level));
  out.level = static_cast<Level>(level);
  DAYMARK_TRY(out.job.bytes, reader.read_array_of_bytes<JobId::size>(field::usage_record));
  DAYMARK_TRY(out.salt, reader.read_array_of_bytes<16>(field::usage_salt));
  return ok();
}

}  // namespace

Result<Sums> add(const Sums& a, const Sums& b) {
  Sums out;
  DAYMARK_TRY(out.ops_low, sum_of(a.ops_low, b.ops_low, field::usage_operations));
  DAYMARK_TRY(out.ops_high, sum_of(a.ops_high, b.ops_high, field::usage_operations));
  DAYMARK_TRY(out.joules, sum_of(a.joules, b.joules, field::usage_energy));
  DAYMARK_TRY(out.chip_millis, sum_of(a.chip_millis, b.chip_millis, field::usage_chip_time));
  return out;
}

TeraOps most_operations(Peak peak, ChipMillis span) {
  // Whole seconds and the rest apart: the product with milliseconds would overflow long before.
  const std::uint64_t whole = product_saturating(peak.per_second.value, span.value / 1000);
  const std::uint64_t part = product_saturating(peak.per_second.value, span.value % 1000);
  return {sum_saturating(whole, part / 1000 + (part % 1000 == 0 ? 0 : 1))};
}

Result<ByteView> encode(const UsageRecord& record, MutableBytes out) {
  if (record.start.value < 0 || record.end.value < 0) {
    return fail(errc::ledger_interval, field::usage_span);
  }
  cbor::Writer writer(out);
  writer.open_array(record_items);
  writer.put_unsigned(record_version);
  cbor::put_layout(writer, record_layout, record);
  return writer.finish();
}

Result<UsageRecord> parse_record(ByteView encoded) {
  cbor::Reader reader(encoded);
  DAYMARK_CHECK(reader.enter_array_of(record_items, field::usage_record));
  DAYMARK_TRY(const auto version, reader.read_unsigned(field::usage_record));
  if (version != record_version) return fail(errc::ledger_version, field::usage_record, 1);
  UsageRecord out;
  DAYMARK_CHECK(read_content(reader, out));
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<void> check_plausible(const UsageRecord& record, Peak peak) {
  if (record.start.value < 0 || record.end <= record.start) {
    return fail(errc::ledger_interval, field::usage_span);
  }
  const auto span = static_cast<std::uint64_t>(record.end.value - record.start.value);
  if (record.use.chip_millis.value > span) {
    return fail(errc::ledger_chip_time, field::usage_chip_time);
  }
  if (record.use.ops_low > record.use.ops_high) {
    return fail(errc::ledger_bounds, field::usage_operations);
  }
  if (record.use.ops_high > most_operations(peak, record.use.chip_millis)) {
    return fail(errc::ledger_above_peak, field::usage_operations);
  }
  return ok();
}

}  // namespace daymark::ledger
