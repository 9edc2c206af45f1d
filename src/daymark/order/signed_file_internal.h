// What the files of orders and of findings do alike: form, signatures and whose they are. Host
// only.
#pragma once

#include <span>
#include <vector>

#include "daymark/base/result.h"
#include "daymark/cbor/encode.h"
#include "daymark/cbor/reader.h"
#include "daymark/order/charter.h"
#include "daymark/order/order_file.h"

namespace daymark::order::internal {

/// Reads `[1, payload, [[key id, signature]...], salt, content]` to its end; what payload and
/// content say is for the caller. Errors: `malformed` for another version,
/// errc::order_signer_duplicate for one key twice, errc::cbor_*.
[[nodiscard]] Result<SignedFile> read_signed_file(ByteView encoded, Errc malformed);
[[nodiscard]] std::vector<Byte> print_signed_file(const SignedFile& file);

/// The parties that signed, by the key ids alone. Errors: errc::order_signer_unknown,
/// errc::order_signer_duplicate for one party twice, by key and spare.
[[nodiscard]] Result<tlog::MemberSet> signing_parties(std::span<const FileSignature> signatures,
                                                      const Charter& charter);

/// Whether a signature by `key` may be added. Errors: those of signing_parties, errc::cose_signers.
[[nodiscard]] Result<void> check_room(const SignedFile& file, const Charter& charter,
                                      const KeyId& key);

/// Each signature over the payload, by key or spare of its party. Errors:
/// errc::order_signer_unknown, errc::cose_signature.
[[nodiscard]] Result<void> check_signatures(const SignedFile& file, const Charter& charter,
                                            std::string_view purpose);

/// The COSE_Sign that is logged. Errors: errc::cose_signers where nobody signed, errc::order_size.
[[nodiscard]] Result<std::vector<Byte>> signed_envelope(const SignedFile& file);

}  // namespace daymark::order::internal
