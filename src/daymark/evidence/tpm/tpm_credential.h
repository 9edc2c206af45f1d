// A credential for a TPM, made without one (TPM 2.0 Library, part 1 §24): only the TPM that holds
// the endorsement key gives the secret back, and only if it holds the named key as well. Host only.
#pragma once

#include <vector>

#include "daymark/base/random.h"
#include "daymark/evidence/tpm/tpm_structures.h"

namespace daymark::evidence {

/// Contents of TPM2B_ID_OBJECT and TPM2B_ENCRYPTED_SECRET.
struct TpmCredential {
  std::vector<Byte> blob;
  std::vector<Byte> seed;
};

/// Largest contents of both.
inline constexpr std::size_t credential_blob_max = 128;
inline constexpr std::size_t credential_seed_max = 256;

/// The blob for a seed: everything in a credential that follows from its inputs. Errors:
/// errc::tpm_key_kind where the library refuses.
[[nodiscard]] Result<std::vector<Byte>> tpm_credential_blob(const Digest& seed, const TpmName& name,
                                                            const Digest& secret);

/// As make_tpm_credential with a seed that the caller drew, and may disclose later.
[[nodiscard]] Result<TpmCredential> make_tpm_credential_from(ByteView endorsement,
                                                             const TpmName& name,
                                                             const Digest& secret,
                                                             const Digest& seed);

/// For the object `name` in the TPM of `endorsement` (a TPMT_PUBLIC). The padding of RSA-OAEP comes
/// from the library's own randomness. Errors: those of parse_endorsement_public,
/// errc::tpm_key_kind for a modulus that can't be encrypted to.
[[nodiscard]] Result<TpmCredential> make_tpm_credential(ByteView endorsement, const TpmName& name,
                                                        const Digest& secret, Random& random);

}  // namespace daymark::evidence
