// Turns telemetry into chip time, energy and operations with bounds.
//
// Operations, between two samples:
//   with tensor activity    low  = activity x peak x lowest clock ratio
//                           high = activity x peak x highest clock ratio
//   without                 low  = 0, high = peak where a program ran, else 0
//   nothing known, or a gap low  = 0, high = peak
// The clock is not in the telemetry, so activity alone overstates: on three H100 runs of known work
// activity x peak was 13 to 23 % above the truth. `peak` is the catalogue's figure for one
// precision; work at a faster precision (FP8) than the stated one is outside the bounds.
//
// All of it is the host's word: a host that lies here is not found out here.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/base/level.h"
#include "daymark/base/random.h"
#include "daymark/ledger/record.h"
#include "daymark/usage/telemetry.h"

namespace daymark::usage {

/// The chip's clock as a share of that at which the peak holds.
struct ClockRange {
  double lowest = 0.5;
  double highest = 1.0;
};

struct AccountOptions {
  /// 10^12 operations a second of one chip.
  double peak_tera_ops = 0;
  ClockRange clock;
  /// Span of one record.
  Millis interval = minutes(1);
  /// Samples further apart than this leave the time between them unknown.
  Millis gap = seconds(10);
};

/// The peak as the ledger takes it: rounded up.
[[nodiscard]] ledger::Peak ledger_peak(const AccountOptions& options);

/// On what the bounds of operations rest.
enum class Basis { tensor_activity, utilisation, nothing };

/// One chip in one interval.
struct UsageInterval {
  unsigned gpu = 0;
  Millis start;
  Millis end;
  ledger::Sums use;
  /// The weakest within the interval.
  Basis basis = Basis::tensor_activity;
};

/// One chip over the whole telemetry.
struct ChipAccount {
  unsigned gpu = 0;
  std::uint64_t samples = 0;
  Millis span;
  /// Time in which a program ran, by samples.
  Millis busy;
  /// Time between samples that are too far apart.
  Millis unknown;
  ledger::Sums use;
  /// From power over time, and from the chip's counter where there is one: two sources of one fact.
  double integrated_joules = 0;
  std::optional<double> counter_joules;
  /// Times the counter went back.
  std::uint64_t counter_resets = 0;
  Basis basis = Basis::tensor_activity;
};

struct Account {
  AccountOptions options;
  std::vector<ChipAccount> chips;
  /// In the order of chips, then of time.
  std::vector<UsageInterval> intervals;
  ledger::Sums total;
};

/// Most intervals of one account.
inline constexpr std::size_t usage_intervals_max = 1'000'000;

/// Takes samples as they come; those of one chip in order of time, equal times allowed (recorders
/// round). Not thread-safe.
class Accountant {
 public:
  /// Errors: errc::usage_options.
  [[nodiscard]] static Result<Accountant> create(const AccountOptions& options);

  ~Accountant();
  Accountant(const Accountant&) = delete;
  Accountant& operator=(const Accountant&) = delete;
  Accountant(Accountant&&) noexcept;
  Accountant& operator=(Accountant&&) noexcept;

  /// Errors: errc::telemetry_order, errc::usage_intervals.
  [[nodiscard]] Result<void> add(const Sample& sample);

  /// The intervals that are complete by now, each handed out once; for a meter that runs on.
  [[nodiscard]] std::vector<UsageInterval> take_complete();

  /// Closes the last intervals. Errors: errc::telemetry_empty, errc::ledger_overflow.
  [[nodiscard]] Result<Account> finish() &&;

 private:
  struct State;

  explicit Accountant(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

/// A whole stream. Errors: those of TelemetryReader and Accountant.
[[nodiscard]] Result<Account> account_stream(std::istream& input, const AccountOptions& options);

/// A whole file. Errors: errc::file_not_opened and those above, with the file as subject and the
/// number of the line as detail.
[[nodiscard]] Outcome<Account> account_file(const std::string& path, const AccountOptions& options);

/// What telemetry doesn't say and a record needs.
struct RecordContext {
  ChipId chip;
  BootId boot;
  JobId job;
  /// The time of t_s = 0.
  UnixMillis start;
  /// The number of the first record.
  std::uint64_t sequence = 0;
  Level level = Level::host_signed;
};

/// The intervals of one chip as records for its ledger, freshly salted.
[[nodiscard]] std::vector<ledger::UsageRecord> records_of(std::span<const UsageInterval> intervals,
                                                          const RecordContext& context,
                                                          Random& random);

/// One JSON object; sums above 2^53 as strings.
[[nodiscard]] std::string to_json(const Account& account, const std::string& file);
[[nodiscard]] std::string to_text(const Account& account, const std::string& file);

}  // namespace daymark::usage
