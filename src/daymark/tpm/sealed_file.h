// The file in which a governor's key lies, sealed to a TPM: FOLDER/chip.tpm. Host only.
//
//   file   = [1, PCRs, public area, private area, counter index]
//   sealed = key seed (32 bytes) || counter base (8 bytes, big-endian)
#pragma once

#include <vector>

#include "daymark/crypto/ports.h"
#include "daymark/tpm/tpm.h"

namespace daymark::tpm {

inline constexpr std::size_t sealed_file_max = 2048;

struct SealedFile {
  Sealed key;
  std::uint32_t index = 0;
};

[[nodiscard]] std::vector<Byte> print_sealed_file(const SealedFile& file);
/// Errors: errc::tpm_sealed_malformed.
[[nodiscard]] Result<SealedFile> parse_sealed_file(ByteView encoded);

/// What is sealed together, so that neither can be exchanged without the other.
struct SealedSecrets {
  crypto::SecretKey chip;
  std::uint64_t base = 0;  ///< what the NV counter showed when the governor's counter was 0
};

[[nodiscard]] ByteArray<40> join_secrets(const SealedSecrets& secrets);
/// Errors: errc::tpm_sealed_malformed.
[[nodiscard]] Result<SealedSecrets> split_secrets(ByteView bytes);

/// The key of the NV counter that belongs to `chip`.
[[nodiscard]] CounterKey counter_key(std::uint32_t index, const crypto::SecretKey& chip);

}  // namespace daymark::tpm
