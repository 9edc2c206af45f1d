// Virtio devices behind memory-mapped registers (VIRTIO 1.1 §4.2), with one buffer in flight per
// queue: all that a channel and a source of entropy need.
#pragma once

#include <array>
#include <cstdint>

#include "machine.h"

#include "daymark/base/bytes.h"

namespace daymark::firmware {

enum class VirtioKind : std::uint32_t { console = 3, entropy = 4 };

enum class Direction : std::uint16_t { to_device = 0, from_device = 2 };

/// Queue memory as the device reads it (VIRTIO 1.1 §2.6).
class VirtioQueue {
 public:
  /// Hands one buffer to the device; it must stay until `is_done`.
  void post(Address buffer, std::size_t size, Direction direction);

  [[nodiscard]] bool is_posted() const { return posted_ != taken_; }

  [[nodiscard]] bool is_done() const { return is_posted() && used_.index != taken_; }

  /// Takes a finished buffer back: how many bytes the device wrote.
  [[nodiscard]] std::size_t take();

  /// Wishes no interrupt for finished buffers.
  void poll_only() { available_.flags = 1; }

 private:
  friend class VirtioDevice;
  static constexpr std::uint16_t slots = 2;

  struct Descriptor {
    std::uint64_t address;
    std::uint32_t size;
    std::uint16_t flags;
    std::uint16_t next;
  };

  struct Available {
    std::uint16_t flags;
    volatile std::uint16_t index;
    std::uint16_t ring[slots];
  };

  struct Used {
    std::uint16_t flags;
    volatile std::uint16_t index;

    struct {
      std::uint32_t id;
      std::uint32_t size;
    } ring[slots];
  };

  alignas(16) Descriptor descriptors_[slots]{};
  Available available_{};
  alignas(4) Used used_{};
  std::uint16_t posted_ = 0;
  std::uint16_t taken_ = 0;
};

class VirtioDevice {
 public:
  /// Looks for the first device of this kind and resets it. False where there is none.
  [[nodiscard]] bool find(VirtioKind kind);
  void attach(unsigned index, VirtioQueue& queue);
  /// After all queues are attached.
  void start();
  /// Tells the device that queue `index` has something new.
  void notify(unsigned index);
  /// Quietens the device's interrupt.
  void acknowledge();

  [[nodiscard]] unsigned interrupt() const { return interrupt_; }

 private:
  void set_address(Address at, const volatile void* memory);

  Address base_ = 0;
  unsigned interrupt_ = 0;
};

}  // namespace daymark::firmware
