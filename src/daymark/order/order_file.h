// An order on its way between signers: the `.order` file. Host only.
//
//   order file = [1, payload, [[key id, signature]…], salt, content]
//
// The payload is what every signer signs and what becomes public. Salt and content lie beside it in
// the clear, so that nobody signs what they can't read; the file is for those who may see them.
// A drafted file has no signature yet. docs/formats/order.md shows an example.
#pragma once

#include <vector>

#include "daymark/crypto/key_file.h"
#include "daymark/crypto/signer.h"
#include "daymark/order/charter.h"
#include "daymark/order/order.h"

namespace daymark::order {

inline constexpr std::size_t order_file_size_max = 12'288;

struct FileSignature {
  KeyId key;
  crypto::Signature signature;
};

/// What the files of orders and of findings hold alike.
struct SignedFile {
  std::vector<Byte> payload;
  std::vector<FileSignature> signatures;  ///< in the order in which they were added
  Digest salt{};
  std::vector<Byte> content;
};

struct OrderFile : SignedFile {};

/// Form, and that the content is the one the payload commits to. Signatures are not verified: that
/// takes a charter. Errors: errc::order_malformed, errc::order_size, errc::order_commitment,
/// errc::order_signer_duplicate (one key twice), errc::cbor_*.
[[nodiscard]] Result<OrderFile> parse_order_file(ByteView encoded);
[[nodiscard]] std::vector<Byte> print_order_file(const OrderFile& file);

/// Adds the signature of `key`, a key or spare of one of the charter's parties.
/// Errors: errc::order_charter, errc::order_signer_unknown, errc::order_signer_duplicate where that
/// party has signed already, errc::cose_signers for more than 16.
[[nodiscard]] Result<void> sign_order(OrderFile& file, const Charter& charter,
                                      const crypto::KeyPair& key);
/// The same by a signer, which is asked only for what that key may add. Errors also: the signer's.
[[nodiscard]] Outcome<void> sign_order(OrderFile& file, const Charter& charter,
                                       crypto::Signer& signer);

/// Verifies every signature under the charter and returns who signed. Errors: those of sign_order
/// and errc::cose_signature.
[[nodiscard]] Result<tlog::MemberSet> verify_signatures(const OrderFile& file,
                                                        const Charter& charter);

/// The COSE_Sign that is logged. Errors: errc::cose_signers where nobody signed, errc::order_size.
[[nodiscard]] Result<std::vector<Byte>> envelope_of(const OrderFile& file);

}  // namespace daymark::order
