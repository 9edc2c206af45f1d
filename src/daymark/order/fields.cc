#include <limits>

#include "daymark/cbor/errors.h"
#include "daymark/order/errors.h"
#include "daymark/order/fields_internal.h"

namespace daymark::order::internal {

namespace {

constexpr std::int64_t latitude_e7_max = 900'000'000;
constexpr std::int64_t longitude_e7_max = 1'800'000'000;
constexpr std::size_t name_size_max = 32;
constexpr std::int64_t millis_per_second = 1000;

Result<std::int32_t> read_degrees(cbor::Reader& in, std::int64_t most, FieldId field) {
  const std::uint32_t start = in.offset();
  DAYMARK_TRY(const std::int64_t value, in.read_integer(field));
  if (value < -most || value > most) return fail(errc::cbor_range, field, start);
  return static_cast<std::int32_t>(value);
}

void put_seconds(cbor::Writer& out, std::int64_t millis) {
  out.put_unsigned(millis > 0 ? static_cast<std::uint64_t>(millis / millis_per_second) : 0);
}

}  // namespace

Result<UnixMillis> read_time(cbor::Reader& in, FieldId field) {
  DAYMARK_TRY(const std::uint64_t value, in.read_unsigned_up_to(unix_seconds_max, field));
  return UnixMillis{static_cast<std::int64_t>(value) * millis_per_second};
}

Result<Millis> read_span(cbor::Reader& in, FieldId field) {
  DAYMARK_TRY(const std::uint64_t value, in.read_unsigned_up_to(span_seconds_max, field));
  return seconds(static_cast<std::int64_t>(value));
}

Result<Digest> read_digest(cbor::Reader& in, FieldId field) {
  return in.read_array_of_bytes<sizeof(Digest)>(field);
}

Result<void> read_key_into(cbor::Reader& in, FieldId field, crypto::PublicKey& out) {
  DAYMARK_TRY(const ByteView bytes, in.read_bytes(sizeof out, sizeof out, field));
  copy_bytes(bytes, out.bytes);
  return ok();
}

Result<crypto::PublicKey> read_key(cbor::Reader& in, FieldId field) {
  DAYMARK_TRY(const auto bytes, in.read_array_of_bytes<32>(field));
  return crypto::PublicKey{bytes};
}

Result<PlaceE7> read_place(cbor::Reader& in, FieldId field) {
  PlaceE7 out;
  DAYMARK_TRY(out.latitude, read_degrees(in, latitude_e7_max, field));
  DAYMARK_TRY(out.longitude, read_degrees(in, longitude_e7_max, field));
  return out;
}

Result<std::uint32_t> read_unsigned_32(cbor::Reader& in, FieldId field) {
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  DAYMARK_TRY(const std::uint64_t value, in.read_unsigned_up_to(most, field));
  return static_cast<std::uint32_t>(value);
}

Result<StreamHead> read_head(cbor::Reader& in) {
  StreamHead out;
  DAYMARK_TRY(out.seq, in.read_unsigned(field::sequence));
  DAYMARK_TRY(out.hash, read_digest(in, field::predecessor));
  return out;
}

Result<void> read_version(cbor::Reader& in, Errc otherwise) {
  const std::uint32_t start = in.offset();
  DAYMARK_TRY(const std::uint64_t version, in.read_unsigned(field::version));
  return version == 1 ? ok() : fail(otherwise, field::version, start);
}

void put_time(cbor::Writer& out, UnixMillis time) {
  put_seconds(out, time.value);
}

void put_span(cbor::Writer& out, Millis span) {
  put_seconds(out, span.value);
}

void put_place(cbor::Writer& out, PlaceE7 place) {
  out.put_integer(place.latitude);
  out.put_integer(place.longitude);
}

void put_head(cbor::Writer& out, const StreamHead& head) {
  out.put_unsigned(head.seq);
  out.put_bytes(head.hash);
}

bool is_party_name(std::string_view name) {
  if (name.empty() || name.size() > name_size_max) return false;
  for (const char c : name) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!word && c != '.' && c != '-') return false;
  }
  return true;
}

bool is_plain_text(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    const auto code = static_cast<Byte>(c);
    if (code < 0x20 || code == 0x7F) return false;
  }
  return true;
}

}  // namespace daymark::order::internal
