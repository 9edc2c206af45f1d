#include "daymark/agent/meter.h"

#include <memory>
#include <optional>

#include "daymark/usage/account.h"
#include "daymark/usage/errors.h"

namespace daymark::agent {

namespace {

/// The recording, when it began to play, and how much of it was handed out.
struct Replay {
  std::vector<usage::UsageInterval> intervals;
  std::size_t handed_out = 0;
  std::optional<UnixMillis> began;

  [[nodiscard]] UnixMillis at(Millis offset) const {
    return began.value_or(UnixMillis{}) + (offset - intervals.front().start);
  }
};

governor::UsageRequest reading_of(const Replay& replay, const JobId& job) {
  const usage::UsageInterval& interval = replay.intervals[replay.handed_out];
  governor::UsageRequest out;
  out.start = replay.at(interval.start);
  out.end = replay.at(interval.end);
  out.use = interval.use;
  out.level = Level::host_signed;
  out.job = job;
  return out;
}

}  // namespace

Outcome<MeterReading> replay_meter(const ReplayMeterOptions& options, Clock& clock) {
  usage::AccountOptions how;
  how.peak_tera_ops = options.peak_tera_ops;
  DAYMARK_TRY(const usage::Account account, usage::account_file(options.telemetry_file, how));
  auto replay = std::make_shared<Replay>();
  for (const usage::UsageInterval& interval : account.intervals) {
    if (interval.gpu == options.gpu) replay->intervals.push_back(interval);
  }
  if (replay->intervals.empty()) {
    return refuse(errc::telemetry_empty, options.telemetry_file);
  }
  return MeterReading(
      [replay,
       &clock](const governor::Status& status) -> Outcome<std::vector<governor::UsageRequest>> {
        const UnixMillis now = clock.now();
        if (!replay->began) replay->began = now;
        std::vector<governor::UsageRequest> out;
        for (; replay->handed_out < replay->intervals.size(); ++replay->handed_out) {
          if (replay->at(replay->intervals[replay->handed_out].end) > now) break;
          out.push_back(reading_of(*replay, status.job));
        }
        return out;
      });
}

}  // namespace daymark::agent
