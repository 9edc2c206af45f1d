// A second, naive CBOR implementation for tests: recursive, with strings and sets, and
// deterministic means "equal to its own canonical encoding".
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/hex.h"

namespace daymark::cbor::testing {

inline std::vector<Byte> hex(std::string_view text) {
  return from_hex(text).value();
}

/// What the naive reader says of an input.
struct NaiveVerdict {
  bool foreign = false;
  bool deterministic = false;
};

class Naive {
 public:
  static NaiveVerdict judge(const std::vector<Byte>& input) {
    Naive naive(input);
    const auto canonical = naive.item(0);
    if (!canonical || naive.at_ != input.size()) return {};
    return {true, naive.plain_ && *canonical == std::string(input.begin(), input.end())};
  }

 private:
  explicit Naive(const std::vector<Byte>& input) : in_(input) {}

  struct Head {
    unsigned major = 0;
    unsigned info = 0;
    std::uint64_t argument = 0;
  };

  static std::string big_endian(std::uint64_t value, int width) {
    std::string out;
    for (int i = width - 1; i >= 0; --i)
      out.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
    return out;
  }

  static std::string encoded(unsigned major, std::uint64_t value) {
    const auto start = [&](unsigned info) {
      return std::string(1, static_cast<char>(major * 32 + info));
    };
    if (value < 24) return start(static_cast<unsigned>(value));
    if (value < 256) return start(24) + big_endian(value, 1);
    if (value < 65536) return start(25) + big_endian(value, 2);
    if (value < 1ULL << 32) return start(26) + big_endian(value, 4);
    return start(27) + big_endian(value, 8);
  }

  static double half(unsigned bits) {
    const unsigned exponent = bits >> 10 & 31;
    const unsigned mantissa = bits & 1023;
    double value = exponent == 0 ? std::ldexp(mantissa, -24)
                                 : std::ldexp(mantissa + 1024, static_cast<int>(exponent) - 25);
    if (exponent == 31) value = mantissa == 0 ? HUGE_VAL : std::nan("");
    return bits >= 0x8000 ? -value : value;
  }

  /// By trying every half and then the single.
  static std::string shortest_float(double value) {
    if (std::isnan(value)) return "\xF9\x7E" + std::string(1, '\0');
    for (unsigned bits = 0; bits < 65536; ++bits) {
      if (std::bit_cast<std::uint64_t>(half(bits)) == std::bit_cast<std::uint64_t>(value)) {
        return "\xF9" + big_endian(bits, 2);
      }
    }
    // Out-of-range doubles become infinite here and so differ.
    const bool in_range = std::abs(value) <= static_cast<double>(std::numeric_limits<float>::max());
    const float narrow = in_range ? static_cast<float>(value) : 0.0F;
    if (static_cast<double>(narrow) == value) {
      return "\xFA" + big_endian(std::bit_cast<std::uint32_t>(narrow), 4);
    }
    return "\xFB" + big_endian(std::bit_cast<std::uint64_t>(value), 8);
  }

  std::optional<Head> head() {
    if (at_ >= in_.size()) return {};
    Head out{in_[at_] / 32U, in_[at_] % 32U, in_[at_] % 32U};
    ++at_;
    if (out.info < 24 || out.info == 31) return out;
    if (out.info > 27) return {};
    out.argument = 0;
    for (int width = 1 << (out.info - 24); width > 0; --width) {
      if (at_ >= in_.size()) return {};
      out.argument = out.argument * 256 + in_[at_++];
    }
    return out;
  }

  bool take_break() {
    if (at_ >= in_.size() || in_[at_] != 0xFF) return false;
    ++at_;
    return true;
  }

  std::optional<std::string> item(int depth) {
    const auto h = head();
    if (!h) return {};
    if (h->major == 7) return other(*h);
    if (h->info == 31 && (h->major < 2 || h->major == 6)) return {};
    if (h->major < 2) return encoded(h->major, h->argument);
    if ((h->major >= 4 || h->info == 31) && depth == 16) return {};
    if (h->major < 4) return string(*h);
    if (h->major == 4) return array(*h, depth + 1);
    if (h->major == 5) return map(*h, depth + 1);
    return tag(*h, depth + 1);
  }

