// What Daymark asks of the accelerators of one host, whatever their vendor.
//
// What a driver fills in, by vendor (names of the vendor's calls, for those who write the next
// one):
//
//   member    NVIDIA (NVML: nvmlDevice...)   AMD (amdsmi_get_...)   Ascend (dcmi_get_...)
//   model     GetName                        gpu_asic_info          device_chip_info_v2
//   serial    GetUUID, GetSerial             gpu_device_uuid        device_die_v2, card_elabel_v2
//   pci       GetPciInfo_v3                  gpu_device_bdf         device_pcie_info_v2
//   firmware  GetVbiosVersion                gpu_vbios_info         -
//   watts     GetPowerUsage                  power_info             device_power_info
//   energy    GetTotalEnergyConsumption      energy_count           - (integrate watts)
//   busy      GetUtilizationRates            gpu_activity           device_utilization_rate
//   tensor    GPM 5 ANY_TENSOR, from Hopper  -                      -
//   attest    GetConfComputeGpuAttestation-  -                      -
//             Report, in CC mode alone
//
// All but `attest` is the host's word (L1 at best): whoever has root can put in another library.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/failure.h"
#include "daymark/usage/telemetry.h"

namespace daymark::device {

/// What the host says a chip is. Empty where unknown.
struct Identity {
  std::string vendor;
  std::string model;
  std::string serial;
  std::string pci;
  std::string driver;
  std::string firmware;
};

/// A chip's own signed statement.
struct Attestation {
  /// "nvidia-spdm" and so on: says which verifier of `evidence` takes it.
  std::string kind;
  std::vector<Byte> report;
  /// PEM, leaf first.
  std::string chain;
};

/// The chips of one host, numbered from 0. One thread at a time.
class Driver {
 public:
  Driver() = default;
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  Driver(Driver&&) = delete;
  Driver& operator=(Driver&&) = delete;
  virtual ~Driver() = default;

  /// "nvidia", "amd", "ascend", "sim": shown beside every figure that comes from here.
  [[nodiscard]] virtual std::string_view name() const = 0;

  [[nodiscard]] virtual unsigned chips() const = 0;

  /// Errors: errc::device_number, errc::device_lost, errc::device_denied.
  [[nodiscard]] virtual Outcome<Identity> identify(unsigned chip) = 0;

  /// Counters as of now; `at` counts from the driver's start and never goes back. A value that the
  /// chip doesn't offer is absent, never zero. Give the samples to usage::Accountant.
  /// Errors: errc::device_number, errc::device_lost, errc::device_denied, and
  /// errc::device_replay_end for recordings.
  [[nodiscard]] virtual Outcome<usage::Sample> sample(unsigned chip) = 0;

  /// Evidence that answers `nonce`. Errors: errc::device_unsupported, and those above.
  [[nodiscard]] virtual Outcome<Attestation> attest(unsigned chip, const ByteArray<32>& nonce);
};

}  // namespace daymark::device
