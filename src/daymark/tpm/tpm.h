// A session with a TPM 2.0 (tpm2-tss, ESAPI). Host only.
//
//   DAYMARK_TRY(tpm::Tpm tpm, tpm::Tpm::open("device:/dev/tpmrm0"));
//   DAYMARK_TRY(const evidence::TpmSigned quote, tpm.quote(pcrs, nonce));
//
// Keys are primary keys made anew from the TPM's seeds at every use, so that nothing stays loaded
// and nothing has to be kept: the endorsement key by the TCG template L-1 (RSA 2048), and the
// attestation key of evidence/tpm/tpm_structures.h under the endorsement hierarchy. Owner and
// endorsement hierarchies must have no password. What is signed here is verified in `evidence`.
//
// All errors but those stated are errc::tpm_refused with what the TPM said. Not safe from several
// threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/evidence/tpm/tpm_credential.h"
#include "daymark/evidence/tpm/tpm_statement.h"

namespace daymark::tpm {

/// An NV counter and the secret without which nobody advances it.
struct CounterKey {
  std::uint32_t index = 0;
  Digest secret{};
};

/// A secret that only the TPM that sealed it gives back, and only while its PCRs are as they were
/// then: contents of TPM2B_PUBLIC and TPM2B_PRIVATE.
struct Sealed {
  evidence::PcrMask pcrs = 0;
  std::vector<Byte> public_area;
  std::vector<Byte> private_area;
};

inline constexpr std::size_t sealed_secret_max = 128;

class Tpm {
 public:
  /// `tcti` is "swtpm:…" or "device:…" (tpm2-tss TCTI strings; others would load any library).
  /// Errors: errc::tpm_tcti, errc::tpm_unreachable.
  [[nodiscard]] static Outcome<Tpm> open(const std::string& tcti);

  Tpm(Tpm&&) noexcept;
  Tpm& operator=(Tpm&&) noexcept;
  Tpm(const Tpm&) = delete;
  Tpm& operator=(const Tpm&) = delete;
  ~Tpm();

  /// DER, as the maker put it into NV 0x01c00002; empty where none is there.
  [[nodiscard]] Outcome<std::vector<Byte>> endorsement_certificate();
  /// TPMT_PUBLIC.
  [[nodiscard]] Outcome<std::vector<Byte>> endorsement_public();
  [[nodiscard]] Outcome<std::vector<Byte>> attestation_public();

  /// Values of the SHA-256 bank, lowest PCR first.
  [[nodiscard]] Outcome<std::vector<Digest>> read_pcrs(evidence::PcrMask pcrs);
  /// Signed by the attestation key; `nonce` has at most 32 bytes.
  [[nodiscard]] Outcome<evidence::TpmSigned> quote(evidence::PcrMask pcrs, ByteView nonce);
  /// Opens a credential that was made for this TPM and its attestation key.
  /// Errors: errc::tpm_credential_refused.
  [[nodiscard]] Outcome<std::vector<Byte>> activate(const evidence::TpmCredential& credential);

  /// Defines the counter and advances it once. It begins above every counter that this TPM ever
  /// had (part 1 §37.2.4). Errors: errc::tpm_counter_taken.
  [[nodiscard]] Outcome<void> define_counter(const CounterKey& counter);
  /// Errors here and below: errc::tpm_counter_missing where there is no index.
  [[nodiscard]] Outcome<std::uint64_t> read_counter(const CounterKey& counter);
  [[nodiscard]] Outcome<void> advance_counter(const CounterKey& counter);
  [[nodiscard]] Outcome<evidence::TpmSigned> certify_counter(const CounterKey& counter,
                                                             ByteView nonce);
  [[nodiscard]] Outcome<void> remove_counter(const CounterKey& counter);

  /// To this TPM and to the present values of `pcrs`. `secret` has at most sealed_secret_max bytes.
  [[nodiscard]] Outcome<Sealed> seal(ByteView secret, evidence::PcrMask pcrs);
  /// Errors: errc::tpm_sealed_malformed, errc::tpm_unsealed_not.
  [[nodiscard]] Outcome<std::vector<Byte>> unseal(const Sealed& sealed);

 private:
  struct Context;

  explicit Tpm(std::unique_ptr<Context> context);

  std::unique_ptr<Context> context_;
};

}  // namespace daymark::tpm
