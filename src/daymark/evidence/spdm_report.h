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

namespace daymark::evidence {

/// Largest report that the driver's interface can return.
inline constexpr std::size_t report_size_max = 8192;

/// Types of the opaque fields that are interpreted here; others are kept as they are.
enum class OpaqueType : std::uint16_t {
  driver_version = 3,
  vbios_version = 6,
  nvdec0_status = 11,
  measurement_counts = 12,
  board_id = 14,
  chip_sku = 15,
  project = 17,
  project_sku = 18,
  firmware_identity = 20,
  protected_pcie = 21,
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
using FirmwareIdentity = ByteArray<48>;

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
