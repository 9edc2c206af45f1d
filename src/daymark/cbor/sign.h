// COSE messages by a Signer, whose key is in a file or on a token. Host only.
#pragma once

#include <string_view>
#include <vector>

#include "daymark/cbor/cose.h"
#include "daymark/crypto/signer.h"

namespace daymark::cbor {

/// COSE_Sign1 over `payload`. Errors: those of the signer.
[[nodiscard]] Outcome<std::vector<Byte>> sign1(ByteView payload, std::string_view purpose,
                                               crypto::Signer& signer);

/// One signature for a COSE_Sign over `payload`. Errors: those of the signer.
[[nodiscard]] Outcome<SignerEntry> make_signer(ByteView payload, std::string_view purpose,
                                               crypto::Signer& signer);

}  // namespace daymark::cbor
