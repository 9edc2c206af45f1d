// The assurance level that every verdict and every record states (principle 4). Core.
#pragma once

#include <cstdint>

namespace daymark {

/// On what a statement rests. Whoever has root on the host can forge `declared` and `host_signed`.
enum class Level : std::uint8_t {
  declared = 0,         ///< L0: somebody says so
  host_signed = 1,      ///< L1: signed by the host's software
  tpm_bound = 2,        ///< L2: bound to a TPM of the host
  device_attested = 3,  ///< L3: the accelerator's own attestation
  enforced = 4,         ///< L4: enforced in firmware or silicon
};

/// The highest number that stands for a level.
inline constexpr std::uint8_t level_max = 4;

}  // namespace daymark
