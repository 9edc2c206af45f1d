// The host's sources of randomness.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daymark/base/random.h"

namespace daymark::crypto {

/// The operating system's generator. Safe from several threads.
class SystemRandom final : public Random {
 public:
  SystemRandom();
  void fill(MutableBytes out) override;
};

/// Draws from another source in larger pieces: a call of the operating system for each challenge of
/// 16 bytes would cost as much as sending it. Not thread-safe, and not for a process that forks.
/// What was handed out is overwritten. Not for long-lived keys, which would lie in memory early.
class BufferedRandom final : public Random {
 public:
  /// `source` outlives it.
  explicit BufferedRandom(Random& source) : source_(source) {}

  ~BufferedRandom();
  BufferedRandom(const BufferedRandom&) = delete;
  BufferedRandom& operator=(const BufferedRandom&) = delete;
  BufferedRandom(BufferedRandom&&) = delete;
  BufferedRandom& operator=(BufferedRandom&&) = delete;

  void fill(MutableBytes out) override;

 private:
  Random& source_;
  ByteArray<4096> buffer_{};
  std::size_t used_ = sizeof(buffer_);
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
