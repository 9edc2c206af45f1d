// Messages on a stream of the host, as frames (base/frame.h). Host only.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/frame.h"
#include "daymark/base/result.h"

namespace daymark::net {

/// Most bytes that one message holds; what a frame has around it is not counted.
inline constexpr std::size_t frame_max = 64UL << 10;

/// A message with the number that tells which answer belongs to which request.
struct FramedMessage {
  std::uint32_t number = 0;
  std::vector<Byte> body;

  friend bool operator==(const FramedMessage&, const FramedMessage&) = default;
};

/// The frame that holds `body`. Errors: errc::net_frame_too_large.
[[nodiscard]] Result<std::vector<Byte>> encode_frame(ByteView body, std::uint32_t number = 0);

/// Takes a stream in pieces of any size and gives its messages. Holds at most one message more than
/// it was fed in one piece. Not thread-safe.
class FrameDecoder {
 public:
  void feed(ByteView piece);

  /// The next complete message, or none yet. Bytes that belong to no frame are passed over.
  /// Errors: errc::net_frame_too_large as soon as the size is known; the stream can't be continued.
  [[nodiscard]] Result<std::optional<FramedMessage>> next();

  /// Bytes passed over so far: on a stream that loses nothing the peer's mistake.
  [[nodiscard]] std::size_t skipped() const { return skipped_; }

  /// Whether the stream stands inside a message: closing it now would truncate.
  [[nodiscard]] bool is_inside_frame() const { return at_ < buffer_.size(); }

 private:
  std::vector<Byte> buffer_;
  std::size_t at_ = 0;
  std::size_t skipped_ = 0;
};

}  // namespace daymark::net
