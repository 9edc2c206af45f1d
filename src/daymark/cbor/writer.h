// Deterministic CBOR writer into a buffer of the caller. Core.
//
// Writing past the end is remembered, not done; `finish` then reports it. The caller is responsible
// for writing as many items as it announced and for the order of map keys.
//
// A writer may also see a window of a longer text only: written as often as there are windows, an
// item of any length goes through little memory.
#pragma once

#include <cstdint>
#include <string_view>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::cbor {

class Writer {
 public:
  explicit Writer(MutableBytes out) : out_(out) {}

  /// Keeps the bytes from `from` on that fit into `out`.
  Writer(MutableBytes out, std::size_t from) : out_(out), from_(from) {}

  void put_unsigned(std::uint64_t value) { put_head(0, value); }

  void put_integer(std::int64_t value);
  void put_bytes(ByteView bytes);
  void put_text(std::string_view text);

  void open_array(std::size_t items) { put_head(4, items); }

  void open_map(std::size_t pairs) { put_head(5, pairs); }

  void put_tag(std::uint64_t tag) { put_head(6, tag); }

  void put_bool(bool value) { put_head(7, value ? 21 : 20); }

  void put_null() { put_head(7, 22); }

  /// An item that is encoded already.
  void put_raw(ByteView item);

  /// What was written. Errors: errc::buffer_too_small.
  [[nodiscard]] Result<ByteView> finish() const;

  /// The bytes of the window; fewer than it holds where the text ends in it.
  [[nodiscard]] ByteView window() const;

 private:
  void put_head(Byte major, std::uint64_t argument);
  void put_byte(Byte byte);

  MutableBytes out_;
  std::size_t from_ = 0;
  std::size_t used_ = 0;  ///< bytes written, kept or not
};

}  // namespace daymark::cbor
