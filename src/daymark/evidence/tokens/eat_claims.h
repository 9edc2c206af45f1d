// Claims of an EAT (RFC 9711) or CWT (RFC 8392): read and checked for form, apart from signatures.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/units.h"
#include "daymark/evidence/tokens/cbor_tree.h"

namespace daymark::evidence {

/// A submodule (RFC 9711 §4.2.18): its own claims, a token inside the token, or the digest of one
/// that comes apart.
struct EatSubmodule {
  std::string name;
  /// "claims", "token" or "detached".
  std::string_view form;
  std::uint32_t offset = 0;
};

/// What verifiers ask of a token; the rest is in `every_claim`.
struct EatClaims {
  std::optional<std::string_view> profile;
  /// At most 16.
  std::vector<ByteView> nonces;
  std::optional<ByteView> ueid;
  std::optional<UnixMillis> expires;
  std::optional<UnixMillis> not_before;
  std::optional<UnixMillis> issued_at;
  std::vector<EatSubmodule> submodules;
};

/// Checks every claim that is known for its form; claims that are not known are kept for
/// explanations and said nothing about. Views point into the tree's input.
/// Errors: errc::token_claim with field claim and the offset of the value; errc::cbor_type for what
/// is no map.
[[nodiscard]] Result<EatClaims> read_eat(const CborTree& claims);

/// The name of a claim by its label: "nonce", "UEID", "security life cycle"; empty where unknown.
[[nodiscard]] std::string_view eat_claim_name(std::int64_t label);

}  // namespace daymark::evidence
