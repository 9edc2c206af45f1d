#include "channel.h"

#include <algorithm>

#include "board.h"

namespace daymark::firmware {

namespace {

constexpr unsigned receive_queue = 0;
constexpr unsigned transmit_queue = 1;
/// Longest silence inside a frame.
constexpr Millis silence_longest{250};

}  // namespace

bool Channel::open() {
  if (!device_.find(VirtioKind::console)) return false;
  to_host_.poll_only();
  device_.attach(receive_queue, from_host_);
  device_.attach(transmit_queue, to_host_);
  device_.start();
  wake_on(device_.interrupt());
  return true;
}

/// Lends the free end of the buffer to the device. Only while it is not lent may bytes be moved.
void Channel::listen() {
  if (from_host_.is_posted()) return;
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
  filled_ -= begin_;
  begin_ = 0;
  const MutableBytes room = buffer_.subspan(filled_);
  from_host_.post(reinterpret_cast<Address>(room.data()), room.size(), Direction::from_device);
  device_.notify(receive_queue);
}

void Channel::take_in(TickMillis now) {
  if (from_host_.is_done()) {
    filled_ += from_host_.take();
    heard_ = now;
  } else if (begin_ < filled_ && now - heard_ >= silence_longest) {
    ++begin_;  // the frame that was begun will not end: look for another one behind its mark
  }
}

bool Channel::search(ByteView& body) {
  const std::size_t body_max = buffer_.size() - frame_overhead;
  while (true) {
    const ByteView received = ByteView(buffer_).subspan(begin_, filled_ - begin_);
    const FrameSearch found = find_frame(received, body_max);
    begin_ += found.end + (found.oversize ? 1 : 0);
    if (found.oversize) continue;
    number_ = found.number;
    body = found.body;
    return found.whole;
  }
}

bool Channel::receive(TickMillis deadline, ByteView& body) {
  while (!search(body)) {
    listen();
    const TickMillis wake =
        begin_ < filled_ ? std::min(deadline, heard_ + silence_longest) : deadline;
    if (!from_host_.is_done()) {
      const unsigned interrupt = sleep_until(wake);
      device_.acknowledge();
      if (interrupt != 0) finish_interrupt(interrupt);
    }
    const TickMillis now = tick_now();
    take_in(now);
    if (now >= deadline) return search(body);
  }
  return true;
}

void Channel::put(ByteView bytes) {
  if (bytes.empty()) return;
  to_host_.post(reinterpret_cast<Address>(bytes.data()), bytes.size(), Direction::to_device);
  device_.notify(transmit_queue);
  while (!to_host_.is_done())
    order_memory();
  static_cast<void>(to_host_.take());
}

void Channel::send(ByteView body) {
  const auto head = frame_head({number_, static_cast<std::uint32_t>(body.size())});
  const auto tail = frame_tail(body);
  put(head);
  put(body);
  put(tail);
}

}  // namespace daymark::firmware
