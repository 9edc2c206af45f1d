// Structures as lists of fields: said once, read and written by one walk over the list. Core.
//
//   constexpr auto head = layout<StreamHead>(items(2), DAYMARK_MEMBER(StreamHead, seq),
//                                            DAYMARK_MEMBER(StreamHead, hash));
//   DAYMARK_CHECK(read_layout(in, head, out));
//   put_layout(writer, head, out);
//
// A field takes 8 bytes; the statements that read and write one take three to five times as many.
// What one field can't say alone (which values go together, lists, versions) stays with the caller.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>
#include <type_traits>

#include "daymark/base/bytes.h"
#include "daymark/base/ids.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/cbor/reader.h"
#include "daymark/cbor/writer.h"
#include "daymark/crypto/ports.h"

namespace daymark::cbor {

/// 9999-12-31T23:59:59Z: the last time that RFC 3339 can print.
inline constexpr std::uint64_t unix_seconds_max = 253'402'300'799;
/// 100 years of 365.25 days; sums of spans and times stay far from overflow.
inline constexpr std::uint64_t span_seconds_max = 3'155'760'000;
/// Of times and spans that travel as milliseconds: so far from overflow, too.
inline constexpr std::uint64_t millis_max = (std::uint64_t{1} << 62U) - 1;

/// How a member travels, and what it is in memory.
enum class Form : std::uint8_t {
  items,         ///< no member: an array of exactly `most` items begins
  number,        ///< unsigned of `size` bytes, at most `most`; any where `most` is 0
  millis,        ///< UnixMillis or Millis; negative ones are written as 0
  unix_seconds,  ///< UnixMillis, whole seconds on the wire
  span_seconds,  ///< Millis, whole seconds on the wire
  boolean,
  bytes,   ///< exactly `size` bytes, in place
  view,    ///< ByteView of `size` to `most` bytes
  text,    ///< std::string_view of at most `most` bytes
  raw,     ///< the same, a byte string on the wire
  option,  ///< bool: false stands for null, true for the next `size` fields
};

/// One field of a structure.
struct Field {
  std::uint16_t offset = 0;  ///< of the member
  FieldId name = no_field;   ///< in errors
  std::uint16_t most = 0;
  Form form = Form::items;
  std::uint8_t size = 0;
};

static_assert(sizeof(Field) == 8);

namespace internal {

template <class Member>
constexpr Form form_of() {
  if constexpr (std::is_same_v<Member, UnixMillis> || std::is_same_v<Member, Millis>) {
    return Form::millis;
  } else if constexpr (std::is_same_v<Member, bool>) {
    return Form::boolean;
  } else if constexpr (std::is_same_v<Member, ByteView>) {
    return Form::view;
  } else if constexpr (std::is_same_v<Member, std::string_view>) {
    return Form::text;
  } else if constexpr (std::is_unsigned_v<Member> || std::is_enum_v<Member>) {
    return Form::number;
  } else {
    return Form::bytes;
  }
}

/// Errors: as Reader's.
[[nodiscard]] Result<void> read_fields(Reader& in, std::span<const Field> fields, Byte* out);
void put_fields(Writer& out, std::span<const Field> fields, const Byte* from);

}  // namespace internal

/// An array of `count` items.
[[nodiscard]] constexpr Field items(std::uint16_t count, FieldId name = no_field) {
  return {0, name, count, Form::items, 0};
}

/// A member of type `Member`. `most` bounds numbers (0: none but the type), views and texts.
template <class Member>
[[nodiscard]] consteval Field field_at(std::size_t offset, FieldId name = no_field,
                                       std::size_t most = 0) {
  if (offset > 0xFFFF || most > 0xFFFF) std::abort();  // no constant, so that nothing compiles
  constexpr Form form = internal::form_of<Member>();
  static_assert(form != Form::bytes || alignof(Member) == 1, "no bytes in place");
  static_assert(std::is_trivially_copyable_v<Member>);
  const bool view = form == Form::view || form == Form::text;
  return {static_cast<std::uint16_t>(offset), name, static_cast<std::uint16_t>(most), form,
          static_cast<std::uint8_t>(view ? 0 : sizeof(Member))};
}

/// The same field in another form.
[[nodiscard]] constexpr Field as(Form form, Field field) {
  field.form = form;
  return field;
}

/// A view of at least `least` bytes.
[[nodiscard]] constexpr Field at_least(std::uint8_t least, Field field) {
  field.size = least;
  return field;
}

/// A bool that says whether the next `count` fields are there; null stands for them where not.
[[nodiscard]] constexpr Field option(std::uint8_t count, Field flag) {
  return {flag.offset, flag.name, 0, Form::option, count};
}

/// The fields of a `Structure`, in the order in which they travel.
template <class Structure, std::size_t Count>
struct Layout {
  std::array<Field, Count> fields;
};

template <class Structure, class... Fields>
[[nodiscard]] constexpr Layout<Structure, sizeof...(Fields)> layout(Fields... fields) {
  static_assert(std::is_standard_layout_v<Structure>);
  return {{fields...}};
}

/// Reads all fields into `out`. On an error, the Reader's own, `out` is unspecified.
template <class Structure, std::size_t Count>
[[nodiscard]] Result<void> read_layout(Reader& in, const Layout<Structure, Count>& layout,
                                       Structure& out) {
  return internal::read_fields(in, layout.fields, reinterpret_cast<Byte*>(&out));
}

/// Writes all fields of `from`.
template <class Structure, std::size_t Count>
void put_layout(Writer& out, const Layout<Structure, Count>& layout, const Structure& from) {
  internal::put_fields(out, layout.fields, reinterpret_cast<const Byte*>(&from));
}

}  // namespace daymark::cbor

/// The member `member` of `Structure` as a Field; then, optionally, its name in errors and bound.
#define DAYMARK_MEMBER(Structure, member, ...)                                       \
  ::daymark::cbor::field_at<decltype(Structure::member)>(offsetof(Structure, member) \
                                                             __VA_OPT__(, ) __VA_ARGS__)
