// A meter that replays recorded telemetry: what a driver would have said. Host only.
#pragma once

#include <string>

#include "daymark/agent/agent.h"

namespace daymark::agent {

struct ReplayMeterOptions {
  std::string telemetry_file;
  unsigned gpu = 0;                ///< whose samples of the recording
  double peak_tera_ops = 989.4;    ///< 10^12 operations a second of the recorded chip
  std::size_t intervals_max = 64;  ///< handed out in all, then the recording is over
};

/// Each call hands out the next interval of the recording as if it had ended now; the recording
/// starts again at its end. Level L1: the host's word.
/// Errors: those of usage::account_file, errc::telemetry_empty where the recording has no such
/// chip.
[[nodiscard]] Outcome<MeterReading> replay_meter(const ReplayMeterOptions& options, Clock& clock);

}  // namespace daymark::agent
