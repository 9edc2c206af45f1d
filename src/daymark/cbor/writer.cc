#include "daymark/cbor/writer.h"

#include <algorithm>

#include "daymark/base/errors.h"
#include "daymark/cbor/head_internal.h"

namespace daymark::cbor {

namespace {

/// Bytes behind the first one that the shortest head of `argument` takes (RFC 8949 §4.2.1).
unsigned argument_width(std::uint64_t argument) {
  if (argument < internal::info_one_byte) return 0;
  if (argument <= 0xFF) return 1;
  if (argument <= 0xFFFF) return 2;
  return argument <= 0xFFFF'FFFF ? 4 : 8;
}

/// The low five bits of the first byte.
Byte info_of(std::uint64_t argument, unsigned width) {
  switch (width) {
    case 0: return static_cast<Byte>(argument);
    case 1: return internal::info_one_byte;
    case 2: return internal::info_two_bytes;
    case 4: return internal::info_eight_bytes - 1;
    default: return internal::info_eight_bytes;
  }
}

}  // namespace

void Writer::put_byte(Byte byte) {
  put_raw({&byte, 1});
}

void Writer::put_head(Byte major, std::uint64_t argument) {
  const unsigned width = argument_width(argument);
  put_byte(static_cast<Byte>(major << 5 | info_of(argument, width)));
  for (unsigned i = width; i-- > 0;)
    put_byte(static_cast<Byte>(argument >> (8 * i) & 0xFF));
}

void Writer::put_integer(std::int64_t value) {
  if (value >= 0) {
    put_head(internal::major_unsigned, static_cast<std::uint64_t>(value));
  } else {
    put_head(internal::major_negative, static_cast<std::uint64_t>(-1 - value));
  }
}

void Writer::put_bytes(ByteView bytes) {
  put_head(internal::major_bytes, bytes.size());
  put_raw(bytes);
}

void Writer::put_text(std::string_view text) {
  put_head(internal::major_text, text.size());
  put_raw(bytes_of(text));
}

void Writer::put_raw(ByteView item) {
  if (sink_ != nullptr) return put_through(item);
  if (used_ < out_.size())
    copy_bytes(item.first(std::min(item.size(), out_.size() - used_)), out_.subspan(used_));
  used_ += item.size();
}

void Writer::put_through(ByteView item) {
  while (!item.empty()) {
    const std::size_t at = used_ % out_.size();
    const ByteView piece = item.first(std::min(item.size(), out_.size() - at));
    copy_bytes(piece, out_.subspan(at));
    item = item.subspan(piece.size());
    used_ += piece.size();
    if (used_ % out_.size() == 0 && passed_) passed_ = sink_->take(out_);
  }
}

Result<void> Writer::flush() {
  const std::size_t left = used_ % out_.size();
  if (passed_ && left != 0) passed_ = sink_->take(out_.first(left));
  return passed_;
}

Result<ByteView> Writer::finish() const {
  if (sink_ != nullptr || used_ > out_.size()) return fail(errc::buffer_too_small);
  return ByteView(out_.first(used_));
}

}  // namespace daymark::cbor
