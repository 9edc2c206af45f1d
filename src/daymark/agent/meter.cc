#include "daymark/agent/meter.h"

#include <memory>

#include "daymark/usage/account.h"
#include "daymark/usage/errors.h"

namespace daymark::agent {

namespace {

/// The recording and how much of it was handed out.
struct Replay {
  std::vector<usage::UsageInterval> intervals;
  std::size_t handed_out = 0;
  UnixMillis last_end;  ///< spans must not overlap
};

governor::UsageRequest reading_of(const usage::UsageInterval& interval, UnixMillis now,
                                  const JobId& job) {
  governor::UsageRequest out;
  out.end = now;
  out.start = now - (interval.end - interval.start);
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
  const std::size_t most = options.intervals_max;
  return MeterReading(
      [replay, most,
       &clock](const governor::Status& status) -> Outcome<std::vector<governor::UsageRequest>> {
        std::vector<governor::UsageRequest> out;
        if (replay->handed_out >= most) return out;
        const std::size_t next = replay->handed_out++ % replay->intervals.size();
        out.push_back(reading_of(replay->intervals[next], clock.now(), status.job));
        return out;
      });
}

}  // namespace daymark::agent
