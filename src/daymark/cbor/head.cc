#include "daymark/cbor/errors.h"
#include "daymark/cbor/head_internal.h"

namespace daymark::cbor::internal {

namespace {

/// Layout of an IEEE 754 binary format.
struct FloatFormat {
  int mantissa_bits;
  int exponent_bits;

  [[nodiscard]] constexpr int bias() const { return (1 << (exponent_bits - 1)) - 1; }
};

constexpr FloatFormat half{10, 5};
constexpr FloatFormat single{23, 8};
constexpr FloatFormat wide{52, 11};
constexpr std::uint64_t half_nan = 0x7E00;

/// Whether the narrower format holds the same value, so that the wider one is not preferred.
/// NaN counts as narrow: only the half-precision quiet NaN is deterministic here.
bool fits(std::uint64_t bits, FloatFormat from, FloatFormat to) {
  const std::uint64_t mantissa = bits & ((1ULL << from.mantissa_bits) - 1);
  const auto exponent_mask = (1ULL << from.exponent_bits) - 1;
  const auto exponent = static_cast<int>(bits >> from.mantissa_bits & exponent_mask);
  if (exponent == static_cast<int>(exponent_mask)) return true;
  // Subnormal numbers of the wider format are smaller than any number of the narrower one.
  if (exponent == 0) return mantissa == 0;
  const int power = exponent - from.bias();
  const int least_normal = 1 - to.bias();
  if (power > to.bias()) return false;
  const int below = power < least_normal ? least_normal - power : 0;
  const int dropped = from.mantissa_bits - to.mantissa_bits + below;
  return dropped <= from.mantissa_bits && (mantissa & ((1ULL << dropped) - 1)) == 0;
}

/// RFC 8949 §4.1: the shortest float that keeps the value.
bool is_preferred_float(const ItemHead& head) {
  if (head.info == info_eight_bytes) return !fits(head.argument, wide, single);
  if (head.info == info_eight_bytes - 1) return !fits(head.argument, single, half);
  const bool nan = (head.argument & 0x7C00) == 0x7C00 && (head.argument & 0x03FF) != 0;
  return !nan || head.argument == half_nan;
}

/// RFC 8949 §4.2.1: the argument in as few bytes as possible.
bool is_shortest(const ItemHead& head) {
  if (head.info < info_one_byte) return true;
  if (head.is_float()) return is_preferred_float(head);
  if (head.info == info_one_byte) return head.argument >= info_one_byte;
  const unsigned shift = 4U << (head.info - info_one_byte);
  return head.argument >> shift != 0;
}

bool may_be_indefinite(Byte major) {
  return major >= major_bytes && major <= major_map;
}

Result<std::uint64_t> argument_at(ByteView input, std::size_t at, std::size_t width) {
  if (input.size() - at < width) return fail(errc::cbor_truncated);
  std::uint64_t value = 0;
  for (const Byte byte : input.subspan(at, width))
    value = value << 8 | byte;
  return value;
}

/// Length of a lead byte's sequence; 0 for bytes that can't lead.
std::size_t utf8_length(Byte lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

/// RFC 3629 §4: the second byte's range closes out overlong forms, surrogates and the far end.
bool is_second_byte(Byte lead, Byte second) {
  if (lead == 0xE0) return second >= 0xA0 && second <= 0xBF;
  if (lead == 0xED) return second >= 0x80 && second <= 0x9F;
  if (lead == 0xF0) return second >= 0x90 && second <= 0xBF;
  if (lead == 0xF4) return second >= 0x80 && second <= 0x8F;
  return second >= 0x80 && second <= 0xBF;
}

bool is_sequence(ByteView bytes) {
  if (bytes.size() > 1 && !is_second_byte(bytes[0], bytes[1])) return false;
  for (std::size_t i = 2; i < bytes.size(); ++i) {
    if ((bytes[i] & 0xC0) != 0x80) return false;
  }
  return true;
}

}  // namespace

Result<ItemHead> head_at(ByteView input, std::size_t at, Profile profile, FieldId field) {
  const auto offset = static_cast<std::uint32_t>(at);
  if (at >= input.size()) return fail(errc::cbor_truncated, field, offset);
  const Byte first = input[at];
  ItemHead head{static_cast<Byte>(first >> 5), static_cast<Byte>(first & 31), first & 31ULL, 1};
  if (head.indefinite()) {
    if (!may_be_indefinite(head.major)) return fail(errc::cbor_reserved, field, offset);
    if (!is_foreign(profile)) return fail(errc::cbor_indefinite, field, offset);
    return head;
  }
  if (head.info > info_eight_bytes) return fail(errc::cbor_reserved, field, offset);
  if (head.info >= info_one_byte) {
    const std::size_t width = 1UL << (head.info - info_one_byte);
    const Result<std::uint64_t> argument = argument_at(input, at + 1, width);
    if (!argument) return fail(argument.error().code, field, offset);
    head.argument = *argument;
    head.size += width;
  }
  // RFC 8949 §3.3: a simple value below 32 in two bytes is not well-formed.
  if (head.major == major_other && head.info == info_one_byte && head.argument < 32) {
    return fail(errc::cbor_reserved, field, offset);
  }
  if (!is_foreign(profile) && !is_shortest(head)) {
    return fail(errc::cbor_not_shortest, field, offset);
  }
  return head;
}

bool is_utf8(ByteView text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text.front());
    if (length == 0 || length > text.size() || !is_sequence(text.first(length))) return false;
    text = text.subspan(length);
  }
  return true;
}

}  // namespace daymark::cbor::internal
