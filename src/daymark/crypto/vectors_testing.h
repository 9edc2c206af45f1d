// Hexadecimal vectors and shared helpers of crypto's tests.
#pragma once

#include <string_view>

#include "daymark/base/hex.h"
#include "daymark/crypto/ports.h"

namespace daymark::crypto::testing {

/// The bytes of a vector; a test that misspells one stops.
template <std::size_t N>
ByteArray<N> hex(std::string_view text) {
  return from_hex_fixed<N>(text).value();
}

/// A copy with bit `bit` of the whole flipped.
template <std::size_t N>
ByteArray<N> with_bit_flipped(ByteArray<N> bytes, std::size_t bit) {
  bytes[bit / 8 % N] = static_cast<Byte>(bytes[bit / 8 % N] ^ 1U << bit % 8);
  return bytes;
}

}  // namespace daymark::crypto::testing
