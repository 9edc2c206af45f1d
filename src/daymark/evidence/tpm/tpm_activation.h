// The transcript of a credential's activation: that a challenger sealed a secret to a TPM's
// endorsement key and the name of an attestation key, and got it back (TPM 2.0 Library, part 1
// §24). A third party can check that the parts belong together and who signed; that the answer
// came from the TPM is the challenger's word, because the challenger knows the secret too. Host
// only. docs/formats/tpm.md.
//
//   activation = COSE_Sign1 by the challenger, "daymark tpm activation v1":
//     [1, EK certificate, EK public, AK public, [credential, encrypted seed], commitment, answer,
//      disclosed seed (empty or 32 bytes), challenger, time of challenge, time of answer]
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/crypto/signer.h"
#include "daymark/evidence/explain.h"
#include "daymark/evidence/tpm/ek_certificate.h"
#include "daymark/evidence/tpm/tpm_credential.h"
#include "daymark/evidence/tpm/tpm_key.h"
#include "daymark/evidence/verdict.h"

namespace daymark::evidence {

inline constexpr std::string_view tpm_activation_purpose = "daymark tpm activation v1";
/// Longest encoding, and longest name of a challenger in bytes.
inline constexpr std::size_t tpm_activation_max = 8192;
inline constexpr std::size_t challenger_name_max = 128;

struct TpmActivation {
  std::vector<Byte> certificate;  ///< of the endorsement key, DER; empty where none was shown
  std::vector<Byte> endorsement;  ///< TPMT_PUBLIC
  std::vector<Byte> attestation;  ///< TPMT_PUBLIC
  TpmCredential credential;
  Digest commitment{};  ///< activation_commitment of the secret, drawn before the answer
  Digest answer{};      ///< what came back
  /// The seed of the credential, where the challenger discloses it: it lets anybody compute the
  /// credential again.
  std::optional<Digest> seed;
  std::string challenger;
  UnixMillis challenged;
  UnixMillis answered;
};

/// What a challenger holds on to before the answer comes.
[[nodiscard]] Digest activation_commitment(const Digest& secret);

[[nodiscard]] std::vector<Byte> print_tpm_activation(const TpmActivation& activation);
/// The payload. Errors: errc::tpm_document, errc::cbor_*.
[[nodiscard]] Result<TpmActivation> parse_tpm_activation(ByteView payload);

/// Errors: those of the signer.
[[nodiscard]] Outcome<std::vector<Byte>> sign_tpm_activation(const TpmActivation& activation,
                                                             crypto::Signer& challenger);

/// Whether a file has the form of a signed transcript; nothing is verified.
[[nodiscard]] bool is_tpm_activation(ByteView content);

/// A transcript by a challenger, whose parts belong together. Only open_tpm_activation makes one.
class VerifiedTpmActivation {
 public:
  [[nodiscard]] const TpmActivation& content() const { return content_; }

  /// Nothing where no certificate was shown.
  [[nodiscard]] const std::optional<EkCertificate>& certificate() const { return certificate_; }

  /// Whether the disclosed seed gave the credential again.
  [[nodiscard]] bool recomputed() const { return content_.seed.has_value(); }

 private:
  friend Result<VerifiedTpmActivation> open_tpm_activation(ByteView message,
                                                           const crypto::PublicKey& challenger);

  VerifiedTpmActivation(TpmActivation content, std::optional<EkCertificate> certificate)
      : content_(std::move(content)), certificate_(std::move(certificate)) {}

  TpmActivation content_;
  std::optional<EkCertificate> certificate_;
};

/// Signature, endorsement key and its certificate, attestation key and its attributes, answer, and
/// the credential where its seed is disclosed.
/// Errors: errc::activation_challenger, those of parse_tpm_activation, parse_endorsement_public,
/// parse_ek_certificate, TpmKey::parse and check_attributes; errc::ek_mismatch,
/// errc::activation_answer, errc::activation_credential, errc::activation_time.
[[nodiscard]] Result<VerifiedTpmActivation> open_tpm_activation(
    ByteView message, const crypto::PublicKey& challenger);

struct TpmActivationOptions {
  /// Whose transcripts count; without it nothing is judged but the form.
  std::optional<crypto::PublicKey> challenger;
  /// Authorities for endorsement certificates, PEM; without it the issuer is not judged.
  std::string authorities;
  UnixMillis as_of;
};

/// Kind "tpm-activation", L0: no device says anything in it. Genuine means that the given
/// challenger signed it and its parts belong together.
[[nodiscard]] EvidenceVerdict verify_tpm_activation(ByteView content,
                                                    const TpmActivationOptions& options);

/// Errors: errc::tpm_document, errc::cbor_*.
[[nodiscard]] Result<Explanation> explain_tpm_activation(ByteView content);

}  // namespace daymark::evidence
