// A governor's attestation bound to a TPM, as it travels: who the TPM is, what it signed over the
// attestation, and the maker's record of how it was enrolled. Host only. docs/formats/tpm.md.
//
//   identity  = [1, chip key, EK certificate, EK public, AK public, counter index, counter base]
//   attested  = [1, attestation, quote, quote signature, PCR values, certified, its signature]
//   enrolment = COSE_Sign1 by the maker, "daymark tpm enrolment v1": [1, identity, [credential,
//               encrypted seed], secret, attested, time]
//
// Both statements of the TPM have binding_nonce(attestation) as their nonce.
#pragma once

#include <vector>

#include "daymark/base/failure.h"
#include "daymark/base/units.h"
#include "daymark/crypto/signer.h"
#include "daymark/evidence/tpm/ek_certificate.h"
#include "daymark/evidence/tpm/tpm_credential.h"
#include "daymark/evidence/tpm/tpm_statement.h"
#include "daymark/governor/documents.h"

namespace daymark::evidence {

inline constexpr std::string_view tpm_enrolment_purpose = "daymark tpm enrolment v1";
/// Longest encodings.
inline constexpr std::size_t tpm_identity_max = 6144;
inline constexpr std::size_t tpm_attested_max = 6144;
inline constexpr std::size_t tpm_enrolment_max = 16384;

/// What a chip's host says of its TPM. Nothing of it is believed before it is enrolled.
struct TpmIdentity {
  crypto::PublicKey chip;
  std::vector<Byte> certificate;  ///< of the endorsement key, DER; empty where the TPM has none
  std::vector<Byte> endorsement;  ///< TPMT_PUBLIC
  std::vector<Byte> attestation;  ///< TPMT_PUBLIC
  std::uint32_t index = 0;        ///< of the NV counter
  std::uint64_t base = 0;         ///< what the NV counter showed when the chip's counter was 0
};

/// An attestation with the statements of a TPM about it.
struct TpmAttested {
  std::vector<Byte> attestation;  ///< COSE_Sign1 by the chip
  TpmSigned quote;
  std::vector<Digest> pcrs;  ///< of those quoted, lowest first
  TpmSigned counter;
};

/// What the maker keeps of an enrolment. The secret came back from the TPM; whoever holds that TPM
/// can show it again.
struct TpmEnrolment {
  TpmIdentity identity;
  TpmCredential credential;
  Digest secret{};
  TpmAttested first;
  UnixMillis time;
};

/// What the TPM's statements about `attestation` answer.
[[nodiscard]] Digest binding_nonce(ByteView attestation);

// Encodings. Readers answer errc::tpm_document or errc::cbor_*.
[[nodiscard]] std::vector<Byte> print_tpm_identity(const TpmIdentity& identity);
[[nodiscard]] Result<TpmIdentity> parse_tpm_identity(ByteView encoded);
[[nodiscard]] std::vector<Byte> print_tpm_attested(const TpmAttested& attested);
[[nodiscard]] Result<TpmAttested> parse_tpm_attested(ByteView encoded);
[[nodiscard]] Result<TpmEnrolment> parse_tpm_enrolment(ByteView payload);

/// Signed by the maker. Errors: those of the signer.
[[nodiscard]] Outcome<std::vector<Byte>> sign_tpm_enrolment(const TpmEnrolment& enrolment,
                                                            crypto::Signer& maker);

/// An attestation of a chip to which both statements of the TPM belong.
struct BoundAttestation {
  governor::Attestation claims;  ///< views the TpmAttested that it was verified from
  QuotedPcrs pcrs;
  std::uint64_t counter = 0;  ///< of the chip, as the TPM certified it
};

/// Chip's signature, quote, certified counter, and that counter and base give the chip's counter.
/// That `identity` is this chip's TPM is the caller's to know.
/// Errors: those of verify_attestation and AttestationKey; errc::tpm_counter.
[[nodiscard]] Result<BoundAttestation> verify_tpm_attested(const TpmAttested& attested,
                                                           const TpmIdentity& identity);

/// The TPM's certificate, which must be of the endorsement key.
/// Errors: errc::ek_missing, errc::ek_certificate, errc::ek_mismatch, those of
/// parse_endorsement_public.
[[nodiscard]] Result<EkCertificate> certificate_of(const TpmIdentity& identity);

/// A signed enrolment whose parts belong together: signature of the maker, certificate of the
/// endorsement key, first attestation. Only open_tpm_enrolment makes one.
class VerifiedTpmEnrolment {
 public:
  [[nodiscard]] const TpmEnrolment& content() const { return content_; }

  [[nodiscard]] const EkCertificate& certificate() const { return certificate_; }

 private:
  friend Result<VerifiedTpmEnrolment> open_tpm_enrolment(ByteView message,
                                                         const crypto::PublicKey& maker);

  VerifiedTpmEnrolment(TpmEnrolment content, EkCertificate certificate)
      : content_(std::move(content)), certificate_(std::move(certificate)) {}

  TpmEnrolment content_;
  EkCertificate certificate_;
};

/// Errors: errc::tpm_maker, errc::tpm_document, those of parse_tpm_enrolment, certificate_of and
/// verify_tpm_attested.
[[nodiscard]] Result<VerifiedTpmEnrolment> open_tpm_enrolment(ByteView message,
                                                              const crypto::PublicKey& maker);

}  // namespace daymark::evidence
