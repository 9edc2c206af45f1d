// Time, sleep and the end: what the machine does for the image beside its devices.
#pragma once

#include "machine.h"

#include "daymark/base/units.h"

namespace daymark::firmware {

/// Since the machine's power came. Never goes back.
[[nodiscard]] TickMillis tick_now();

/// Lets interrupt `number` end a sleep.
void wake_on(unsigned number);

/// Sleeps until an interrupt that wakes, or until `deadline`. Returns the interrupt's number, 0
/// where it was the deadline. The device must have been quietened before `finish_interrupt`.
[[nodiscard]] unsigned sleep_until(TickMillis deadline);
void finish_interrupt(unsigned number);

/// Starts anew from nothing: the answer to what can't be gone on from.
[[noreturn]] void reset_machine();

}  // namespace daymark::firmware
