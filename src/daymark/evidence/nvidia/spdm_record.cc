#include "daymark/evidence/nvidia/spdm_record.h"

#include <algorithm>
#include <optional>

#include "daymark/evidence/errors.h"

namespace daymark::evidence {

namespace {

constexpr std::size_t record_head_size = 4;
constexpr std::size_t record_value_head = 3;
constexpr Byte dmtf_measurement = 1;
constexpr Byte raw_bit = 0x80;
constexpr Byte index_reserved_high = 0xFF;

std::size_t two_bytes(ByteView bytes) {
  return static_cast<std::size_t>(bytes[0] | bytes[1] << 8);
}

/// The block at the front of `rest`; nullopt where it breaks a rule.
std::optional<SpdmMeasurement> front_block(ByteView rest) {
  if (rest.size() < record_head_size + record_value_head) return std::nullopt;
  const std::size_t size = two_bytes(rest.subspan(2, 2));
  const ByteView inside = rest.subspan(record_head_size);
  if (rest[1] != dmtf_measurement || size > inside.size() || size < record_value_head) {
    return std::nullopt;
  }
  const std::size_t value_size = two_bytes(inside.subspan(1, 2));
  if (rest[0] == 0 || rest[0] == index_reserved_high || value_size + record_value_head != size) {
    return std::nullopt;
  }
  SpdmMeasurement out;
  out.index = rest[0];
  out.type = static_cast<SpdmValueType>(inside[0] & ~raw_bit);
  out.raw = (inside[0] & raw_bit) != 0;
  out.value = inside.subspan(record_value_head, value_size);
  return out;
}

}  // namespace

Result<std::vector<SpdmMeasurement>> parse_spdm_record(ByteView record) {
  const auto refused = [&](ByteView rest) {
    return fail(errc::spdm_record, field::measurement_block,
                static_cast<std::uint32_t>(record.size() - rest.size()));
  };
  if (record.empty() || record.size() > spdm_record_max) return refused(record);
  std::vector<SpdmMeasurement> out;
  for (ByteView rest = record; !rest.empty();) {
    const auto block = front_block(rest);
    const bool repeated = block && std::ranges::any_of(out, [&](const SpdmMeasurement& other) {
                            return other.index == block->index;
                          });
    if (!block || repeated) return refused(rest);
    rest = rest.subspan(record_head_size + record_value_head + block->value.size());
    out.push_back(*block);
  }
  return out;
}

}  // namespace daymark::evidence
