// A strict reader of DER (X.690 §10): definite lengths in their shortest form, low tag numbers.
#pragma once

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::evidence::der {

inline constexpr Byte boolean = 0x01;
inline constexpr Byte integer = 0x02;
inline constexpr Byte bit_string = 0x03;
inline constexpr Byte octet_string = 0x04;
inline constexpr Byte null = 0x05;
inline constexpr Byte object_identifier = 0x06;
inline constexpr Byte enumerated = 0x0A;
inline constexpr Byte utf8_string = 0x0C;
inline constexpr Byte generalized_time = 0x18;
inline constexpr Byte sequence = 0x30;

/// Constructed context tag [number].
[[nodiscard]] constexpr Byte context(unsigned number) {
  return static_cast<Byte>(0xA0U | number);
}

struct Element {
  Byte tag = 0;
  ByteView content;
  /// Tag, length and content.
  ByteView whole;
};

/// Primitive context tag [number].
[[nodiscard]] constexpr Byte primitive_context(unsigned number) {
  return static_cast<Byte>(0x80U | number);
}

/// Takes one element after another from the front. Errors: the one given, errc::chain_certificate
/// by itself, with the offset in the first reader's input.
class Reader {
 public:
  explicit Reader(ByteView input);

  /// `breach` is what every breach of the rules is called; its offset is where `input` begins.
  Reader(ByteView input, Error breach) : all_(input), rest_(input), breach_(breach) {}

  /// A reader of an element that was taken from this one, with the same breach.
  [[nodiscard]] Reader inside(const Element& element) const;

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  /// Whether the next element has this tag.
  [[nodiscard]] bool sees(Byte tag) const { return !rest_.empty() && rest_.front() == tag; }

  /// The breach, at the next element.
  [[nodiscard]] std::unexpected<Error> fail_here() const;

  [[nodiscard]] Result<Element> next();
  [[nodiscard]] Result<Element> next(Byte tag);
  [[nodiscard]] Result<void> expect_end() const;

 private:
  [[nodiscard]] Result<std::size_t> take_length();
  [[nodiscard]] Result<Byte> take_byte();

  ByteView all_;
  ByteView rest_;
  Error breach_;
};

}  // namespace daymark::evidence::der
