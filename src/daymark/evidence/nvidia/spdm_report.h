// NVIDIA attestation reports: an SPDM 1.1 GET_MEASUREMENTS request followed by its MEASUREMENTS
// response (DMTF DSP0274 1.1, tables 38 to 42; all integers little-endian).
//
// Parsing only: nothing in a parsed report is to be believed before its signature is verified
// (nvidia.h). Views point into the input, which must outlive the report.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/evidence/pki/firmware_identity.h"

namespace daymark::evidence {

/// Largest report that the driver's interface can return.
inline constexpr std::size_t report_size_max = 8192;

/// Types of the opaque fields that NVIDIA's verifiers know; others are kept as they are.
enum class OpaqueType : std::uint16_t {
  issuer_name = 1,
  authority_key = 2,
  driver_version = 3,
  gpu_info = 4,
  sku = 5,
  vbios_version = 6,
  manufacturer = 7,
  tamper = 8,
  smc = 9,
  vpr = 10,
  nvdec0_status = 11,
  measurement_counts = 12,
  cpr_info = 13,
  board_id = 14,
  chip_sku = 15,
  chip_sku_mod = 16,
  project = 17,
  project_sku = 18,
  project_sku_mod = 19,
  firmware_identity = 20,
  protected_pcie = 21,
  switch_identity = 22,
  disabled_ports = 23,
  switch_position = 24,
  lock_status = 25,
  switch_ports = 26,
  link_connections = 32,
  system_enable = 33,
  data_version = 34,
  chip_info = 35,
  feature_flag = 36,
};

/// One measurement: a SHA-384 value. Block `index` is reference value index + 1.
struct MeasurementBlock {
  Byte index = 0;
  ByteView value;
};

struct OpaqueField {
  OpaqueType type{};
  ByteView data;
};

using SpdmNonce = ByteArray<32>;

struct SpdmReport {
  /// The caller's challenge: the only thing that binds the report to a time.
  SpdmNonce requester_nonce{};
  /// The device's own randomness; means nothing to the verifier.
  SpdmNonce responder_nonce{};
  /// Numbered from 1 without gaps.
  std::vector<MeasurementBlock> blocks;
  /// In the report's order, each type once.
  std::vector<OpaqueField> opaque;
  /// All that the signature covers: every byte before it, the request included.
  ByteView signed_bytes;
  /// ECDSA P-384: r then s, 48 bytes each, most significant byte first.
  ByteView signature;

  [[nodiscard]] std::optional<ByteView> find(OpaqueType type) const;
  /// Absent in firmware of drivers before 550.
  [[nodiscard]] std::optional<FirmwareIdentity> firmware_identity() const;
};

/// Parses a whole report, with nothing behind it. The signature is where parsing ends, never "the
/// last 96 bytes": with trailing bytes the two differ.
/// Errors: any errc::report_*, with the offset of the byte that broke the rule.
[[nodiscard]] Result<SpdmReport> parse_report(ByteView input);

}  // namespace daymark::evidence
