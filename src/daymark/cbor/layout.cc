#include "daymark/cbor/layout.h"

#include <bit>
#include <cstring>

namespace daymark::cbor::internal {

namespace {

static_assert(std::endian::native == std::endian::little,
              "numbers are copied by their first bytes");

constexpr std::uint64_t millis_per_second = 1000;

bool in_seconds(Form form) {
  return form == Form::unix_seconds || form == Form::span_seconds;
}

std::uint64_t most_of(const Field& field) {
  switch (field.form) {
    case Form::millis: return millis_max;
    case Form::unix_seconds: return unix_seconds_max;
    case Form::span_seconds: return span_seconds_max;
    default: break;
  }
  const unsigned spare = 64U - 8U * field.size;
  return field.most != 0 ? field.most : ~std::uint64_t{0} >> spare;
}

Result<void> read_number(Reader& in, const Field& field, Byte* to) {
  DAYMARK_TRY(std::uint64_t value, in.read_unsigned_up_to(most_of(field), field.name));
  if (in_seconds(field.form)) value *= millis_per_second;
  std::memcpy(to, &value, field.size);
  return ok();
}

Result<void> read_bool(Reader& in, const Field& field, Byte* to) {
  DAYMARK_TRY(const bool value, in.read_bool(field.name));
  std::memcpy(to, &value, sizeof value);
  return ok();
}

Result<void> read_bytes(Reader& in, const Field& field, Byte* to) {
  const bool in_place = field.form == Form::bytes;
  DAYMARK_TRY(const ByteView bytes,
              in.read_bytes(field.size, in_place ? field.size : field.most, field.name));
  if (in_place) {
    std::memcpy(to, bytes.data(), bytes.size());
  } else {
    std::memcpy(to, &bytes, sizeof(ByteView));
  }
  return ok();
}

Result<std::string_view> text_in(Reader& in, const Field& field) {
  if (field.form == Form::text) return in.read_text(field.most, field.name);
  DAYMARK_TRY(const ByteView bytes, in.read_bytes(0, field.most, field.name));
  return text_of(bytes);
}

Result<void> read_text(Reader& in, const Field& field, Byte* to) {
  DAYMARK_TRY(const std::string_view text, text_in(in, field));
  std::memcpy(to, &text, sizeof(std::string_view));
  return ok();
}

Result<void> read_field(Reader& in, const Field& field, Byte* to) {
  switch (field.form) {
    case Form::items: return in.enter_array_of(field.most, field.name);
    case Form::boolean: return read_bool(in, field, to);
    case Form::bytes:
    case Form::view: return read_bytes(in, field, to);
    case Form::text:
    case Form::raw: return read_text(in, field, to);
    default: return read_number(in, field, to);
  }
}

template <class View>
View view_at(const Byte* from) {
  View view;
  std::memcpy(&view, from, sizeof view);
  return view;
}

void put_number(Writer& out, const Field& field, const Byte* from) {
  std::uint64_t value = 0;
  std::memcpy(&value, from, field.size);
  const bool time = field.form != Form::number;
  if (time && value >> 63U != 0) value = 0;  // times come from outside; no rule needs earlier ones
  out.put_unsigned(in_seconds(field.form) ? value / millis_per_second : value);
}

void put_field(Writer& out, const Field& field, const Byte* from) {
  switch (field.form) {
    case Form::items: return out.open_array(field.most);
    case Form::boolean: return out.put_bool(*from != 0);
    case Form::bytes: return out.put_bytes({from, field.size});
    case Form::view: return out.put_bytes(view_at<ByteView>(from));
    case Form::text: return out.put_text(view_at<std::string_view>(from));
    case Form::raw: return out.put_bytes(bytes_of(view_at<std::string_view>(from)));
    default: return put_number(out, field, from);
  }
}

}  // namespace

Result<void> read_fields(Reader& in, std::span<const Field> fields, Byte* out) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Field& field = fields[i];
    Byte* const to = out + field.offset;
    if (field.form != Form::option) {
      DAYMARK_CHECK(read_field(in, field, to));
      continue;
    }
    *to = in.next_is_null() ? 0 : 1;
    if (*to != 0) continue;
    DAYMARK_CHECK(in.read_null(field.name));
    i += field.size;
  }
  return ok();
}

void put_fields(Writer& out, std::span<const Field> fields, const Byte* from) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Field& field = fields[i];
    const Byte* const at = from + field.offset;
    if (field.form != Form::option) {
      put_field(out, field, at);
    } else if (*at == 0) {
      out.put_null();
      i += field.size;
    }
  }
}

}  // namespace daymark::cbor::internal
