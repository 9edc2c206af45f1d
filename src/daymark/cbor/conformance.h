// Foreign vectors for the CBOR reader. Host only.
#pragma once

#include <string_view>

#include "daymark/base/conformance.h"
#include "daymark/base/result.h"

namespace daymark::cbor {

/// Runs the items of RFC 8949 appendix A in the form of cbor/test-vectors appendix_a.json: an array
/// of {hex, roundtrip, decoded | diagnostic}. An item passes if
///
/// - the foreign profile accepts it: every item there is well-formed, but for simple values below
///   32 in two bytes (f818), which RFC 7049 allowed and RFC 8949 §3.3 forbids: these must be
///   refused by both profiles;
/// - the deterministic profile accepts it exactly if it is marked `roundtrip`;
/// - its value equals `decoded` (bignums compared as floats, as JSON holds them) or its diagnostic
///   notation equals `diagnostic`.
///
/// Not compared beyond that: the sign of zero and which integer of magnitude over 2^64 a bignum is.
/// Errors: errc::json_malformed for another form. Safe from several threads.
[[nodiscard]] Result<ConformanceCount> run_cbor_conformance(std::string_view text);

}  // namespace daymark::cbor
