#include "daymark/ranging/receipt.h"

#include "daymark/cbor/cose.h"
#include "daymark/cbor/reader.h"
#include "daymark/cbor/writer.h"
#include "daymark/ranging/errors.h"

namespace daymark::ranging {

namespace {

constexpr std::size_t receipt_items = 11;
constexpr std::uint64_t receipt_version = 1;
constexpr std::int32_t latitude_max = 900'000'000;
constexpr std::int32_t longitude_max = 1'800'000'000;
/// 9999-12-31T23:59:59.999Z: what RFC 3339 can still write.
constexpr std::uint64_t time_max = 253'402'300'799'999;
constexpr std::uint64_t round_trip_max = std::numeric_limits<std::int64_t>::max();

Result<std::int32_t> read_degrees(cbor::Reader& reader, std::int32_t most) {
  DAYMARK_TRY(const std::int64_t value, reader.read_integer(field::place));
  if (value < -most || value > most) {
    return fail(errc::receipt_malformed, field::place, reader.offset());
  }
  return static_cast<std::int32_t>(value);
}

Result<StampQuality> read_quality(cbor::Reader& reader) {
  constexpr auto best = static_cast<std::uint64_t>(StampQuality::hardware);
  DAYMARK_TRY(const std::uint64_t value, reader.read_unsigned_up_to(best));
  return static_cast<StampQuality>(value);
}

template <class Quantity>
Result<Quantity> read_quantity(cbor::Reader& reader, std::uint64_t most) {
  DAYMARK_TRY(const std::uint64_t value, reader.read_unsigned_up_to(most));
  return Quantity{static_cast<std::int64_t>(value)};
}

/// The four keys and nonces behind the version.
Result<void> read_identity(cbor::Reader& reader, Receipt& out) {
  DAYMARK_TRY(out.chip.bytes, reader.read_array_of_bytes<32>());
  DAYMARK_TRY(out.chip_nonce, reader.read_array_of_bytes<32>(field::chip_nonce));
  DAYMARK_TRY(out.beacon_nonce, reader.read_array_of_bytes<32>());
  return ok();
}

Result<void> read_measurement(cbor::Reader& reader, Receipt& out) {
  DAYMARK_TRY(out.place.latitude, read_degrees(reader, latitude_max));
  DAYMARK_TRY(out.place.longitude, read_degrees(reader, longitude_max));
  DAYMARK_TRY(out.least_round_trip, read_quantity<RoundTripNanos>(reader, round_trip_max));
  DAYMARK_TRY(const std::uint64_t exchanges,
              reader.read_unsigned_up_to(std::numeric_limits<std::uint32_t>::max()));
  out.exchanges = static_cast<std::uint32_t>(exchanges);
  DAYMARK_TRY(out.time, read_quantity<UnixMillis>(reader, time_max));
  DAYMARK_TRY(out.radius, read_quantity<Millis>(reader, time_max));
  DAYMARK_TRY(out.quality, read_quality(reader));
  return ok();
}

Result<void> check_expected(const Receipt& receipt, const ReceiptExpectation& expected) {
  if (receipt.place != expected.beacon->place) return fail(errc::receipt_place, field::place);
  if (receipt.chip != expected.chip) return fail(errc::receipt_chip);
  if (receipt.chip_nonce != expected.chip_nonce) {
    return fail(errc::receipt_nonce, field::chip_nonce);
  }
  if (receipt.exchanges == 0 || receipt.least_round_trip.value == 0) {
    return fail(errc::receipt_round_trip, field::round_trip);
  }
  return ok();
}

}  // namespace

Result<Receipt> parse_receipt(ByteView payload) {
  cbor::Reader reader(payload);
  Receipt out;
  DAYMARK_CHECK(reader.enter_array_of(receipt_items));
  DAYMARK_TRY(const std::uint64_t version, reader.read_unsigned());
  if (version != receipt_version) return fail(errc::receipt_malformed);
  DAYMARK_CHECK(read_identity(reader, out));
  DAYMARK_CHECK(read_measurement(reader, out));
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<ByteView> write_receipt(const Receipt& receipt, MutableBytes out) {
  if (receipt.least_round_trip.value < 0 || receipt.time.value < 0 || receipt.radius.value < 0) {
    return fail(errc::receipt_malformed);
  }
  cbor::Writer writer(out);
  writer.open_array(receipt_items);
  writer.put_unsigned(receipt_version);
  writer.put_bytes(receipt.chip.bytes);
  writer.put_bytes(receipt.chip_nonce);
  writer.put_bytes(receipt.beacon_nonce);
  writer.put_integer(receipt.place.latitude);
  writer.put_integer(receipt.place.longitude);
  writer.put_integer(receipt.least_round_trip.value);
  writer.put_unsigned(receipt.exchanges);
  writer.put_integer(receipt.time.value);
  writer.put_integer(receipt.radius.value);
  writer.put_unsigned(static_cast<std::uint64_t>(receipt.quality));
  return writer.finish();
}

Result<VerifiedReceipt> verify_receipt(ByteView message, const ReceiptExpectation& expected) {
  if (message.size() > receipt_size_max) return fail(errc::receipt_malformed);
  DAYMARK_TRY(const cbor::Sign1 signed_receipt, cbor::parse_sign1(message));
  // PROTOCOL §9.2: one key serves one place, so the pinned key is the only one that may sign.
  if (signed_receipt.key != crypto::key_id(expected.beacon->key)) {
    return fail(errc::receipt_beacon, field::beacon_key);
  }
  ByteArray<receipt_size_max + cbor::sig_structure_overhead> scratch{};
  DAYMARK_CHECK(cbor::verify_sign1(signed_receipt, receipt_purpose, expected.beacon->key, scratch));
  VerifiedReceipt out;
  DAYMARK_TRY(out.receipt_, parse_receipt(signed_receipt.payload));
  DAYMARK_CHECK(check_expected(out.receipt_, expected));
  return out;
}

}  // namespace daymark::ranging
