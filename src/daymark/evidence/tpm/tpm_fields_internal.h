// Reads the structures of the TPM 2.0 Library, part 2: big-endian, sizes of 16 bits.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "daymark/base/bytes.h"

namespace daymark::evidence {

/// TPM_ALG_ID, part 2 §6.3.
namespace tpm_alg {
inline constexpr std::uint16_t rsa = 0x0001;
inline constexpr std::uint16_t sha1 = 0x0004;
inline constexpr std::uint16_t aes = 0x0006;
inline constexpr std::uint16_t sha256 = 0x000B;
inline constexpr std::uint16_t sha384 = 0x000C;
inline constexpr std::uint16_t sha512 = 0x000D;
inline constexpr std::uint16_t null = 0x0010;
inline constexpr std::uint16_t rsassa = 0x0014;
inline constexpr std::uint16_t rsaes = 0x0015;
inline constexpr std::uint16_t ecdsa = 0x0018;
inline constexpr std::uint16_t ecdaa = 0x001A;
inline constexpr std::uint16_t ecc = 0x0023;
inline constexpr std::uint16_t cfb = 0x0043;
}  // namespace tpm_alg

/// TPM_ECC_CURVE, part 2 §6.4.
namespace tpm_curve {
inline constexpr std::uint16_t p256 = 0x0003;
inline constexpr std::uint16_t p384 = 0x0004;
}  // namespace tpm_curve

/// TPM_GENERATED: the mark of what a TPM made itself.
inline constexpr std::uint32_t tpm_magic = 0xFF544347;
/// TPM2B_NAME at most: algorithm and digest, or a handle.
inline constexpr std::size_t tpm_name_max = 68;

/// Reads fields from the front; what doesn't fit is remembered and reported once, at the end.
class TpmFields {
 public:
  explicit TpmFields(ByteView input) : input_(input) {}

  template <class Unsigned>
  Unsigned number() {
    const ByteView bytes = take(sizeof(Unsigned));
    if (bytes.size() != sizeof(Unsigned)) return 0;
    return get_big_endian<Unsigned>(bytes.first<sizeof(Unsigned)>());
  }

  /// TPM2B: a length of 16 bits and as many bytes, at most `most`.
  ByteView sized(std::size_t most) {
    const auto size = number<std::uint16_t>();
    if (size > most) broken_ = true;
    return take(size);
  }

  [[nodiscard]] ByteView take(std::size_t size) {
    broken_ = broken_ || size > input_.size() - at_;
    if (broken_) return {};
    at_ += size;
    return input_.subspan(at_ - size, size);
  }

  [[nodiscard]] bool whole() const { return !broken_ && at_ == input_.size(); }

  [[nodiscard]] bool broken() const { return broken_; }

  /// Where the next field begins.
  [[nodiscard]] std::uint32_t at() const { return static_cast<std::uint32_t>(at_); }

 private:
  ByteView input_;
  std::size_t at_ = 0;
  bool broken_ = false;
};

}  // namespace daymark::evidence
