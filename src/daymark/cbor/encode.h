// Host conveniences over the core writer: results in vectors of their own.
#pragma once

#include <functional>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/cbor/cose.h"
#include "daymark/cbor/writer.h"

namespace daymark::cbor {

/// Runs `write` on a growing buffer until the items fit.
[[nodiscard]] std::vector<Byte> encode(const std::function<void(Writer&)>& write);

/// COSE_Sign1 over `payload`.
[[nodiscard]] std::vector<Byte> sign1(ByteView payload, std::string_view purpose,
                                      const crypto::SecretKey& key);

/// Parses and verifies in one step and returns the payload, a view into `message`.
[[nodiscard]] Result<ByteView> open_sign1(ByteView message, std::string_view purpose,
                                          const crypto::PublicKey& key);

}  // namespace daymark::cbor
