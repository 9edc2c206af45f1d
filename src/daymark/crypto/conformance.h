// Foreign vectors for Ed25519, against the one rule of ports.h. Host only.
#pragma once

#include <string_view>

#include "daymark/base/conformance.h"
#include "daymark/base/result.h"

namespace daymark::crypto {

/// Runs every case of a vector file in its upstream's own form, which is recognised:
///
/// - Wycheproof ed25519_test.json (an object with testGroups): `result` valid or invalid is the
///   verdict; acceptable cases count as passed whatever happens.
/// - CCTV ed25519vectors.json (an array): the file states flags and no verdict. By our rule
///   (cofactorless, no low-order or non-canonical A or R) a signature must be refused exactly if
///   its flags hold low_order_A, low_order_R, non_canonical_A, non_canonical_R or
///   low_order_residue.
///
/// Errors: errc::json_malformed for a file of neither form. Safe from several threads.
[[nodiscard]] Result<ConformanceCount> run_ed25519_conformance(std::string_view text);

}  // namespace daymark::crypto
