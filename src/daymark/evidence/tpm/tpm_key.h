// Keys that verify statements of a TPM, out of every form in which they are handed around. Host
// only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daymark/evidence/tpm/tpm_public.h"

namespace daymark::evidence {

/// Largest file of a key: Azure's report, in which a key stands, is 2600 bytes long.
inline constexpr std::size_t tpm_key_file_max = 64UL << 10;

/// RSA of 2048 to 4096 bits with exponent 65537, or ECC on P-256 or P-384. Copies share the key.
/// Safe from several threads.
class TpmKey {
 public:
  /// TPMT_PUBLIC, TPM2B_PUBLIC, SubjectPublicKeyInfo as DER or PEM, or Azure's "HCLA" report with
  /// the member HCLAkPub (of which nothing is verified).
  /// Errors: errc::ak_form, errc::ak_algorithm, errc::tpm_structure, errc::quote_sha1_signature for
  /// a name by SHA-1.
  [[nodiscard]] static Result<TpmKey> parse(ByteView encoded);

  /// The public area, where the key came with one.
  [[nodiscard]] const std::vector<Byte>& area() const;

  /// The name; empty where the key came without a public area.
  [[nodiscard]] const std::vector<Byte>& name() const;

  /// That the key signs only what its TPM made. Errors: those of check_attestation_attributes,
  /// errc::ak_form where the key came without a public area.
  [[nodiscard]] Result<void> check_attributes() const;

  /// "ECDSA P-256", "RSA 2048".
  [[nodiscard]] std::string kind() const;

  /// Whether both are the same public key, whatever their attributes.
  [[nodiscard]] bool same_key(const TpmKey& other) const;

  /// Verifies TPMT_SIGNATURE, a plain RSASSA signature, or ECDSA as DER or as r and s; a plain one
  /// by the hash that the key is for, else SHA-256, or SHA-384 with P-384. The hash that was used.
  /// Errors: errc::quote_signature_form, errc::quote_signature_scheme, errc::tpm_signature.
  [[nodiscard]] Result<std::uint16_t> verify(ByteView message, ByteView signature) const;

 private:
  struct Parts;

  explicit TpmKey(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}

  [[nodiscard]] static Result<TpmKey> of_area(ByteView area);
  [[nodiscard]] static Result<TpmKey> of_spki(ByteView der);
  [[nodiscard]] static Result<TpmKey> of_modulus(ByteView modulus);

  std::shared_ptr<const Parts> parts_;
};

}  // namespace daymark::evidence
