// CBOR items as JSON values and in diagnostic notation, to compare with vectors and to show. Host
// only; kept out of the installed headers.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::cbor::internal {

/// The item as JSON, as far as JSON can say it: bignums become floats, byte strings and odd simple
/// values their diagnostic notation, tags of other kinds their content, keys text.
/// Errors: those of check_item in the foreign profile.
[[nodiscard]] Result<nlohmann::json> to_json(ByteView item);

/// Diagnostic notation (RFC 8949 §8), with "_ " after the opening bracket of indefinite items.
/// Errors: those of check_item in the foreign profile.
[[nodiscard]] Result<std::string> to_diagnostic(ByteView item);

}  // namespace daymark::cbor::internal
