#include "daymark/usage/account.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>

#include <fmt/format.h>

#include "daymark/base/errors.h"
#include "daymark/usage/chip_meter_internal.h"
#include "daymark/usage/errors.h"

namespace daymark::usage {

namespace {

constexpr double peak_max = 1e9;
constexpr double clock_ratio_max = 2;

Result<void> check(const AccountOptions& options) {
  const auto wrong = [](FieldId field) { return fail(errc::usage_options, field); };
  const double peak = options.peak_tera_ops;
  const bool peak_known = peak > 0 && peak <= peak_max;  // false for what is no number
  if (!peak_known) return wrong(field::peak);
  const ClockRange& clock = options.clock;
  const bool ordered = clock.lowest >= 0 && clock.lowest <= clock.highest;
  const bool bounded = clock.highest <= clock_ratio_max;
  if (!ordered || !bounded) return wrong(field::clock_range);
  if (options.interval < seconds(1) || options.interval > days(31)) return wrong(field::interval);
  if (options.gap < Millis{1}) return wrong(field::interval);
  return ok();
}

Result<void> take_all(TelemetryReader& reader, Accountant& accountant) {
  while (true) {
    DAYMARK_TRY(const auto sample, reader.next());
    if (!sample) return ok();
    DAYMARK_CHECK(accountant.add(*sample));
  }
}

}  // namespace

ledger::Peak ledger_peak(const AccountOptions& options) {
  return {{static_cast<std::uint64_t>(std::ceil(options.peak_tera_ops))}};
}

struct Accountant::State {
  explicit State(const AccountOptions& chosen) : options(chosen) {}

  AccountOptions options;
  std::map<unsigned, ChipMeter> chips;
  std::vector<UsageInterval> complete;
  std::size_t intervals = 0;
};

Accountant::Accountant(std::unique_ptr<State> state) : state_(std::move(state)) {}

Accountant::~Accountant() = default;
Accountant::Accountant(Accountant&&) noexcept = default;
Accountant& Accountant::operator=(Accountant&&) noexcept = default;

Result<Accountant> Accountant::create(const AccountOptions& options) {
  DAYMARK_CHECK(check(options));
  return Accountant(std::make_unique<State>(options));
}

Result<void> Accountant::add(const Sample& sample) {
  const auto [at, fresh] = state_->chips.try_emplace(sample.gpu, state_->options, sample);
  if (fresh) return ok();
  const std::size_t before = state_->complete.size();
  // One step may close many intervals, so they are counted before they are made.
  const std::size_t more = at->second.intervals_until(sample.at);
  if (state_->intervals + more > usage_intervals_max) return fail(errc::usage_intervals);
  DAYMARK_CHECK(at->second.add(sample, state_->complete));
  state_->intervals += state_->complete.size() - before;
  return ok();
}

std::vector<UsageInterval> Accountant::take_complete() {
  return std::exchange(state_->complete, {});
}

Result<Account> Accountant::finish() && {
  Account out;
  out.options = state_->options;
  out.intervals = std::move(state_->complete);
  for (auto& [gpu, meter] : state_->chips) {
    if (meter.summary().samples < 2) continue;
    meter.close(out.intervals);
    out.chips.push_back(meter.summary());
    DAYMARK_TRY(out.total, ledger::add(out.total, out.chips.back().use));
  }
  if (out.chips.empty()) return fail(errc::telemetry_empty);
  std::sort(out.intervals.begin(), out.intervals.end(),
            [](const UsageInterval& a, const UsageInterval& b) {
              return std::pair(a.gpu, a.start) < std::pair(b.gpu, b.start);
            });
  return out;
}

Result<Account> account_stream(std::istream& input, const AccountOptions& options) {
  DAYMARK_TRY(auto accountant, Accountant::create(options));
  DAYMARK_TRY(auto reader, TelemetryReader::open(input));
  DAYMARK_CHECK(take_all(reader, accountant));
  return std::move(accountant).finish();
}

Outcome<Account> account_file(const std::string& path, const AccountOptions& options) {
  std::ifstream input(path, std::ios::binary);
  if (!input) return refuse(errc::file_not_opened, path);
  DAYMARK_TRY(auto accountant, Accountant::create(options));
  DAYMARK_TRY(auto reader, about(TelemetryReader::open(input), path));
  if (const auto taken = take_all(reader, accountant); !taken) {
    return std::unexpected(Failure(taken.error(), path, fmt::format("line {}", reader.line())));
  }
  return about(std::move(accountant).finish(), path);
}

std::vector<ledger::UsageRecord> records_of(std::span<const UsageInterval> intervals,
                                            const RecordContext& context, Random& random) {
  std::vector<ledger::UsageRecord> out;
  for (const UsageInterval& interval : intervals) {
    ledger::UsageRecord record;
    record.chip = context.chip;
    record.boot = context.boot;
    record.sequence = context.sequence + out.size();
    record.start = context.start + interval.start;
    record.end = context.start + interval.end;
    record.use = interval.use;
    record.level = context.level;
    record.job = context.job;
    record.salt = random.draw<16>();
    out.push_back(record);
  }
  return out;
}

}  // namespace daymark::usage
