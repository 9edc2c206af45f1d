#include "daymark/net/frame.h"

#include "daymark/net/errors.h"

namespace daymark::net {

Result<std::vector<Byte>> encode_frame(ByteView body, std::uint32_t number) {
  if (body.size() > frame_max) return fail(errc::net_frame_too_large, field::net_frame);
  std::vector<Byte> out(frame_overhead + body.size());
  copy_bytes(frame_head({number, static_cast<std::uint32_t>(body.size())}), out);
  copy_bytes(body, std::span(out).subspan(frame_head_size));
  copy_bytes(frame_tail(body), std::span(out).last(frame_tail_size));
  return out;
}

void FrameDecoder::feed(ByteView piece) {
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_));
  at_ = 0;
  buffer_.insert(buffer_.end(), piece.begin(), piece.end());
}

Result<std::optional<FramedMessage>> FrameDecoder::next() {
  const FrameSearch found = find_frame(ByteView(buffer_).subspan(at_), frame_max);
  at_ += found.end;
  skipped_ += found.skipped;
  if (found.oversize) return fail(errc::net_frame_too_large, field::net_frame);
  if (!found.whole) return std::nullopt;
  return FramedMessage{found.number, {found.body.begin(), found.body.end()}};
}

}  // namespace daymark::net