  static std::optional<std::string> other(const Head& h) {
    if (h.info == 31 || (h.info == 24 && h.argument < 32)) return {};
    if (h.info == 25) return shortest_float(half(static_cast<unsigned>(h.argument)));
    if (h.info == 26) {
      const auto bits = static_cast<std::uint32_t>(h.argument);
      return shortest_float(static_cast<double>(std::bit_cast<float>(bits)));
    }
    if (h.info == 27) return shortest_float(std::bit_cast<double>(h.argument));
    return encoded(7, h.argument);
  }

  std::optional<std::string> run(const Head& h) {
    if (h.argument > in_.size() - at_) return {};
    std::string out(in_.begin() + static_cast<std::ptrdiff_t>(at_),
                    in_.begin() + static_cast<std::ptrdiff_t>(at_ + h.argument));
    at_ += h.argument;
    if (h.major == 3 && !is_text(out)) return {};
    return out;
  }

  std::optional<std::string> string(const Head& h) {
    std::string content;
    if (h.info != 31) {
      const auto whole = run(h);
      if (!whole) return {};
      content = *whole;
    } else {
      plain_ = false;
      while (!take_break()) {
        const auto chunk = head();
        if (!chunk || chunk->major != h.major || chunk->info == 31) return {};
        const auto part = run(*chunk);
        if (!part) return {};
        content += *part;
      }
    }
    return encoded(h.major, content.size()) + content;
  }

  std::optional<std::string> array(const Head& h, int depth) {
    std::string content;
    std::uint64_t count = 0;
    for (; h.info == 31 ? !take_break() : count < h.argument; ++count) {
      const auto entry = item(depth);
      if (!entry) return {};
      content += *entry;
    }
    if (h.info == 31) plain_ = false;
    return encoded(4, count) + content;
  }

  /// Integers, definite strings and simple values.
  [[nodiscard]] bool key_follows() const {
    if (at_ >= in_.size()) return false;
    const unsigned major = in_[at_] / 32;
    const unsigned info = in_[at_] % 32;
    return info != 31 && (major < 4 || (major == 7 && (info < 25 || info > 27)));
  }

  std::optional<std::string> map(const Head& h, int depth) {
    std::map<std::string, std::string> entries;
    for (std::uint64_t i = 0; h.info == 31 ? !take_break() : i < h.argument; ++i) {
      if (!key_follows()) return {};
      const auto key = item(depth);
      if (!key) return {};
      const auto value = item(depth);
      if (!value || !entries.emplace(*key, *value).second) return {};
    }
    if (h.info == 31) plain_ = false;
    std::string out = encoded(5, entries.size());
    for (const auto& [key, value] : entries)
      out += key + value;
    return out;
  }

  std::optional<std::string> tag(const Head& h, int depth) {
    const auto content = item(depth);
    if (!content) return {};
    if (h.argument == 2 || h.argument == 3) {
      plain_ = plain_ && is_bignum(*content);
    }
    return encoded(6, h.argument) + *content;
  }

  /// Whether `content` is the encoding of a byte string of nine bytes or more whose first isn't
  /// zero.
  static bool is_bignum(const std::string& content) {
    const auto lead = static_cast<Byte>(content.front());
    if (lead / 32 != 2) return false;
    const std::size_t first = lead < 0x58 ? 1 : 1 + (std::size_t{1} << (lead - 0x58));
    return content.size() > first + 8 && content[first] != 0;
  }

  /// By decoding to code points and encoding again.
  static bool is_text(const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
      const auto lead = static_cast<Byte>(text[at]);
      const int ones = std::countl_one(lead);
      const std::size_t length = ones == 0 ? 1 : static_cast<std::size_t>(ones);
      if (ones == 1 || ones > 4 || at + length > text.size()) return false;
      std::uint32_t point = ones == 0 ? lead : lead & (0x7FU >> length);
      for (std::size_t i = 1; i < length; ++i) {
        if ((static_cast<Byte>(text[at + i]) & 0xC0U) != 0x80) return false;
        point = point << 6 | (static_cast<Byte>(text[at + i]) & 0x3FU);
      }
      constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
      if (point < least[length] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) {
        return false;
      }
      at += length;
    }
    return true;
  }

  const std::vector<Byte>& in_;
  std::size_t at_ = 0;
  bool plain_ = true;
};

}  // namespace daymark::cbor::testing
