// Public areas of keys in a TPM 2.0 (TPMT_PUBLIC, part 2 §12.2.4) and signatures (TPMT_SIGNATURE,
// §11.3.4) in all the forms that attestation keys of other software have. Parsing only; views point
// into the input. The narrow profile of Daymark's own chips is tpm_structures.h.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::evidence {

/// Longest public area and signature that are looked at.
inline constexpr std::size_t tpmt_public_max = 2048;
inline constexpr std::size_t tpmt_signature_max = 1024;

/// TPMA_OBJECT, part 2 §8.3.
namespace tpm_attribute {
inline constexpr std::uint32_t fixed_tpm = 1U << 1U;
inline constexpr std::uint32_t fixed_parent = 1U << 4U;
inline constexpr std::uint32_t sensitive_data_origin = 1U << 5U;
inline constexpr std::uint32_t restricted = 1U << 16U;
inline constexpr std::uint32_t decrypt = 1U << 17U;
inline constexpr std::uint32_t sign = 1U << 18U;
}  // namespace tpm_attribute

/// "SHA-256" of a TPM_ALG_ID; empty where it is no hash that is known here.
[[nodiscard]] std::string_view tpm_hash_name(std::uint16_t algorithm);
/// Bytes of its digests; 0 where it is none.
[[nodiscard]] std::size_t tpm_hash_size(std::uint16_t algorithm);

/// An RSA or ECC key. What does not belong to its kind is zero or empty.
struct TpmtPublic {
  std::uint16_t type = 0;
  std::uint16_t name_hash = 0;
  std::uint32_t attributes = 0;
  ByteView policy;
  std::uint16_t symmetric = 0;
  std::uint16_t scheme = 0;       ///< TPM_ALG_NULL where the asker of a signature chooses
  std::uint16_t scheme_hash = 0;  ///< 0 without a scheme
  std::uint16_t bits = 0;
  std::uint32_t exponent = 0;  ///< 0 stands for 65537
  ByteView modulus;
  std::uint16_t curve = 0;
  ByteView x;
  ByteView y;

  [[nodiscard]] bool has(std::uint32_t attribute) const { return (attributes & attribute) != 0; }
};

/// One public area and nothing behind it. Errors: errc::tpm_structure with the offset,
/// errc::ak_algorithm for objects that are neither RSA nor ECC keys.
[[nodiscard]] Result<TpmtPublic> parse_tpmt_public(ByteView area);

/// That a key with these attributes signs nothing but what its TPM made, and that it can't have
/// come from outside (part 1 §25.1.3).
/// Errors: errc::ak_not_restricted, errc::ak_not_signing, errc::ak_decrypts, errc::ak_movable,
/// errc::ak_imported.
[[nodiscard]] Result<void> check_attestation_attributes(const TpmtPublic& key);

/// The name: algorithm, then digest of the public area; empty for SHA-1 and unknown hashes.
[[nodiscard]] std::vector<Byte> name_of_public(std::uint16_t name_hash, ByteView area);

struct TpmtSignature {
  std::uint16_t scheme = 0;
  std::uint16_t hash = 0;
  ByteView rsa;  ///< RSASSA
  ByteView r;    ///< ECDSA
  ByteView s;
};

/// RSASSA or ECDSA and nothing behind it. Errors: errc::tpm_structure with the offset,
/// errc::quote_signature_scheme for any other scheme.
[[nodiscard]] Result<TpmtSignature> parse_tpmt_signature(ByteView signature);

/// The two numbers of an ECDSA signature in DER. Errors: errc::quote_signature_form.
struct EcdsaNumbers {
  ByteView r;
  ByteView s;
};

[[nodiscard]] Result<EcdsaNumbers> parse_ecdsa_der(ByteView der);

}  // namespace daymark::evidence
