// Deterministic CBOR writer into a buffer of the caller. Core.
//
// Writing past the end is remembered, not done; `finish` then reports it. The caller is responsible
// for writing as many items as it announced and for the order of map keys.
//
// A writer may also pass on what it has written, piece by piece: an item of any length goes through
// little memory.
#pragma once

#include <cstdint>
#include <string_view>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::cbor {

/// Takes what a writer has written.
class Sink {
 public:
  [[nodiscard]] virtual Result<void> take(ByteView piece) = 0;

 protected:
  ~Sink() = default;  // never deleted through the interface: the chip has no operator delete
};

class Writer {
 public:
  explicit Writer(MutableBytes out) : out_(out) {}

  /// Passes pieces of the size of `out` on to `sink`, which must outlive the writer.
  Writer(MutableBytes out, Sink& sink) : out_(out), sink_(&sink) {}

  void put_unsigned(std::uint64_t value) { put_head(0, value); }

  void put_integer(std::int64_t value);
  void put_bytes(ByteView bytes);
  void put_text(std::string_view text);

  /// The head of a byte string; as many bytes follow by put_raw.
  void open_bytes(std::size_t size) { put_head(2, size); }

  void open_array(std::size_t items) { put_head(4, items); }

  void open_map(std::size_t pairs) { put_head(5, pairs); }

  void put_tag(std::uint64_t tag) { put_head(6, tag); }

  void put_bool(bool value) { put_head(7, value ? 21 : 20); }

  void put_null() { put_head(7, 22); }

  /// An item that is encoded already, or a part of a byte string.
  void put_raw(ByteView item);

  /// What was written. Errors: errc::buffer_too_small.
  [[nodiscard]] Result<ByteView> finish() const;

  /// Passes on what is left. Errors: those of the sink, the first one.
  [[nodiscard]] Result<void> flush();

  /// How many bytes were written, kept or not.
  [[nodiscard]] std::size_t size() const { return used_; }

 private:
  void put_head(Byte major, std::uint64_t argument);
  void put_byte(Byte byte);

  void put_through(ByteView item);

  MutableBytes out_;
  Sink* sink_ = nullptr;
  Result<void> passed_;
  std::size_t used_ = 0;  ///< bytes written, kept or not
};

}  // namespace daymark::cbor
