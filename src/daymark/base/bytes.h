// Views and fixed arrays of bytes: the only currency of the core. No heap; safe on the chip.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace daymark {

using Byte = std::uint8_t;
/// Bytes that somebody else owns and that must outlive the view.
using ByteView = std::span<const Byte>;
using MutableBytes = std::span<Byte>;

template <std::size_t N>
using ByteArray = std::array<Byte, N>;

/// A SHA-256 value.
using Digest = ByteArray<32>;

/// The characters of `text` as bytes; the view lives as long as the text.
[[nodiscard]] inline ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const Byte*>(text.data()), text.size()};
}

/// Bytes as characters; the view lives as long as the bytes.
[[nodiscard]] inline std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Equality of public values. Not constant-time: for secrets use crypto::equal_secret.
[[nodiscard]] inline bool equal(ByteView a, ByteView b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

/// Copies exactly N bytes; the caller has checked the length.
template <std::size_t N>
[[nodiscard]] ByteArray<N> array_of(ByteView bytes) {
  ByteArray<N> out{};
  if (bytes.size() == N) std::memcpy(out.data(), bytes.data(), N);
  return out;
}

/// Copies `from` to the start of `to`, which must be at least as long.
inline void copy_bytes(ByteView from, MutableBytes to) {
  if (!from.empty() && to.size() >= from.size()) std::memcpy(to.data(), from.data(), from.size());
}

/// Writes `value` most significant byte first.
template <class Unsigned>
constexpr void put_big_endian(Unsigned value, std::span<Byte, sizeof(Unsigned)> out) {
  for (std::size_t i = sizeof(Unsigned); i-- > 0; value = static_cast<Unsigned>(value >> 7 >> 1)) {
    out[i] = static_cast<Byte>(value & 0xFF);
  }
}

/// Reads an unsigned number, most significant byte first.
template <class Unsigned>
[[nodiscard]] constexpr Unsigned get_big_endian(std::span<const Byte, sizeof(Unsigned)> in) {
  Unsigned value = 0;
  for (const Byte byte : in)
    value = static_cast<Unsigned>(static_cast<Unsigned>(value << 7 << 1) | byte);
  return value;
}

}  // namespace daymark
