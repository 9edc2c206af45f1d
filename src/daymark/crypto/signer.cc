#include "daymark/crypto/signer.h"

#include "daymark/base/hex.h"
#include "daymark/crypto/errors.h"

namespace daymark::crypto {

Outcome<Signature> Signer::sign(ByteView message) {
  DAYMARK_TRY(const Signature signature, make_signature(message));
  const PublicKey key = public_key();
  if (!ed25519_verify(key, message, signature)) {
    return refuse(errc::signer_wrong, to_hex(key_id(key).view()));
  }
  return signature;
}

}  // namespace daymark::crypto
