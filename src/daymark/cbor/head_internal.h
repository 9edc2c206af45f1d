// Heads of CBOR items (RFC 8949 §3), shared by the reader and the checker. Core.
#pragma once

#include <cstdint>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/cbor/reader.h"

namespace daymark::cbor::internal {

/// Major types as the three high bits of the first byte carry them.
enum Major : Byte {
  major_unsigned = 0,
  major_negative = 1,
  major_bytes = 2,
  major_text = 3,
  major_array = 4,
  major_map = 5,
  major_tag = 6,
  major_other = 7
};

/// Whether `profile` lets pass what deterministic encoding forbids. A chip reads nothing but what
/// Daymark signs: its image is built with DAYMARK_DETERMINISTIC_CBOR (script/firmware), and holds
/// no code for anything else.
[[nodiscard]] constexpr bool is_foreign([[maybe_unused]] Profile profile) {
#ifdef DAYMARK_DETERMINISTIC_CBOR
  return false;
#else
  return profile == Profile::foreign;
#endif
}

inline constexpr Byte info_one_byte = 24;
inline constexpr Byte info_two_bytes = 25;
inline constexpr Byte info_eight_bytes = 27;
inline constexpr Byte info_indefinite = 31;
inline constexpr Byte break_byte = 0xFF;

struct ItemHead {
  Byte major = 0;
  Byte info = 0;
  std::uint64_t argument = 0;
  /// Bytes of the head itself.
  std::size_t size = 0;

  [[nodiscard]] bool indefinite() const { return info == info_indefinite; }

  [[nodiscard]] bool is_float() const {
    return major == major_other && info >= info_two_bytes && info <= info_eight_bytes;
  }

  [[nodiscard]] bool is_string() const { return major == major_bytes || major == major_text; }

  [[nodiscard]] bool is_container() const { return major >= major_array && major <= major_tag; }
};

/// The head at `at`, which fits the profile. A break is refused here: whoever allows one looks
/// before. Errors: errc::cbor_truncated, _reserved, _not_shortest, _indefinite, at offset `at`.
[[nodiscard]] Result<ItemHead> head_at(ByteView input, std::size_t at, Profile profile,
                                       FieldId field = no_field);

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(ByteView text);

/// Bytes of the first item of `input`, checked by the profile; the rest is not looked at.
/// Errors: any errc::cbor_* but cbor_trailing, offsets relative to `input`.
[[nodiscard]] Result<std::size_t> first_item_size(ByteView input, Profile profile);

}  // namespace daymark::cbor::internal
