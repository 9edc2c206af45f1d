/* Both users of libsodium's field arithmetic in one piece, so that the image holds it once.
   X25519's base point goes the way without a table too. */
#include "crypto_core/ed25519/ref10/ed25519_ref10.c"

#define ge25519_scalarmult_base __wrap_ge25519_scalarmult_base
void __wrap_ge25519_scalarmult_base(ge25519_p3 *h, const unsigned char *a);
#include "crypto_scalarmult/curve25519/ref10/x25519_ref10.c"
