// The messages about a governor's TPM. They go over the governor's socket beside its own, are
// answered by its host and never reach the core (governor/message.h has the form of both).
//
//   [1, 64]                      -> identity of the TPM        (evidence/tpm/tpm_binding.h)
//   [1, 65, [blob, seed]]        -> the secret of the credential
//   [1, 66, nonce]               -> an attestation with that nonce, bound to the TPM
//
// A governor without a TPM refuses all three with errc::gov_operation. Host only.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "daymark/governor/client.h"
#include "daymark/tpm/port.h"

namespace daymark::tpm {

enum class TpmOp : std::uint8_t { identify = 64, activate = 65, attest = 66 };

/// One request as the host reads it.
struct TpmRequest {
  TpmOp op = TpmOp::identify;
  evidence::TpmCredential credential;
  std::vector<Byte> nonce;
};

/// None where the request is not about the TPM: it is the core's, well-formed or not.
/// Errors: errc::gov_message, errc::cbor_*.
[[nodiscard]] std::optional<Result<TpmRequest>> parse_tpm_request(ByteView request);
[[nodiscard]] std::vector<Byte> print_tpm_request(const TpmRequest& request);

/// Sends an attest request with this nonce to the core: the attestation, or the core's refusal.
using AttestCore = std::function<Outcome<std::vector<Byte>>(ByteView nonce)>;

/// The host's response to a request about the TPM; none where it is the core's to answer.
[[nodiscard]] std::optional<std::vector<Byte>> answer_tpm_request(ByteView request, Port& port,
                                                                  const AttestCore& attest);

// The asking side. Errors: the host's own refusal, those of the transport, errc::tpm_document.
[[nodiscard]] Outcome<evidence::TpmIdentity> ask_identity(const governor::Transport& transport);
[[nodiscard]] Outcome<evidence::TpmAttested> ask_attested(const governor::Transport& transport,
                                                          ByteView nonce);

struct EnrolOptions {
  crypto::PublicKey chip;  ///< that is to be enrolled
  UnixMillis time;
};

/// Everything that shows that a chip's TPM is one and holds the key that attests: certificate of
/// the endorsement key, credential activation, first bound attestation. Signed by the maker.
/// Errors: errc::tpm_chip, errc::tpm_secret_wrong, errc::ek_*, those of verify_tpm_attested.
[[nodiscard]] Outcome<std::vector<Byte>> enrol_tpm(const governor::Transport& transport,
                                                   const EnrolOptions& options,
                                                   crypto::Signer& maker, Random& random);

}  // namespace daymark::tpm
