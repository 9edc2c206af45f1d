// Drivers without chips: a constant load, and a recording replayed. Time comes from the given
// clock.
#pragma once

#include <istream>
#include <memory>
#include <string>
#include <vector>

#include "daymark/base/time.h"
#include "daymark/device/driver.h"

namespace daymark::device {

/// The same load on every chip, for ever.
struct ConstantLoad {
  unsigned chips = 1;
  double watts = 400;
  /// Shares of time, 0 to 1.
  double busy = 1;
  double tensor_active = 0.4;
};

/// Every chip under the same load; the energy counter starts at 0. `clock` must outlive the driver.
[[nodiscard]] std::unique_ptr<Driver> make_sim(const ConstantLoad& load, Clock& clock);

/// What to do when a recording ends: stop, or begin again (its energy counter is then left out).
enum class AtEnd { stop, repeat };

/// Most samples that a replayed recording may hold.
inline constexpr std::size_t replay_samples_max = 4'000'000;

/// Telemetry (usage/telemetry.h) as if its chips were here: a sample is the last one recorded at or
/// before now. Chips are numbered in the order of their numbers in the recording.
/// `clock` must outlive the driver. Errors: those of TelemetryReader, errc::telemetry_order,
/// errc::telemetry_size, errc::telemetry_empty.
[[nodiscard]] Result<std::unique_ptr<Driver>> replay_sim(std::istream& telemetry, AtEnd at_end,
                                                         Clock& clock);

/// The same from a file. Errors: errc::file_not_opened and those above.
[[nodiscard]] Outcome<std::unique_ptr<Driver>> replay_sim_file(const std::string& path,
                                                               AtEnd at_end, Clock& clock);

}  // namespace daymark::device
