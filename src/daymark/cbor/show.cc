#include <bit>
#include <cmath>

#include <fmt/format.h>

#include "daymark/base/hex.h"
#include "daymark/cbor/head_internal.h"
#include "daymark/cbor/show_internal.h"

namespace daymark::cbor::internal {

namespace {

using nlohmann::json;

constexpr std::uint64_t tag_bignum = 2;
constexpr std::uint64_t tag_negative_bignum = 3;
constexpr Byte simple_false = 20;
constexpr Byte simple_true = 21;
constexpr Byte simple_null = 22;
constexpr Byte simple_undefined = 23;

/// RFC 8949 appendix D.
double half_value(std::uint64_t bits) {
  const auto exponent = static_cast<int>(bits >> 10 & 0x1F);
  const auto mantissa = static_cast<int>(bits & 0x3FF);
  double value = 0;
  if (exponent == 0) {
    value = std::ldexp(mantissa, -24);
  } else if (exponent != 31) {
    value = std::ldexp(mantissa + 1024, exponent - 25);
  } else {
    value = mantissa == 0 ? std::numeric_limits<double>::infinity()
                          : std::numeric_limits<double>::quiet_NaN();
  }
  return (bits & 0x8000) != 0 ? -value : value;
}

double float_value(const ItemHead& head) {
  if (head.info == info_eight_bytes) return std::bit_cast<double>(head.argument);
  if (head.info == info_two_bytes) return half_value(head.argument);
  return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(head.argument)));
}

std::string float_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  const std::string text = fmt::format("{}", value);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

std::string simple_text(const ItemHead& head) {
  switch (head.argument) {
    case simple_false: return "false";
    case simple_true: return "true";
    case simple_null: return "null";
    case simple_undefined: return "undefined";
    default: return fmt::format("simple({})", head.argument);
  }
}

json negative_value(std::uint64_t argument) {
  if (argument > std::numeric_limits<std::int64_t>::max()) {
    return -1.0 - static_cast<double>(argument);
  }
  return -1 - static_cast<std::int64_t>(argument);
}

double big_value(ByteView digits) {
  double value = 0;
  for (const Byte digit : digits)
    value = value * 256 + digit;
  return value;
}

/// Walks an item that check_item accepted, so its recursion is at most depth_max deep and no head
/// in it fails.
class Walk {
 public:
  explicit Walk(ByteView item) : item_(item) {}

  json value() {
    const ItemHead head = take_head();
    switch (head.major) {
      case major_unsigned: return head.argument;
      case major_negative: return negative_value(head.argument);
      case major_bytes: return fmt::format("h'{}'", to_hex(take_string(head)));
      case major_text: return std::string(text_of(take_string(head)));
      case major_array: return array_value(head);
      case major_map: return map_value(head);
      case major_tag: return tag_value(head);
      default: return other_value(head);
    }
  }

  std::string text() {
    const ItemHead head = take_head();
    switch (head.major) {
      case major_unsigned: return fmt::format("{}", head.argument);
      case major_negative: return integer_text(head.argument);
      case major_bytes:
      case major_text: return string_text(head);
      case major_array: return bracketed(head, "[", "]", [this] { return text(); });
      case major_map:
        return bracketed(head, "{", "}", [this] {
          const std::string key = text();
          return key + ": " + text();
        });
      case major_tag: return fmt::format("{}({})", head.argument, text());
      default: return head.is_float() ? float_text(float_value(head)) : simple_text(head);
    }
  }

 private:
  ItemHead take_head() {
    const ItemHead head = head_at(item_, at_, Profile::foreign).value_or(ItemHead{});
    at_ += head.size;
    return head;
  }

  /// Whether entry number `done` exists; takes the break behind the last one.
  bool has_next(const ItemHead& head, std::uint64_t done) {
    if (!head.indefinite()) return done < head.argument;
    if (item_[at_] != break_byte) return true;
    ++at_;
    return false;
  }

  ByteView take_bytes(std::uint64_t size) {
    const ByteView bytes = item_.subspan(at_, static_cast<std::size_t>(size));
    at_ += bytes.size();
    return bytes;
  }

  /// The content of a string, its chunks put together.
  std::vector<Byte> take_string(const ItemHead& head) {
    if (!head.indefinite()) {
      const ByteView bytes = take_bytes(head.argument);
      return {bytes.begin(), bytes.end()};
    }
    std::vector<Byte> out;
    for (std::uint64_t i = 0; has_next(head, i); ++i) {
      const ByteView chunk = take_bytes(take_head().argument);
      out.insert(out.end(), chunk.begin(), chunk.end());
    }
    return out;
  }

  json array_value(const ItemHead& head) {
    json out = json::array();
    for (std::uint64_t i = 0; has_next(head, i); ++i)
      out.push_back(value());
    return out;
  }

  json map_value(const ItemHead& head) {
    json out = json::object();
    for (std::uint64_t i = 0; has_next(head, i); ++i) {
      const json key = value();
      out[key.is_string() ? key.get<std::string>() : key.dump()] = value();
    }
    return out;
  }

  json tag_value(const ItemHead& head) {
    const bool bignum = head.argument == tag_bignum || head.argument == tag_negative_bignum;
    if (!bignum || item_[at_] >> 5 != major_bytes) return value();
    const double magnitude = big_value(take_string(take_head()));
    return head.argument == tag_bignum ? magnitude : -1 - magnitude;
  }

  static json other_value(const ItemHead& head) {
    if (head.is_float()) return float_value(head);
    if (head.info == simple_null) return nullptr;
    if (head.info == simple_false || head.info == simple_true) return head.info == simple_true;
    return simple_text(head);
  }

  static std::string integer_text(std::uint64_t argument) {
    // -1 - (2^64 - 1) has no type of its own here.
    if (argument == std::numeric_limits<std::uint64_t>::max()) return "-18446744073709551616";
    return fmt::format("-{}", argument + 1);
  }

  std::string string_text(const ItemHead& head) {
    if (head.indefinite()) return bracketed(head, "(", ")", [this] { return text(); });
    const ByteView bytes = take_bytes(head.argument);
    if (head.major == major_bytes) return fmt::format("h'{}'", to_hex(bytes));
    return json(std::string(text_of(bytes))).dump();
  }

  template <class Entry>
  std::string bracketed(const ItemHead& head, const char* open, const char* close,
                        const Entry& entry) {
    std::string out = open;
    if (head.indefinite()) out += "_ ";
    for (std::uint64_t i = 0; has_next(head, i); ++i)
      out += (i > 0 ? ", " : "") + entry();
    return out + close;
  }

  ByteView item_;
  std::size_t at_ = 0;
};

}  // namespace

Result<json> to_json(ByteView item) {
  DAYMARK_CHECK(check_item(item, Profile::foreign));
  return Walk(item).value();
}

Result<std::string> to_diagnostic(ByteView item) {
  DAYMARK_CHECK(check_item(item, Profile::foreign));
  return Walk(item).text();
}

}  // namespace daymark::cbor::internal
