#include "board.h"

extern "C" void enable_interrupts(unsigned long which);  // firmware/start.S

namespace daymark::firmware {

namespace {

constexpr std::uint32_t reset_command = 0x7777;
constexpr unsigned long machine_timer_interrupt = 1UL << 7U;
constexpr unsigned long machine_external_interrupt = 1UL << 11U;
constexpr std::uint64_t ticks_per_milli = timer_hertz / 1000;

// Of the interrupt controller, for the machine mode of the first hart.
constexpr Address enable_bits = interrupt_controller + 0x2000;
constexpr Address threshold = interrupt_controller + 0x20'0000;
constexpr Address claim = interrupt_controller + 0x20'0004;

/// The halves are read until no carry went between them.
std::uint64_t ticks() {
  while (true) {
    const std::uint32_t high = word_at(timer_now + 4);
    const std::uint32_t low = word_at(timer_now);
    if (word_at(timer_now + 4) == high) return std::uint64_t{high} << 32U | low;
  }
}

/// Highest first, so that no value between the old and the new one lies in the past.
void set_alarm(std::uint64_t when) {
  word_at(timer_compare + 4) = ~std::uint32_t{0};
  word_at(timer_compare) = static_cast<std::uint32_t>(when);
  word_at(timer_compare + 4) = static_cast<std::uint32_t>(when >> 32U);
}

}  // namespace

TickMillis tick_now() {
  return TickMillis{static_cast<std::int64_t>(ticks() / ticks_per_milli)};
}

void wake_on(unsigned number) {
  word_at(interrupt_controller + Address{4} * number) = 1;
  volatile std::uint32_t& enabled = word_at(enable_bits + Address{4} * (number / 32));
  enabled = enabled | 1U << number % 32;
  word_at(threshold) = 0;
}

unsigned sleep_until(TickMillis deadline) {
  const auto when = static_cast<std::uint64_t>(deadline.value) * ticks_per_milli;
  set_alarm(when);
  // Interrupts stay off as a whole: a pending one ends the sleep without a handler.
  enable_interrupts(machine_timer_interrupt | machine_external_interrupt);
  unsigned number = 0;
  while (number == 0 && ticks() < when) {
    asm volatile("wfi" ::: "memory");
    number = word_at(claim);
  }
  return number;
}

void finish_interrupt(unsigned number) {
  word_at(claim) = number;
}

void reset_machine() {
  word_at(power_controller) = reset_command;
  while (true) {
    asm volatile("wfi");
  }
}

}  // namespace daymark::firmware
