// Attestation results of others (EAR, draft-ietf-rats-ear) with AR4SI vectors: claims as JSON or
// CBOR, apart from signatures.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/units.h"
#include "daymark/evidence/tokens/cbor_tree.h"

namespace daymark::evidence {

inline constexpr std::string_view ear_profile = "tag:github.com,2023:veraison/ear";

/// The four tiers of AR4SI, worst last.
enum class TrustTier : std::uint8_t { none = 0, affirming = 2, warning = 32, contraindicated = 96 };

[[nodiscard]] std::string_view name_of(TrustTier tier);

/// The tier of one claim of a vector (AR4SI §2.3.2): -1 to 1 none, to 31 and from -32 affirming, to
/// 95 and from -96 warning, the rest contraindicated. `value` is between -128 and 127.
[[nodiscard]] TrustTier tier_of(std::int64_t value);

struct TrustClaim {
  /// "instance-identity", "executables" and so on.
  std::string_view name;
  std::int64_t value = 0;
};

struct EarSubmodule {
  std::string name;
  TrustTier status = TrustTier::none;
  std::vector<TrustClaim> vector;
  std::string policy;
};

struct Ear {
  UnixMillis issued_at;
  std::optional<UnixMillis> expires;
  std::string developer;
  std::string build;
  /// As the result states it: text of JSON, or hexadecimal of CBOR's bytes.
  std::string nonce;
  std::vector<EarSubmodule> submodules;
};

/// One JSON object. Errors: errc::jwt_json; errc::token_profile; errc::ear_claims; errc::ear_status
/// where a status is better than the worst claim of its vector.
[[nodiscard]] Result<Ear> read_ear_json(std::string_view claims);

/// Labels of CWT. The same errors, with offsets.
[[nodiscard]] Result<Ear> read_ear_cbor(const CborTree& claims);

/// The worst status of all submodules.
[[nodiscard]] TrustTier worst_status(const Ear& ear);

}  // namespace daymark::evidence
