// Usage records: what one chip did in one span of time, as leaves of the usage ledger. Core.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daymark/base/bytes.h"
#include "daymark/base/ids.h"
#include "daymark/base/level.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"

namespace daymark::ledger {

/// What is counted. Operations have two bounds because no meter knows them exactly.
struct Sums {
  TeraOps ops_low;
  TeraOps ops_high;
  Joules joules;
  ChipMillis chip_millis;

  friend constexpr bool operator==(const Sums&, const Sums&) = default;
};

/// Errors: errc::ledger_overflow where one sum leaves 64 bits, with its field.
[[nodiscard]] Result<Sums> add(const Sums& a, const Sums& b);

/// What a chip can do at most, in 10^12 operations per second, rounded up. 0 where the chip does
/// nothing; there is no "unknown": a chip without a stated peak can't be metered.
struct Peak {
  TeraOps per_second;
};

/// Most operations within `span` at `peak`, rounded up and stopped at 2^64 - 1.
[[nodiscard]] TeraOps most_operations(Peak peak, ChipMillis span);

/// One leaf. `salt` is drawn afresh for each record, so that the hash of a neighbour in a path does
/// not let its content be guessed. A zero `job` means that no job was named.
struct UsageRecord {
  ChipId chip;
  BootId boot;
  /// Counts the records of one boot from 0.
  std::uint64_t sequence = 0;
  UnixMillis start;
  UnixMillis end;
  Sums use;
  Level level = Level::declared;
  JobId job;
  ByteArray<16> salt{};

  friend constexpr bool operator==(const UsageRecord&, const UsageRecord&) = default;
};

/// Longest encoding of a record.
inline constexpr std::size_t record_size_max = 134;

/// Deterministic CBOR (RFC 8949 §4.2): [1, chip, boot, sequence, start ms, end ms, ops low, ops
/// high, joules, chip ms, level, job, salt], into the front of `out`; record_size_max always
/// suffices.
/// Errors: errc::ledger_interval for a time before 1970, errc::buffer_too_small.
[[nodiscard]] Result<ByteView> encode(const UsageRecord& record, MutableBytes out);

/// The reverse, strictly: one encoding for each record. Says nothing about plausibility.
/// Errors: errc::ledger_version, those of cbor.
[[nodiscard]] Result<UsageRecord> parse_record(ByteView encoded);

/// That the record can be true of one chip with this peak (PROTOCOL §10): its span is not empty,
/// its chip time fits into the span, low ≤ high ≤ peak x chip time.
/// Errors: errc::ledger_interval, errc::ledger_chip_time, errc::ledger_bounds,
/// errc::ledger_above_peak.
[[nodiscard]] Result<void> check_plausible(const UsageRecord& record, Peak peak);

}  // namespace daymark::ledger
