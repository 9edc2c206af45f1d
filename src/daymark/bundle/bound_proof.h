// Proofs without a byte that nobody judges (PROTOCOL §11). Host only.
//
// A verifier of checkpoints passes over lines by keys that it doesn't know, as C2SP demands; a chip
// does the same, and asks no mirror about a licence. In a bundle such lines would be bytes that
// whoever hands it over can change, so a bundle carries proofs in one form without them.
#pragma once

#include <string>
#include <string_view>

#include "daymark/base/result.h"
#include "daymark/order/charter.h"
#include "daymark/order/proven.h"

namespace daymark::bundle {

/// The proof without `extra` and with the signatures of the charter's keys alone: logs first, then
/// witnesses, then mirrors, each in the turn of the charter's policies and once. An empty proof, a
/// relief's, stays empty. Judges no signature.
/// Errors: those of tlog::parse_proof, tlog::parse_checkpoint and tlog::Policy::parse.
[[nodiscard]] Result<std::string> bound_proof(std::string_view proof,
                                              const order::Charter& charter);

/// That `proof`, by which `proven` was proven under `charter`, has that form, and that every
/// signature in it holds: those of mirrors as well where the order needs none.
/// Errors: errc::bundle_unbound, errc::note_signature, those of bound_proof.
[[nodiscard]] Result<void> check_bound(std::string_view proof, const order::ProvenOrder& proven,
                                       const order::Charter& charter);

}  // namespace daymark::bundle
