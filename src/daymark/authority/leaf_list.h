// The leaves of one batch, in the order of the chips' slots, as the authority keeps them. Host
// only.
#pragma once

#include <vector>

#include "daymark/authority/records.h"
#include "daymark/cbor/reader.h"
#include "daymark/order/leaf.h"

namespace daymark::authority {

/// Encoded leaves; leaf i belongs to slot i.
using LeafList = std::vector<std::vector<Byte>>;

/// The same, as a member of a larger structure. Errors: as below, without those of trailing bytes.
[[nodiscard]] Result<LeafList> read_leaf_list(cbor::Reader& in);
/// CBOR array of byte strings. Errors: errc::leaf_malformed, errc::cbor_*.
[[nodiscard]] Result<LeafList> parse_leaf_list(ByteView bytes);
[[nodiscard]] std::vector<Byte> print_leaf_list(const LeafList& leaves);

/// Root of the batch tree over the leaves.
[[nodiscard]] Digest leaf_list_root(const LeafList& leaves);

/// Every leaf with its path; `batch` is left to the caller. Errors: errc::leaf_malformed.
[[nodiscard]] Result<std::vector<LeafRecord>> leaf_records(const LeafList& leaves);

}  // namespace daymark::authority
