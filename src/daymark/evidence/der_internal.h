// A strict reader of DER (X.690 §10): definite lengths in their shortest form, low tag numbers.
#pragma once

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::evidence::der {

inline constexpr Byte integer = 0x02;
inline constexpr Byte octet_string = 0x04;
inline constexpr Byte object_identifier = 0x06;
inline constexpr Byte utf8_string = 0x0C;
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

/// Takes one element after another from the front. Errors: errc::chain_certificate, with the offset
/// in this reader's input.
class Reader {
 public:
  explicit Reader(ByteView input) : all_(input), rest_(input) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  [[nodiscard]] Result<Element> next();
  [[nodiscard]] Result<Element> next(Byte tag);
  [[nodiscard]] Result<void> expect_end() const;

 private:
  [[nodiscard]] Result<std::size_t> take_length();
  [[nodiscard]] Result<Byte> take_byte();
  [[nodiscard]] std::unexpected<Error> fail_here() const;

  ByteView all_;
  ByteView rest_;
};

}  // namespace daymark::evidence::der
