// SHA-256 on the host, by OpenSSL: it uses the processor's own instructions where there are any,
// libsodium doesn't.
#define OPENSSL_SUPPRESS_DEPRECATED  // EVP takes longer to begin than a tree's node takes to hash
#include <openssl/sha.h>

#include "daymark/crypto/ports.h"

namespace daymark::crypto {

Digest sha256(std::span<const ByteView> parts) {
  SHA256_CTX state;
  SHA256_Init(&state);
  for (const ByteView part : parts)
    SHA256_Update(&state, part.data(), part.size());
  Digest out{};
  SHA256_Final(out.data(), &state);
  return out;
}

}  // namespace daymark::crypto
