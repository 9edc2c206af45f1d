// The TPM side of a governor that runs as a process: its key sealed, its counter in NV, its
// attestations quoted. The core is the same as without; host only.
//
// TPMs of this class have no Ed25519: the chip's key signs in this process. It is drawn at the
// first start, kept sealed to the TPM and to the boot state (PCR 7), and unsealed at every start;
// while the governor runs it is in memory, where root can read it. docs/threat-model.md.
//
//   FOLDER/chip.tpm   tpm/sealed_file.h, made at the first start, never replaced
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daymark/base/random.h"
#include "daymark/evidence/tpm/tpm_binding.h"
#include "daymark/governor/ports.h"
#include "daymark/tpm/sealed_file.h"

namespace daymark::tpm {

/// Where the counter is unless another index is named: in the owner's range (TCG registry).
inline constexpr std::uint32_t default_counter_index = 0x01500016;
/// What quotes cover: the firmware's and boot loader's measurements and the secure boot policy.
inline constexpr evidence::PcrMask quoted_pcrs = 0xFF;
/// What the key is sealed to: the secure boot policy; the others change with every update.
inline constexpr evidence::PcrMask sealed_pcrs = 0x80;

struct PortOptions {
  std::string tcti;
  std::string folder;
  std::uint32_t index = default_counter_index;
};

/// Not safe from several threads.
class Port {
 public:
  /// Opens the TPM and unseals the key, or makes key and counter at the first start.
  /// Errors: those of Tpm::open, define_counter and unseal; errc::tpm_sealed_malformed,
  /// errc::file_not_written.
  [[nodiscard]] static Outcome<Port> open(const PortOptions& options, Random& random);

  Port(Port&&) noexcept = default;
  Port& operator=(Port&&) = delete;
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;
  ~Port();

  [[nodiscard]] const crypto::SecretKey& chip() const { return secrets_.chip; }

  /// Who this TPM is; asks the TPM.
  [[nodiscard]] Outcome<evidence::TpmIdentity> identity();

  /// The governor's counter: how far the NV counter has moved from its base.
  [[nodiscard]] Outcome<std::uint64_t> counter();
  [[nodiscard]] Outcome<void> advance_counter();

  /// Quote and certified counter about `attestation`.
  [[nodiscard]] Outcome<evidence::TpmAttested> bind(std::vector<Byte> attestation);

  [[nodiscard]] Outcome<Digest> activate(const evidence::TpmCredential& credential);

 private:
  Port(Tpm tpm, const SealedSecrets& secrets, std::uint32_t index);

  Tpm tpm_;
  SealedSecrets secrets_;
  CounterKey counter_;
};

/// Slots where `slots` keeps them, the counter in the TPM: a folder put back from an earlier day
/// has numbers below it, and the journal refuses it. Both outlive this.
class CountedStorage final : public governor::Storage {
 public:
  CountedStorage(governor::Storage& slots, Port& port) : slots_(slots), port_(port) {}

  [[nodiscard]] Result<void> begin(unsigned index) override { return slots_.begin(index); }

  [[nodiscard]] Result<void> append(ByteView piece) override { return slots_.append(piece); }

  [[nodiscard]] ByteView appended() const override { return slots_.appended(); }

  [[nodiscard]] Result<void> finish(const Digest& seal) override { return slots_.finish(seal); }

  [[nodiscard]] Result<ByteView> load(unsigned index) override { return slots_.load(index); }

  [[nodiscard]] Result<std::uint64_t> counter() override;
  [[nodiscard]] Result<void> advance_counter() override;

 private:
  governor::Storage& slots_;
  Port& port_;
};

}  // namespace daymark::tpm
