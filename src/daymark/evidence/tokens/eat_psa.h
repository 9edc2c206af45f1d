// PSA attestation tokens (RFC 9783, and the two older profiles that devices still speak).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "daymark/evidence/tokens/cbor_tree.h"

namespace daymark::evidence {

/// Most software components of a token.
inline constexpr std::size_t psa_components_max = 256;

enum class PsaProfile : std::uint8_t {
  iot_1,     ///< "PSA_IOT_PROFILE_1", labels from -75000 down; the claim may be missing
  psa_2_0,   ///< "http://arm.com/psa/2.0.0"
  tfm_2023,  ///< "tag:psacertified.org,2023:psa#tfm" (RFC 9783)
};

[[nodiscard]] std::string_view name_of(PsaProfile profile);

struct PsaComponent {
  std::optional<std::string_view> type;
  std::optional<std::string_view> version;
  std::optional<std::string_view> algorithm;
  /// 32, 48 or 64 bytes, both.
  ByteView value;
  ByteView signer;
};

/// Views point into the tree's input.
struct PsaToken {
  PsaProfile profile = PsaProfile::tfm_2023;
  /// 32, 48 or 64 bytes.
  ByteView nonce;
  /// 33 bytes, of which the first is 1.
  ByteView instance;
  /// 32 bytes.
  ByteView implementation;
  std::int64_t client = 0;
  std::uint64_t lifecycle = 0;
  std::optional<ByteView> boot_seed;
  std::optional<std::string_view> certification;
  std::optional<std::string_view> verification_service;
  /// Empty only where an old token says that nothing is measured.
  std::vector<PsaComponent> components;
};

/// Whether the claims are a PSA token's: by their profile, or, where it is missing, by old labels.
[[nodiscard]] bool is_psa(const CborTree& claims);

/// As `profile` demands. Errors: errc::token_profile, errc::token_claim_missing,
/// errc::token_claim, errc::psa_components, errc::psa_lifecycle, with the offset.
[[nodiscard]] Result<PsaToken> read_psa(const CborTree& claims, PsaProfile profile);
/// As the profile that the token names.
[[nodiscard]] Result<PsaToken> read_psa(const CborTree& claims);

/// "secured", "decommissioned"; empty where the number is none that is defined (RFC 9783 §4.3.1).
[[nodiscard]] std::string_view lifecycle_name(std::uint64_t state);

/// Whether the device is locked as it is delivered.
[[nodiscard]] bool is_secured(std::uint64_t state);

}  // namespace daymark::evidence
