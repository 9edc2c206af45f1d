// The one way in and out: frames (base/frame.h) over port 0 of the machine's virtio console.
//
// One request is held at a time, where the device wrote it or, if it is long, in the flash
// (inbox.h); the answer is sent from where it was written. A peer that falls silent inside a frame
// loses that frame.
#pragma once

#include "inbox.h"
#include "virtio.h"

#include "daymark/base/units.h"

namespace daymark::firmware {

/// Not for use by more than one.
class Channel {
 public:
  /// As for an inbox.
  Channel(MutableBytes memory, governor::Flash* flash, std::size_t body_max)
      : inbox_(memory, flash, body_max) {}

  /// False where the machine has no console.
  [[nodiscard]] bool open();

  /// Sleeps until a whole request is there or `deadline` has come; false for the latter. `body`
  /// stays until the next call.
  [[nodiscard]] bool receive(TickMillis deadline, ByteView& body);

  /// Answers the last request.
  void send(ByteView body);

 private:
  void listen();
  void take_in(TickMillis now);
  void put(ByteView bytes);
  [[nodiscard]] bool search(ByteView& body);

  Inbox inbox_;
  std::uint32_t number_ = 0;
  TickMillis heard_;  ///< when the last bytes came
  VirtioDevice device_;
  VirtioQueue from_host_;
  VirtioQueue to_host_;
};

}  // namespace daymark::firmware
