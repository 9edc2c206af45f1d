// What reading, writing and judging findings have in common.
#pragma once

#include "daymark/cbor/reader.h"
#include "daymark/crypto/seal.h"
#include "daymark/order/finding.h"

namespace daymark::order::internal {

struct FindingPayload {
  FleetId fleet{};
  Digest commitment{};
  crypto::Sealed sealed;
};

[[nodiscard]] Result<FindingPayload> parse_payload(ByteView payload);

/// An answer's bytes, or none for null.
[[nodiscard]] Result<std::vector<Byte>> read_answer(cbor::Reader& in);

}  // namespace daymark::order::internal
