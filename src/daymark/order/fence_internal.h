// The fence of a leaf on the wire. Core.
#pragma once

#include "daymark/cbor/reader.h"
#include "daymark/cbor/writer.h"
#include "daymark/order/leaf.h"

namespace daymark::order::internal {

/// Errors: errc::leaf_malformed where an index or a count points beyond its list.
[[nodiscard]] Result<void> read_fence(cbor::Reader& in, Fence& out);
void put_fence(cbor::Writer& out, const Fence& fence);

}  // namespace daymark::order::internal
