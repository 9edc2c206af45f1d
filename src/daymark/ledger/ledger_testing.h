// Records for the ledger's own tests.
#pragma once

#include <rapidcheck.h>

#include "daymark/ledger/record.h"

namespace daymark::ledger {

/// An H100 in 10^12 operations a second.
inline constexpr Peak test_peak{{990}};

/// A plausible record: one minute, numbered.
inline UsageRecord record_number(std::uint64_t n) {
  UsageRecord out;
  out.chip.bytes.fill(0xC1);
  out.boot.bytes.fill(0xB0);
  out.sequence = n;
  out.start = {1'772'000'000'000 + static_cast<std::int64_t>(n) * 60'000};
  out.end = out.start + minutes(1);
  out.use = {{n * 7 % 50'000}, {59'000 + n % 400}, {30'000 + n % 9'000}, {60'000}};
  out.level = Level::host_signed;
  out.salt.fill(static_cast<Byte>(n * 37));
  return out;
}

/// Any plausible record under test_peak.
inline rc::Gen<UsageRecord> any_record() {
  return rc::gen::exec([] {
    UsageRecord out = record_number(*rc::gen::inRange<std::uint64_t>(0, 1ULL << 40));
    const auto span = *rc::gen::inRange<std::int64_t>(1, 90'000'000);
    out.end = out.start + Millis{span};
    out.use.chip_millis = {
        *rc::gen::inRange<std::uint64_t>(0, static_cast<std::uint64_t>(span) + 1)};
    const std::uint64_t most = most_operations(test_peak, out.use.chip_millis).value;
    out.use.ops_high = {*rc::gen::inRange<std::uint64_t>(0, most + 1)};
    out.use.ops_low = {*rc::gen::inRange<std::uint64_t>(0, out.use.ops_high.value + 1)};
    out.use.joules = {*rc::gen::inRange<std::uint64_t>(0, 1ULL << 33)};
    out.salt = *rc::gen::container<ByteArray<16>>(rc::gen::arbitrary<Byte>());
    return out;
  });
}

}  // namespace daymark::ledger
