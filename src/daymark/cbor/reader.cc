#include "daymark/cbor/reader.h"

#include <limits>

#include "daymark/cbor/errors.h"
#include "daymark/cbor/head_internal.h"

namespace daymark::cbor {

namespace {

constexpr Byte simple_false = 20;
constexpr Byte simple_true = 21;
constexpr Byte null_byte = 0xF6;

Type type_of(const internal::ItemHead& head) {
  if (head.is_float()) return Type::floating;
  switch (head.major) {
    case internal::major_unsigned: return Type::unsigned_integer;
    case internal::major_negative: return Type::negative_integer;
    case internal::major_bytes: return Type::bytes;
    case internal::major_text: return Type::text;
    case internal::major_array: return Type::array;
    case internal::major_map: return Type::map;
    case internal::major_tag: return Type::tag;
    default: return Type::simple;
  }
}

}  // namespace

Result<Type> Reader::peek() const {
  DAYMARK_TRY(const auto head, internal::head_at(input_, at_, Profile::foreign));
  return type_of(head);
}

bool Reader::next_is_null() const {
  return at_ < input_.size() && input_[at_] == null_byte;
}

Result<Reader::Head> Reader::read_head(FieldId field) {
  DAYMARK_TRY(const auto head, internal::head_at(input_, at_, profile_, field));
  if (internal::is_foreign(profile_) && head.indefinite())
    return fail_here(errc::cbor_indefinite, field);
  at_ += head.size;
  return Head{head.major, head.info, head.argument};
}

Result<Reader::Head> Reader::read_head_of(Byte major, FieldId field) {
  if (at_ < input_.size() && input_[at_] >> 5 != major) return fail_here(errc::cbor_type, field);
  return read_head(field);
}

Result<std::uint64_t> Reader::read_unsigned(FieldId field) {
  DAYMARK_TRY(const Head head, read_head_of(internal::major_unsigned, field));
  return head.argument;
}

Result<std::uint64_t> Reader::read_unsigned_up_to(std::uint64_t most, FieldId field) {
  const std::uint32_t start = offset();
  DAYMARK_TRY(const std::uint64_t value, read_unsigned(field));
  if (value > most) return fail(errc::cbor_range, field, start);
  return value;
}

Result<std::int64_t> Reader::read_integer(FieldId field) {
  const std::uint32_t start = offset();
  const bool negative = at_ < input_.size() && input_[at_] >> 5 == internal::major_negative;
  const Byte major = negative ? internal::major_negative : internal::major_unsigned;
  DAYMARK_TRY(const Head head, read_head_of(major, field));
  if (head.argument > std::numeric_limits<std::int64_t>::max()) {
    return fail(errc::cbor_range, field, start);
  }
  const auto value = static_cast<std::int64_t>(head.argument);
  return negative ? -1 - value : value;
}

Result<bool> Reader::read_bool(FieldId field) {
  const std::uint32_t start = offset();
  DAYMARK_TRY(const Head head, read_head_of(internal::major_other, field));
  if (head.info != simple_false && head.info != simple_true) {
    return fail(errc::cbor_type, field, start);
  }
  return head.info == simple_true;
}

Result<void> Reader::read_null(FieldId field) {
  if (at_end()) return fail_here(errc::cbor_truncated, field);
  if (!next_is_null()) return fail_here(errc::cbor_type, field);
  ++at_;
  return ok();
}

Result<ByteView> Reader::read_bytes(std::size_t least, std::size_t most, FieldId field) {
  const std::uint32_t start = offset();
  DAYMARK_TRY(const Head head, read_head_of(internal::major_bytes, field));
  if (head.argument < least || head.argument > most) return fail(errc::cbor_length, field, start);
  if (head.argument > input_.size() - at_) return fail(errc::cbor_truncated, field, start);
  const ByteView bytes = input_.subspan(at_, static_cast<std::size_t>(head.argument));
  at_ += bytes.size();
  return bytes;
}

Result<std::string_view> Reader::read_text(std::size_t most, FieldId field) {
  const std::uint32_t start = offset();
  DAYMARK_TRY(const Head head, read_head_of(internal::major_text, field));
  if (head.argument > most) return fail(errc::cbor_length, field, start);
  if (head.argument > input_.size() - at_) return fail(errc::cbor_truncated, field, start);
  const ByteView bytes = input_.subspan(at_, static_cast<std::size_t>(head.argument));
  if (!internal::is_utf8(bytes)) return fail(errc::cbor_text, field, start);
  at_ += bytes.size();
  return text_of(bytes);
}

Result<std::size_t> Reader::enter_array(std::size_t most, FieldId field) {
  const std::uint32_t start = offset();
  DAYMARK_TRY(const Head head, read_head_of(internal::major_array, field));
  if (head.argument > most) return fail(errc::cbor_length, field, start);
  return static_cast<std::size_t>(head.argument);
}

Result<void> Reader::enter_array_of(std::size_t count, FieldId field) {
  const std::uint32_t start = offset();
  DAYMARK_TRY(const std::size_t items, enter_array(count, field));
  return items == count ? ok() : fail(errc::cbor_length, field, start);
}

Result<std::size_t> Reader::enter_map(std::size_t most, FieldId field) {
  const std::uint32_t start = offset();
  DAYMARK_TRY(const Head head, read_head_of(internal::major_map, field));
  if (head.argument > most) return fail(errc::cbor_length, field, start);
  return static_cast<std::size_t>(head.argument);
}

Result<std::uint64_t> Reader::read_tag(FieldId field) {
  DAYMARK_TRY(const Head head, read_head_of(internal::major_tag, field));
  return head.argument;
}

Result<ByteView> Reader::read_item(FieldId field) {
  const auto size = internal::first_item_size(input_.subspan(at_), profile_);
  if (!size) return fail(size.error().code, field, offset() + size.error().offset);
  const ByteView item = input_.subspan(at_, *size);
  at_ += item.size();
  return item;
}

Result<void> Reader::expect_end() const {
  return at_end() ? ok() : fail_here(errc::cbor_trailing, no_field);
}

Result<void> MapKeys::next(std::int64_t key, std::uint32_t offset) {
  // Encodings of negative integers start with a larger byte than those of unsigned ones.
  constexpr std::uint64_t negative = 1ULL << 63;
  const std::uint64_t rank =
      key >= 0 ? static_cast<std::uint64_t>(key) : negative | static_cast<std::uint64_t>(-1 - key);
  if (any_ && rank == last_rank_) return fail(errc::cbor_key_duplicate, no_field, offset);
  if (any_ && rank < last_rank_) return fail(errc::cbor_key_order, no_field, offset);
  any_ = true;
  last_rank_ = rank;
  return ok();
}

}  // namespace daymark::cbor
