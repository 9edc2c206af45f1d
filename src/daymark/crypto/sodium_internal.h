// libsodium's own initialisation. Host only.
#pragma once

#include <cstdlib>

#include <sodium.h>

namespace daymark::crypto::internal {

/// Must run before randomness, X25519 and ciphers are used: without it the first of several threads
/// to draw would set libsodium's generator up unlocked. Cheap to repeat, safe from several threads
/// (libsodium: "sodium_init() can be called multiple times and from different threads").
inline void ready_sodium() {
  // Without a source of entropy nothing here may go on.
  if (sodium_init() < 0) std::abort();
}

}  // namespace daymark::crypto::internal
