// Content sealed to several readers (PROTOCOL §8): encrypted once under a random key, and that key
// sealed to each reader. Whoever destroys its opening key erases its copy. Host only.
#pragma once

#include <vector>

#include "daymark/base/random.h"
#include "daymark/crypto/ports.h"

namespace daymark::crypto {

/// One sealed content: `box` = nonce(24) || XSalsa20-Poly1305, `keys[i]` = the content key in a
/// libsodium sealed box for reader i (80 bytes), in the order of the readers.
struct Sealed {
  std::vector<Byte> box;
  std::vector<std::vector<Byte>> keys;
};

[[nodiscard]] Sealed seal(ByteView content, std::span<const ExchangePublicKey> readers,
                          Random& random);

/// Opens with `key` whichever of the sealed keys fits. Errors: errc::seal_not_opened.
[[nodiscard]] Result<std::vector<Byte>> open(const Sealed& sealed, const ExchangeSecretKey& key);

}  // namespace daymark::crypto
