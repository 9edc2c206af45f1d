// Registers of the machine that the image runs on: QEMU's riscv `virt` board.
#pragma once

#include <cstdint>

namespace daymark::firmware {

using Address = std::uintptr_t;

inline constexpr Address power_controller = 0x0010'0000;
inline constexpr Address timer_compare = 0x0200'4000;
inline constexpr Address timer_now = 0x0200'BFF8;
inline constexpr Address interrupt_controller = 0x0C00'0000;
inline constexpr Address virtio_first = 0x1000'1000;
inline constexpr Address virtio_step = 0x1000;
inline constexpr unsigned virtio_count = 8;
inline constexpr unsigned virtio_first_interrupt = 1;
/// The second bank of flash; the first would replace the image itself.
inline constexpr Address flash_base = 0x2200'0000;
/// Two chips side by side of 128 KiB sectors.
inline constexpr std::size_t flash_sector_size = std::size_t{256} << 10U;
inline constexpr std::uint32_t timer_hertz = 10'000'000;

[[nodiscard]] inline volatile std::uint32_t& word_at(Address address) {
  return *reinterpret_cast<volatile std::uint32_t*>(address);
}

/// All earlier accesses to memory happen before all later ones, as devices see them.
inline void order_memory() {
  asm volatile("fence iorw, iorw" ::: "memory");
}

}  // namespace daymark::firmware
