// Responses, both sides.
#include "daymark/governor/fields_internal.h"
#include "daymark/governor/message.h"

namespace daymark::governor {

namespace {

/// [1, code, field, offset]
Result<Error> read_refusal(cbor::Reader& reader, std::uint64_t code) {
  DAYMARK_TRY(const auto where, internal::read_number<std::uint16_t>(reader, 0xFFFF));
  DAYMARK_TRY(const auto offset, internal::read_number<std::uint32_t>(reader, 0xFFFFFFFF));
  DAYMARK_CHECK(reader.expect_end());
  return Error{Errc{static_cast<std::uint16_t>(code)}, FieldId{where}, offset};
}

constexpr auto identity_layout = cbor::layout<Identity>(
    cbor::items(6), DAYMARK_MEMBER(Identity, chip), DAYMARK_MEMBER(Identity, maker),
    DAYMARK_MEMBER(Identity, boot), DAYMARK_MEMBER(Identity, firmware),
    DAYMARK_MEMBER(Identity, level, no_field, level_max),
    DAYMARK_MEMBER(Identity, peak.per_second.value));

}  // namespace

Result<ByteView> write_refusal(Error error, MutableBytes out) {
  cbor::Writer writer(out);
  writer.open_array(4);
  writer.put_unsigned(message_version);
  internal::put_enum(error.code, writer);
  internal::put_enum(error.field, writer);
  writer.put_unsigned(error.offset);
  return writer.finish();
}

Result<void> read_response(cbor::Reader& reader) {
  DAYMARK_TRY(const std::size_t items, reader.enter_array(4));
  DAYMARK_TRY(const std::uint64_t version, reader.read_unsigned());
  DAYMARK_TRY(const std::uint64_t code, reader.read_unsigned_up_to(0xFFFF));
  if (version != message_version || items != (code == 0 ? 3U : 4U)) return fail(errc::gov_response);
  if (code == 0) return ok();
  DAYMARK_TRY(const Error refused, read_refusal(reader, code));
  return fail(refused);
}

void write_term(UnixMillis term, cbor::Writer& writer) {
  writer.open_array(1);
  internal::put_time(term, writer);
}

Result<UnixMillis> read_term(cbor::Reader& reader) {
  DAYMARK_CHECK(reader.enter_array_of(1));
  return internal::read_time(reader);
}

void write_identity(const Identity& identity, cbor::Writer& writer) {
  cbor::put_layout(writer, identity_layout, identity);
}

Result<Identity> read_identity(cbor::Reader& reader) {
  Identity out;
  DAYMARK_CHECK(cbor::read_layout(reader, identity_layout, out));
  return out;
}

void write_leaf_answer(const LeafAnswer& answer, cbor::Writer& writer) {
  writer.open_array(3);
  internal::put_enum(answer.outcome, writer);
  writer.put_unsigned(answer.licence);
  writer.put_text(answer.reason);
}

Result<LeafAnswer> read_leaf_answer(cbor::Reader& reader) {
  LeafAnswer out;
  DAYMARK_CHECK(reader.enter_array_of(3));
  DAYMARK_TRY(out.outcome, internal::read_number<LeafOutcome>(
                               reader, static_cast<std::uint64_t>(LeafOutcome::denied)));
  DAYMARK_TRY(out.licence, reader.read_unsigned(field::licence));
  DAYMARK_TRY(out.reason, reader.read_text(order::reason_size_max, field::reason));
  return out;
}

void write_usage_answer(const UsageAnswer& answer, cbor::Writer& writer) {
  writer.open_array(2);
  writer.put_bytes(answer.record);
  internal::put_ledger(answer.head, writer);
}

Result<UsageAnswer> read_usage_answer(cbor::Reader& reader) {
  UsageAnswer out;
  DAYMARK_CHECK(reader.enter_array_of(2));
  DAYMARK_TRY(out.record, reader.read_bytes(1, ledger::record_size_max, field::usage));
  DAYMARK_TRY(out.head, internal::read_ledger(reader));
  return out;
}

}  // namespace daymark::governor
