#include "daymark/net/frame.h"

#include "daymark/net/errors.h"

namespace daymark::net {

namespace {

constexpr std::size_t head_size = 4;

}  // namespace

Result<std::vector<Byte>> encode_frame(ByteView message) {
  if (message.size() > frame_max) return fail(errc::net_frame_too_large, field::net_frame);
  std::vector<Byte> out(head_size + message.size());
  put_big_endian(static_cast<std::uint32_t>(message.size()), std::span(out).first<head_size>());
  copy_bytes(message, std::span(out).subspan(head_size));
  return out;
}

void FrameDecoder::feed(ByteView piece) {
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_));
  at_ = 0;
  buffer_.insert(buffer_.end(), piece.begin(), piece.end());
}

Result<std::optional<std::vector<Byte>>> FrameDecoder::next() {
  const ByteView left = ByteView(buffer_).subspan(at_);
  if (left.size() < head_size) return std::nullopt;
  const std::size_t size = get_big_endian<std::uint32_t>(left.first<head_size>());
  if (size > frame_max) return fail(errc::net_frame_too_large, field::net_frame);
  if (left.size() < head_size + size) return std::nullopt;
  const ByteView message = left.subspan(head_size, size);
  at_ += head_size + size;
  return std::vector<Byte>(message.begin(), message.end());
}

}  // namespace daymark::net
