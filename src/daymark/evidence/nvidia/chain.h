// Certificate chains of NVIDIA devices: from the key that signs reports up to a pinned root.
//
// The chain has five certificates, leaf first: report key, device (boot ROM), provisioner,
// architecture, root. Only ECDSA with P-384 and SHA-384 occurs. The root that comes with a chain is
// never trusted: it must equal the pinned one byte for byte.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/evidence/pki/firmware_identity.h"

namespace daymark::evidence {

inline constexpr std::size_t chain_certificates = 5;

/// "NVIDIA Device Identity CA", the root of Hopper and Blackwell GPUs and of LS10 switches, as PEM.
[[nodiscard]] std::string_view nvidia_device_root();

struct RevocationSubject;

/// What certificates say about a device.
struct CertifiedDevice {
  /// Common name of the device certificate, e.g. "GH100 A01 GSP BROM".
  std::string model;
  /// Serial number of the leaf in decimal, as NVIDIA's own claims print it.
  std::string ueid;
  /// DMTF device information of the leaf, e.g. "NVIDIA:GH100:48B02D92494BADF4"; empty where absent.
  std::string device_info;
  /// Names the device whatever firmware it runs: SHA-256("daymark device v1" || 00 || public key of
  /// the device certificate || device_info).
  Digest device{};
  /// Digest of the firmware that holds the leaf key (DICE FWID), from extension 2.23.133.5.4.1 or
  /// 2.23.133.5.4.1.1; absent where the leaf has neither.
  std::optional<FirmwareIdentity> firmware;
};

/// A chain whose every link was verified up to the root. Only ChainVerifier makes one; copies share
/// it. Safe from several threads.
class VerifiedChain {
 public:
  [[nodiscard]] const CertifiedDevice& device() const;

  /// That every certificate was valid at `time`.
  /// Errors: errc::chain_not_yet_valid, errc::chain_expired.
  [[nodiscard]] Result<void> check_valid_at(UnixMillis time) const;

  /// ECDSA P-384 with SHA-384 by the leaf key. `signature` is r then s, 48 bytes each. A second
  /// signature for the same message can be made from the first (s, n - s): never take a report's
  /// bytes for its identity. Errors: errc::evidence_signature.
  [[nodiscard]] Result<void> verify_signature(ByteView message, ByteView signature) const;

  /// The certificates for which NVIDIA's responders answer: device, provisioner and architecture,
  /// numbers 1 to 3. The subjects live as long as any copy of this chain.
  [[nodiscard]] std::vector<RevocationSubject> revocable() const;

 private:
  friend class ChainVerifier;
  struct Parts;

  explicit VerifiedChain(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}

  std::shared_ptr<const Parts> parts_;
};

/// Verifies chains up to one root and remembers those that stood. Safe from several threads.
class ChainVerifier {
 public:
  /// Verified chains that are remembered at most; the memory is emptied when full.
  static constexpr std::size_t remembered_max = 4096;
  /// The same for the issuers of devices' certificates, which many devices share.
  static constexpr std::size_t remembered_issuers_max = 64;

  /// `root_pem` holds one certificate. Errors: errc::chain_pem, errc::chain_certificate.
  [[nodiscard]] static Result<ChainVerifier> create(
      std::string_view root_pem = nvidia_device_root());

  ~ChainVerifier();
  ChainVerifier(const ChainVerifier&) = delete;
  ChainVerifier& operator=(const ChainVerifier&) = delete;
  ChainVerifier(ChainVerifier&&) noexcept;
  ChainVerifier& operator=(ChainVerifier&&) noexcept;

  /// Says nothing about time: ask check_valid_at. A text that stood before is found by its hash.
  /// Errors: any errc::chain_* but those of time, errc::fwid_malformed. The error's offset is the
  /// number of the certificate, except in errc::chain_pem.
  [[nodiscard]] Result<VerifiedChain> verify(std::string_view pem) const;

 private:
  struct State;

  explicit ChainVerifier(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace daymark::evidence
