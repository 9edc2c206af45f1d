#include "daymark/crypto/low_order.h"

namespace daymark::crypto {

namespace {

using KeyBytes = ByteArray<32>;

/// y of the points of order eight.
constexpr std::array<KeyBytes, 2> order_eight{
    {{0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4,
      0x89, 0xF2, 0xEF, 0x98, 0xF0, 0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6,
      0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05},
     {0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B,
      0x76, 0x0D, 0x10, 0x67, 0x0F, 0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39,
      0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A}}};

constexpr Byte sign_cleared = 0x7F;

/// Whether all bytes but the first are `filling`, the last without the sign.
bool is_filled(const KeyBytes& bytes, Byte filling) {
  for (std::size_t i = 1; i < bytes.size() - 1; ++i) {
    if (bytes[i] != filling) return false;
  }
  return bytes.back() == (filling & sign_cleared);
}

}  // namespace

/// Every encoding of such a point but for the sign bit: y is 0 or 1, one of two numbers, or, where
/// p = 2^255 - 19, p - 1, p or p + 1.
bool is_low_order(const PublicKey& key) {
  KeyBytes bytes = key.bytes;
  bytes.back() &= sign_cleared;
  if (is_filled(bytes, 0)) return bytes[0] <= 1;
  if (is_filled(bytes, 0xFF)) return bytes[0] >= 0xEC && bytes[0] <= 0xEE;
  return bytes == order_eight[0] || bytes == order_eight[1];
}

}  // namespace daymark::crypto
