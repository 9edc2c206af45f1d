// Hosts whose accelerators sign nothing (H20, H100 and H200 outside confidential mode): what the
// driver reports of the devices, as JSON, and who vouches for that report. Host only.
//
//   {"format": "daymark host v1", "driver": "550.90.07", "nonce": hex, "host": "…",
//    "devices": [{"product", "uuid", "serial", "pci", "vbios"}, …]}
//
// A TPM vouches by a quote whose qualifying data is the SHA-256 of the file: L2. A key of the host
// vouches by a signature over the file: L1. Nobody vouches: L0. docs/formats/evidence.md.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daymark/evidence/tpm/tpm_quote.h"

namespace daymark::evidence {

inline constexpr std::size_t host_description_max = 64UL << 10;
inline constexpr std::size_t host_devices_max = 64;

/// As NVML reports it.
struct ReportedDevice {
  std::string product;
  std::string uuid;
  std::string serial;  ///< may be empty: not every board states one
  std::string pci;
  std::string vbios;
};

struct HostDescription {
  std::string host;  ///< a name; may be empty
  std::string driver;
  std::vector<Byte> nonce;  ///< of the asker; may be empty
  std::vector<ReportedDevice> devices;
};

/// Errors: errc::host_form with the number of the device, errc::json_malformed. A UUID stands once.
[[nodiscard]] Result<HostDescription> parse_host_description(ByteView content);

/// The file that parse_host_description reads back; nothing in it is checked.
[[nodiscard]] std::string print_host_description(const HostDescription& description);

/// Whether a file begins as such a description.
[[nodiscard]] bool is_host_file(ByteView content);

/// What a TPM's quote carries as qualifying data.
[[nodiscard]] Digest host_commitment(ByteView description);

struct HostEvidence {
  std::vector<Byte> description;
  std::optional<TpmQuoteEvidence> quote;
  /// In place of a quote: by the key that the options name, any form of TpmKey::verify.
  std::vector<Byte> signature;
};

/// Compares a timing fingerprint of the devices with what is described. Errors: errc::host_timing.
using TimingHook = std::function<Result<void>(const HostDescription& description)>;

/// Kind "host". `options.nonce` is compared with the description's own. The verdict is genuine
/// where somebody named by the asker vouches, and its facts say what that is worth.
[[nodiscard]] EvidenceVerdict verify_host(const HostEvidence& evidence,
                                          const TpmQuoteOptions& options,
                                          const TimingHook& timing = {});

}  // namespace daymark::evidence
