// Scalars of half the length for the equation of a signature. For this module and its tests.
#pragma once

#include <optional>

#include "daymark/base/bytes.h"

namespace daymark::lanes::internal {

/// u and v with v = u h modulo 8 L, where L is the group's order and u is odd; least significant
/// byte first, each below 15 * 2^130.
///
/// S B = R + h A holds exactly if (u S) B = u R + v A does: u is odd and smaller than L, so that
/// multiplication by u is one to one on all 8 L points of the curve, those of small order
/// included; and v and u h are the same multiple of any of them. (A. Antipa and others,
/// "Accelerated verification of ECDSA signatures", 2005; T. Pornin, "Optimized lattice basis
/// reduction in dimension 2, and fast Schnorr and EdDSA signature verification", 2020.)
struct Halves {
  ByteArray<32> multiplier;  ///< |u|
  ByteArray<32> product;     ///< v
  bool is_negative = false;  ///< u < 0
};

/// For h < L. Nothing where the vectors found are too long, as for four of a hundred thousand
/// hashes. Takes a time that depends on h, which is public.
[[nodiscard]] std::optional<Halves> halve(const ByteArray<32>& challenge);

}  // namespace daymark::lanes::internal
