// Signatures as order and finding files carry them: read, written, and whose they are. Host only.
#pragma once

#include <span>
#include <vector>

#include "daymark/base/result.h"
#include "daymark/cbor/encode.h"
#include "daymark/cbor/reader.h"
#include "daymark/order/charter.h"
#include "daymark/order/order_file.h"

namespace daymark::order::internal {

/// Errors: errc::order_signer_duplicate for one key twice, errc::cbor_*.
[[nodiscard]] Result<std::vector<FileSignature>> read_file_signatures(cbor::Reader& in);
void put_file_signatures(std::span<const FileSignature> signatures, cbor::Writer& out);

/// The parties that signed, by the key ids alone. Errors: errc::order_signer_unknown,
/// errc::order_signer_duplicate for one party twice, by key and spare.
[[nodiscard]] Result<tlog::MemberSet> signing_parties(std::span<const FileSignature> signatures,
                                                      const Charter& charter);

}  // namespace daymark::order::internal
