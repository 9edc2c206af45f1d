// What came over the channel and is not done with: in memory as long as it fits, else in a sector
// of the flash, so that a request of any length is read in place and little memory holds it.
//
// Not thread-safe, knows no device: channel.h fills it. Nothing of it survives a reset.
#pragma once

#include "daymark/base/frame.h"
#include "daymark/governor/flash.h"

namespace daymark::firmware {

class Inbox {
 public:
  /// Both outlive the inbox. Without `flash` a frame that `memory` does not hold is passed over.
  /// `body_max` bounds the bodies of frames.
  Inbox(MutableBytes memory, governor::Flash* flash, std::size_t body_max)
      : memory_(memory), flash_(flash), body_max_(body_max) {}

  /// Where to receive to next; never empty. Only here may what was received be moved: a body that
  /// was found is gone.
  [[nodiscard]] MutableBytes room();

  /// So many bytes were received into the front of the last `room`.
  void received(std::size_t size);

  /// The next whole frame; false where none is there yet. `body` stays until the next `room`.
  [[nodiscard]] bool find(FrameSearch& out);

  /// Bytes that may be the beginning of a frame.
  [[nodiscard]] bool is_pending() const { return !held().empty(); }

  /// The frame that was begun will not end: look for another one behind its mark.
  void give_up() { done_with(1); }

 private:
  static constexpr std::size_t unknown = ~std::size_t{0};

  [[nodiscard]] ByteView held() const;
  void done_with(std::size_t size);
  void compact();
  [[nodiscard]] bool spill();
  [[nodiscard]] bool open_sector();
  [[nodiscard]] bool append(ByteView bytes);
  [[nodiscard]] bool program(std::size_t offset, ByteView bytes);
  void forget();

  MutableBytes memory_;
  governor::Flash* flash_;
  std::size_t body_max_;
  std::size_t begin_ = 0;   ///< of what is held: in memory, or where it spilled, in the sector
  std::size_t filled_ = 0;  ///< end of it
  bool spilled_ = false;
  std::size_t unused_ = unknown;  ///< first byte of the sector that was never written
};

}  // namespace daymark::firmware
