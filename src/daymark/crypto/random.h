// The host's sources of randomness.
#pragma once

#include <cstdint>

#include "daymark/base/random.h"

namespace daymark::crypto {

/// The operating system's generator. Safe from several threads.
class SystemRandom final : public Random {
 public:
  SystemRandom();
  void fill(MutableBytes out) override;
};

/// A reproducible stream for simulation and tests (ChaCha20 keyed by the seed): never for keys that
/// protect anything.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed);

  void fill(MutableBytes out) override;

 private:
  std::uint64_t seed_;
  std::uint64_t drawn_ = 0;
};

}  // namespace daymark::crypto
