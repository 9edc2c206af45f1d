// Strict CBOR reader (RFC 8949): no allocation, bounded depth, every byte accounted for. Core.
//
// Two profiles. `deterministic` is for all that Daymark signs: §4.2 core deterministic encoding or
// refused. `foreign` is for CoRIM, EAT and COSE of others: any key order, any length of heads and
// indefinite items, but still no duplicate keys, no trailing bytes, no reserved heads.
//
// A Reader walks one item after another. Views point into the input, which must outlive them.
// Every error carries the offset of the byte that broke the rule. Not thread-safe; copies are
// cheap.
#pragma once

#include <cstdint>
#include <string_view>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::cbor {

enum class Profile { deterministic, foreign };

enum class Type {
  unsigned_integer,
  negative_integer,
  bytes,
  text,
  array,
  map,
  tag,
  simple,
  floating
};

/// Deepest nesting that is followed.
inline constexpr unsigned depth_max = 16;

/// Checks one whole item: well-formed, within the profile, nothing behind it (RFC 8949 §4.2.1,
/// §5.6). Map keys are integers, definite strings and simple values in both profiles: of these
/// alone it is plain which are equal. Floats are of preferred form in the deterministic profile,
/// NaN is f97e00.
///
/// No recursion; stack is below 1 KiB for the deterministic profile and 10 KiB for the foreign one.
/// Time is linear where keys ascend. Where they don't, each key is compared with those of its map,
/// of which the open maps together may then hold 1024 (errc::cbor_length).
/// Input is at most 4 GiB. Errors: any errc::cbor_*, with the offset.
[[nodiscard]] Result<void> check_item(ByteView input, Profile profile);

class Reader {
 public:
  explicit Reader(ByteView input, Profile profile = Profile::deterministic)
      : input_(input), profile_(profile) {}

  /// Type of the next item. Errors: errc::cbor_truncated, errc::cbor_reserved.
  [[nodiscard]] Result<Type> peek() const;
  [[nodiscard]] bool next_is_null() const;

  /// True where no byte is left.
  [[nodiscard]] bool at_end() const { return at_ == input_.size(); }

  /// Bytes consumed so far.
  [[nodiscard]] std::uint32_t offset() const { return static_cast<std::uint32_t>(at_); }

  // Each of these consumes one item of its type. `field` names the item in the error.
  // Errors: errc::cbor_type for another type, errc::cbor_range, errc::cbor_length, and those of
  // heads.
  [[nodiscard]] Result<std::uint64_t> read_unsigned(FieldId field = no_field);
  [[nodiscard]] Result<std::uint64_t> read_unsigned_up_to(std::uint64_t most,
                                                          FieldId field = no_field);
  /// Either sign; errc::cbor_range where it does not fit into 64 bits.
  [[nodiscard]] Result<std::int64_t> read_integer(FieldId field = no_field);
  [[nodiscard]] Result<bool> read_bool(FieldId field = no_field);
  [[nodiscard]] Result<void> read_null(FieldId field = no_field);
  /// A definite byte string of `least` to `most` bytes.
  [[nodiscard]] Result<ByteView> read_bytes(std::size_t least, std::size_t most,
                                            FieldId field = no_field);
  /// A definite UTF-8 string of at most `most` bytes.
  [[nodiscard]] Result<std::string_view> read_text(std::size_t most, FieldId field = no_field);
  /// Enters an array and returns its number of items, at most `most`. Definite arrays only.
  [[nodiscard]] Result<std::size_t> enter_array(std::size_t most, FieldId field = no_field);
  /// Enters an array of exactly `count` items.
  [[nodiscard]] Result<void> enter_array_of(std::size_t count, FieldId field = no_field);
  /// Enters a map and returns its number of pairs, at most `most`. The caller reads key and value
  /// in turn; key order and duplicates have been checked by check_item or are checked by MapKeys.
  [[nodiscard]] Result<std::size_t> enter_map(std::size_t most, FieldId field = no_field);
  [[nodiscard]] Result<std::uint64_t> read_tag(FieldId field = no_field);
  /// The complete encoding of the next item, whatever it is, checked by the profile.
  [[nodiscard]] Result<ByteView> read_item(FieldId field = no_field);
  /// Errors: errc::cbor_trailing where bytes are left.
  [[nodiscard]] Result<void> expect_end() const;

  /// A fixed-size byte string as an array.
  template <std::size_t N>
  [[nodiscard]] Result<ByteArray<N>> read_array_of_bytes(FieldId field = no_field) {
    DAYMARK_TRY(const ByteView bytes, read_bytes(N, N, field));
    return array_of<N>(bytes);
  }

 private:
  struct Head {
    Byte major = 0;
    Byte info = 0;
    std::uint64_t argument = 0;
  };

  [[nodiscard]] Result<Head> read_head(FieldId field);
  [[nodiscard]] Result<Head> read_head_of(Byte major, FieldId field);

  [[nodiscard]] std::unexpected<Error> fail_here(Errc code, FieldId field) const {
    return fail(code, field, offset());
  }

  ByteView input_;
  std::size_t at_ = 0;
  Profile profile_;
};

/// Ascending keys of a deterministic map of unsigned or negative integer keys: call `next` with
/// each key in turn. Errors: errc::cbor_key_order, errc::cbor_key_duplicate.
class MapKeys {
 public:
  [[nodiscard]] Result<void> next(std::int64_t key, std::uint32_t offset);

 private:
  bool any_ = false;
  std::uint64_t last_rank_ = 0;
};

}  // namespace daymark::cbor
