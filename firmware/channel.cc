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

/// Lends free memory to the device. Only while none is lent may bytes be moved.
void Channel::listen() {
  if (from_host_.is_posted()) return;
  const MutableBytes room = inbox_.room();
  from_host_.post(reinterpret_cast<Address>(room.data()), room.size(), Direction::from_device);
  device_.notify(receive_queue);
}

void Channel::take_in(TickMillis now) {
  if (from_host_.is_done()) {
    inbox_.received(from_host_.take());
    heard_ = now;
  } else if (inbox_.is_pending() && now - heard_ >= silence_longest) {
    inbox_.give_up();
  }
}

bool Channel::search(ByteView& body) {
  FrameSearch found;
  const bool whole = inbox_.find(found);
  number_ = found.number;
  body = found.body;
  return whole;
}

bool Channel::receive(TickMillis deadline, ByteView& body) {
  while (!search(body)) {
    listen();
    const TickMillis wake =
        inbox_.is_pending() ? std::min(deadline, heard_ + silence_longest) : deadline;
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
