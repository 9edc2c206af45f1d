// The bytes that a COSE signature covers, for whoever keeps the key elsewhere.
#pragma once

#include <string_view>

#include "daymark/cbor/cose.h"
#include "daymark/cbor/writer.h"

namespace daymark::cbor::internal {

/// What a signature stands for beside the payload.
struct SignedContext {
  KeyId key;
  std::string_view purpose;
  bool one_signer = true;  ///< COSE_Sign1, else COSE_Sign
};

/// The front of Sig_structure, up to the purpose.
void put_front(const SignedContext& context, Writer& out);

/// Sig_structure (RFC 9052 §4.4), built in `scratch`. Errors: errc::buffer_too_small.
[[nodiscard]] Result<ByteView> to_be_signed(ByteView payload, const SignedContext& context,
                                            MutableBytes scratch);

/// Writes a COSE_Sign1 from its parts. Errors: errc::buffer_too_small.
[[nodiscard]] Result<ByteView> write_sign1(ByteView payload, const SignerEntry& signer,
                                           MutableBytes out);

}  // namespace daymark::cbor::internal
