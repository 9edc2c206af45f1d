// A meter that replays recorded telemetry: what a driver would have said. Host only.
#pragma once

#include <string>

#include "daymark/agent/agent.h"

namespace daymark::agent {

struct ReplayMeterOptions {
  std::string telemetry_file;
  unsigned gpu = 0;              ///< whose samples of the recording
  double peak_tera_ops = 989.4;  ///< 10^12 operations a second of the recorded chip
};

/// Plays the recording once, as if it had begun at the first call: each call hands out the
/// intervals that have ended since the one before. Level L1: the host's word. Errors: those of
/// usage::account_file, errc::telemetry_empty where the recording has no such chip.
[[nodiscard]] Outcome<MeterReading> replay_meter(const ReplayMeterOptions& options, Clock& clock);

}  // namespace daymark::agent
