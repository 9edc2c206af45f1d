// Messages on a stream: a length of four bytes, most significant first, then so many bytes. Host
// only.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::net {

/// Most bytes that one message holds; the length itself is not counted.
inline constexpr std::size_t frame_max = 64UL << 10;

/// `message` with its length before it. Errors: errc::net_frame_too_large.
[[nodiscard]] Result<std::vector<Byte>> encode_frame(ByteView message);

/// Takes a stream in pieces of any size and gives its messages. Holds at most one message more than
/// it was fed in one piece. Not thread-safe.
class FrameDecoder {
 public:
  void feed(ByteView piece);

  /// The next complete message, or none yet. Errors: errc::net_frame_too_large as soon as the
  /// length is known; the stream can't be continued then.
  [[nodiscard]] Result<std::optional<std::vector<Byte>>> next();

  /// Whether the stream stands inside a message: closing it now would truncate.
  [[nodiscard]] bool is_inside_frame() const { return at_ < buffer_.size(); }

 private:
  std::vector<Byte> buffer_;
  std::size_t at_ = 0;
};

}  // namespace daymark::net
