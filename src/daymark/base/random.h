// Randomness comes in as an interface, so that a whole fleet can run from one seed. Core.
#pragma once

#include "daymark/base/bytes.h"

namespace daymark {

/// A source of unpredictable bytes; on the chip its entropy source, in simulation a seeded stream.
class Random {
 public:
  virtual void fill(MutableBytes out) = 0;

  template <std::size_t N>
  [[nodiscard]] ByteArray<N> draw() {
    ByteArray<N> out{};
    fill(out);
    return out;
  }

 protected:
  ~Random() = default;  // never deleted through the interface: the chip has no operator delete
};

}  // namespace daymark
