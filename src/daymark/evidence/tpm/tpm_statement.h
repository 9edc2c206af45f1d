// What a TPM signed, verified: quotes over PCRs and certified counters, each bound to a nonce.
#pragma once

#include <vector>

#include "daymark/evidence/tpm/tpm_structures.h"

namespace daymark::evidence {

/// TPMS_ATTEST and TPMT_SIGNATURE as the TPM gave them.
struct TpmSigned {
  std::vector<Byte> attest;
  std::vector<Byte> signature;
};

/// PCR values that a TPM signed.
struct QuotedPcrs {
  PcrMask mask = 0;
  std::vector<Digest> values;  ///< one for each bit of `mask`, lowest PCR first
  std::uint64_t clock = 0;     ///< ms for which this TPM has ever run
  std::uint32_t resets = 0;    ///< since the TPM was last cleared
};

/// The key of a TPM's statements, of the one kind that is taken. That such a key is in a TPM is
/// shown by credential activation (tpm_credential.h), not by its public area.
class AttestationKey {
 public:
  /// Errors: those of parse_attestation_public; errc::tpm_key_kind for a point off the curve.
  [[nodiscard]] static Result<AttestationKey> parse(ByteView public_area);

  [[nodiscard]] const TpmName& name() const { return parsed_.name; }

  /// Signature, kind, signer and nonce; that `values` are those whose digest was signed.
  /// Errors: errc::tpm_structure, errc::tpm_statement, errc::tpm_signature, errc::tpm_nonce,
  /// errc::tpm_pcrs.
  [[nodiscard]] Result<QuotedPcrs> verify_quote(const TpmSigned& quote, ByteView nonce,
                                                std::vector<Digest> values) const;

  /// Signature, kind, signer and nonce; that the counter is the one that `index` stands for. The
  /// value that the TPM certified. Errors: as above, errc::tpm_counter_index.
  [[nodiscard]] Result<std::uint64_t> verify_counter(const TpmSigned& certified, ByteView nonce,
                                                     std::uint32_t index) const;

 private:
  explicit AttestationKey(const AttestationPublic& parsed) : parsed_(parsed) {}

  [[nodiscard]] Result<TpmAttest> open(const TpmSigned& statement, ByteView nonce) const;

  AttestationPublic parsed_;
};

}  // namespace daymark::evidence
