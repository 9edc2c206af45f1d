// Frames: how messages travel on a stream, between processes and over a chip's channel. Core.
//
//   frame = "DM" | version 1 | 0 | number (4) | size (4) | CRC-32 of these 12 bytes (4)
//           | body (size bytes) | CRC-32 of the body (4)
//
// Numbers have their most significant byte first. An answer carries the number of its request, so
// that a late answer to somebody else is told apart. The checksums find what a line loses or a peer
// leaves half said, and where the next frame begins; they protect against nobody's intent.
#pragma once

#include <cstdint>

#include "daymark/base/bytes.h"

namespace daymark {

inline constexpr Byte frame_version = 1;
inline constexpr std::size_t frame_head_size = 16;
inline constexpr std::size_t frame_tail_size = 4;
/// Bytes of a frame that are not its body.
inline constexpr std::size_t frame_overhead = frame_head_size + frame_tail_size;

/// CRC-32 of IEEE 802.3 (reflected, polynomial 0x04C11DB7).
[[nodiscard]] std::uint32_t crc32(ByteView bytes);

struct FrameHead {
  std::uint32_t number = 0;
  std::uint32_t size = 0;  ///< of the body
};

[[nodiscard]] ByteArray<frame_head_size> frame_head(FrameHead head);
[[nodiscard]] ByteArray<frame_tail_size> frame_tail(ByteView body);

/// What the front of a stream holds.
struct FrameSearch {
  std::size_t skipped = 0;  ///< bytes before the frame that belong to none
  bool whole = false;       ///< a frame is there with all its bytes
  bool oversize = false;    ///< a sound head announces more than the bound; `skipped` leads to it
  std::uint32_t number = 0;
  ByteView body;
  std::size_t end = 0;  ///< bytes done with: up to the end of the frame, or `skipped` without one
};

/// Looks for the first frame in what was received so far, passing over whatever is none. What is
/// left behind `end` without a whole frame may be the beginning of one. `body` views `received`.
[[nodiscard]] FrameSearch find_frame(ByteView received, std::size_t body_max);

}  // namespace daymark
