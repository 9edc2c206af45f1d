#include "entropy.h"

namespace daymark::firmware {

bool DeviceRandom::open() {
  if (!device_.find(VirtioKind::entropy)) return false;
  queue_.poll_only();
  device_.attach(0, queue_);
  device_.start();
  return true;
}

/// Waits by reading memory: the device answers within microseconds, and draws are few.
void DeviceRandom::fill(MutableBytes out) {
  while (!out.empty()) {
    queue_.post(reinterpret_cast<Address>(out.data()), out.size(), Direction::from_device);
    device_.notify(0);
    while (!queue_.is_done())
      order_memory();
    out = out.subspan(queue_.take());
  }
}

}  // namespace daymark::firmware
