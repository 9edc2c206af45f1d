// DMTF measurement records of any SPDM device (DSP0274 1.1, tables 43 to 45): a sequence of blocks,
// as the SPDM emulator writes them to a file. Unsigned by themselves.
#pragma once

#include <cstdint>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::evidence {

/// Largest record: its length has three bytes in the protocol, which no real device needs.
inline constexpr std::size_t spdm_record_max = 1UL << 20;

/// What a measurement is of (DSP0274 1.1, table 45), without the bit for raw values.
enum class SpdmValueType : std::uint8_t {
  rom = 0,
  firmware = 1,
  hardware_configuration = 2,
  firmware_configuration = 3,
  manifest = 4,
  device_mode = 5,
  version = 6,
  secure_version = 7,
};

struct SpdmMeasurement {
  Byte index = 0;
  /// Bits 0 to 6 of the value type; unknown ones are kept.
  SpdmValueType type{};
  /// The value itself, not its digest.
  bool raw = false;
  ByteView value;
};

/// Blocks until the end, each index once and not 0 (reserved) or FF. Views point into the input.
/// Errors: errc::spdm_record with the offset of the block.
[[nodiscard]] Result<std::vector<SpdmMeasurement>> parse_spdm_record(ByteView record);

}  // namespace daymark::evidence
