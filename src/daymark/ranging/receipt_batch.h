// How a beacon makes receipts: leaves under one root, signed once (receipt.h). Host only.
#pragma once

#include <span>
#include <vector>

#include "daymark/ranging/receipt.h"

namespace daymark::ranging {

// One way to write each. Errors: errc::receipt_malformed for negative quantities,
// errc::buffer_too_small.
[[nodiscard]] Result<ByteView> write_receipt_leaf(const ReceiptLeaf& leaf, MutableBytes out);
[[nodiscard]] Result<ByteView> write_batch_root(const BatchRoot& root, MutableBytes out);
[[nodiscard]] Result<ByteView> write_receipt(const ReceiptParts& parts, MutableBytes out);

/// The receipts of `leaves`, in their order: one signature for all of them. Errors:
/// errc::receipt_batch where there are none, more than batch_receipts_max, or two alike;
/// errc::receipt_malformed.
[[nodiscard]] Result<std::vector<std::vector<Byte>>> sign_batch(std::span<const ReceiptLeaf> leaves,
                                                                const BatchStatement& statement,
                                                                const crypto::SecretKey& beacon);

/// A batch of this one. Errors: errc::receipt_malformed.
[[nodiscard]] Result<std::vector<Byte>> sign_receipt(const Receipt& receipt,
                                                     const crypto::SecretKey& beacon);

}  // namespace daymark::ranging
