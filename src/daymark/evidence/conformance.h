// Runs foreign vectors of device evidence against the verifiers. Host only.
#pragma once

#include <string>
#include <string_view>

#include "daymark/base/conformance.h"
#include "daymark/base/failure.h"

namespace daymark::evidence {

/// One topic over a folder of NVIDIA's evidence, in the layout that upstream collections were
/// gathered in: one folder a device with report.hex, chain.pem, rim-*.xml, ocsp/*.b64, and what
/// other implementations expect of them as JSON. Cases whose files are lacking are left out.
///
///   nvidia  GPU reports and chains; fields and claims as other implementations state them
///   switch  the same for NVSwitch
///   rim     reference values: form, signature, root, time, comparison with the report
///   ocsp    revocation answers within, before and after their window
///
/// Errors: errc::file_not_opened where the folder holds none of the cases.
[[nodiscard]] Outcome<ConformanceCount> run_nvidia_conformance(std::string_view topic,
                                                               const std::string& folder);

/// The emulator's measurement record against its decoded form: device_measurement.bin and
/// SpdmSampleMeasurement.json in the folder or in spdm-emu/ inside it.
[[nodiscard]] Outcome<ConformanceCount> run_spdm_conformance(const std::string& folder);

/// Quotes and event logs of TPMs: trustee/, go-attestation/ and eventlogs/ in the folder, each file
/// under its upstream's name. Cases whose files are lacking are left out.
/// Errors: errc::file_not_opened where the folder holds none of them.
[[nodiscard]] Outcome<ConformanceCount> run_tpm_conformance(const std::string& folder);

}  // namespace daymark::evidence
