// Randomness from the machine's virtio entropy device.
//
// Under QEMU this is the host's generator: whoever controls the host can know what the chip drew,
// its key included. A chip needs a source of its own in its place.
#pragma once

#include "virtio.h"

#include "daymark/base/random.h"

namespace daymark::firmware {

class DeviceRandom final : public Random {
 public:
  /// False where the machine has no such device: nothing may go on then.
  [[nodiscard]] bool open();
  void fill(MutableBytes out) override;

 private:
  VirtioDevice device_;
  VirtioQueue queue_;
};

}  // namespace daymark::firmware
