// Fields as TPMs write them (TPM 2.0 part 1 §4: most significant byte first), for fuzzers that put
// a structure together again.
#pragma once

#include <vector>

#include "daymark/base/bytes.h"

namespace daymark::fuzz {

template <class Unsigned>
void put(std::vector<Byte>& out, Unsigned value) {
  ByteArray<sizeof(Unsigned)> bytes{};
  put_big_endian(value, std::span(bytes));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

/// TPM2B: size (2), bytes.
inline void put_sized(std::vector<Byte>& out, ByteView bytes) {
  put(out, static_cast<std::uint16_t>(bytes.size()));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace daymark::fuzz
