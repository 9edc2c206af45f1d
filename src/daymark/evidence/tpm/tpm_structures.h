// Structures that a TPM 2.0 signs or is known by (TCG TPM 2.0 Library, part 2; all integers
// big-endian): public areas of keys, statements (TPMS_ATTEST) and signatures.
//
// Parsing only, and only of the forms that Daymark uses: attestation keys of ECDSA P-256 with
// SHA-256, endorsement keys of RSA 2048 by the TCG template L-1, one bank of SHA-256. Nothing
// parsed is to be believed before it is verified (tpm_statement.h). Views point into the input.
#pragma once

#include <cstdint>
#include <variant>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::evidence {

/// Longest public area, statement and signature that are looked at.
inline constexpr std::size_t tpm_public_max = 512;
inline constexpr std::size_t tpm_attest_max = 1024;
inline constexpr std::size_t tpm_signature_max = 128;
/// PCRs of one bank.
inline constexpr unsigned pcr_count = 24;

/// Which PCRs: bit i stands for PCR i.
using PcrMask = std::uint32_t;

/// Name of an object (part 1 §16): algorithm SHA-256, then the digest of its public area.
using TpmName = ByteArray<34>;

/// The name of what has this public area.
[[nodiscard]] TpmName tpm_name(ByteView public_area);

/// PolicySecret of the endorsement hierarchy, as the TCG EK Credential Profile's template L-1 has
/// it.
inline constexpr Digest endorsement_policy{
    0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xB3, 0xF8, 0x1A, 0x90, 0xCC, 0x8D, 0x46, 0xA5, 0xD7, 0x24,
    0xFD, 0x52, 0xD7, 0x6E, 0x06, 0x52, 0x0B, 0x64, 0xF2, 0xA1, 0xDA, 0x1B, 0x33, 0x14, 0x69, 0xAA};

/// An attestation key: TPMT_PUBLIC of a restricted ECDSA P-256 key with SHA-256, which no policy
/// and no import can have put into a TPM from outside.
struct AttestationPublic {
  ByteArray<32> x{};
  ByteArray<32> y{};
  TpmName name{};
};

/// Errors: errc::tpm_structure, errc::tpm_key_kind.
[[nodiscard]] Result<AttestationPublic> parse_attestation_public(ByteView public_area);

/// An endorsement key: TPMT_PUBLIC by template L-1 of the TCG EK Credential Profile (RSA 2048,
/// exponent 65537, PolicySecret of the endorsement hierarchy). It can only decrypt credentials.
struct EndorsementPublic {
  ByteView modulus;  ///< 256 bytes
};

/// Errors: errc::tpm_structure, errc::tpm_key_kind.
[[nodiscard]] Result<EndorsementPublic> parse_endorsement_public(ByteView public_area);

/// TPMS_QUOTE_INFO of one SHA-256 bank.
struct TpmQuoteInfo {
  PcrMask pcrs = 0;
  Digest digest{};  ///< SHA-256 of the values, in ascending order of their PCRs
};

/// TPMS_NV_CERTIFY_INFO of a whole index of 8 bytes.
struct TpmCounterInfo {
  TpmName index{};
  std::uint64_t value = 0;
};

struct TpmAttest {
  ByteView signer;  ///< qualified name of the key
  ByteView extra;   ///< the asker's nonce
  std::uint64_t clock = 0;
  std::uint32_t resets = 0;
  std::uint32_t restarts = 0;
  bool safe = false;
  std::uint64_t firmware = 0;
  std::variant<TpmQuoteInfo, TpmCounterInfo> info;
};

/// Errors: errc::tpm_structure, errc::tpm_statement for a kind other than quote and certified
/// counter.
[[nodiscard]] Result<TpmAttest> parse_tpm_attest(ByteView attest);

/// ECDSA with SHA-256: r and s, padded.
struct TpmSignature {
  ByteArray<32> r{};
  ByteArray<32> s{};
};

/// TPMT_SIGNATURE. Errors: errc::tpm_structure.
[[nodiscard]] Result<TpmSignature> parse_tpm_signature(ByteView signature);

/// The name of the NV counter that Daymark defines at `index`: a counter of 8 bytes that was
/// written, may be advanced and read with its own secret, is read by the owner, and needs no
/// lockout (part 2 §13.6).
[[nodiscard]] TpmName counter_name(std::uint32_t index);

/// TPMA_NV of that counter before it is first advanced.
inline constexpr std::uint32_t counter_attributes = 0x02060014;

/// Name of a primary key as statements state their signer: under the endorsement hierarchy.
[[nodiscard]] TpmName endorsed_name(const TpmName& name);

}  // namespace daymark::evidence
