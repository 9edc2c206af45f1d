// The leaves of one batch, in the order of the chips' slots, as the authority keeps them. Host
// only.
#pragma once

#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/cbor/reader.h"
#include "daymark/cbor/writer.h"

namespace daymark::authority {

/// Most leaves of one page.
inline constexpr std::size_t leaf_page_max = 4096;

/// Encoded leaves.
using LeafList = std::vector<std::vector<Byte>>;

/// At most as many as a page has. Errors: errc::cbor_*.
[[nodiscard]] Result<LeafList> read_leaf_list(cbor::Reader& in);
/// Writes a CBOR array of byte strings.
void put_leaf_list(cbor::Writer& out, const LeafList& leaves);

}  // namespace daymark::authority
