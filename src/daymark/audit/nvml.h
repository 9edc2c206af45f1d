// What NVIDIA's management library (NVML) reports of this host. The library is opened at run time;
// the few declarations that are needed are our own. Reads alone; nothing is set. Host only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/evidence/host_identity.h"

namespace daymark::audit {

/// nvmlConfComputeSystemState: as the driver states it.
struct ConfidentialState {
  bool enabled = false;    ///< the confidential computing feature is on
  bool dev_tools = false;  ///< in the mode for developers, which opens it
};

struct NvmlReport {
  std::string driver;
  std::vector<evidence::ReportedDevice> devices;
  /// Absent where the library has no such call or refuses it.
  std::optional<ConfidentialState> confidential;
};

/// Opens, asks and closes `library` (a name for dlopen). A text that the library does not give
/// stays empty. Errors: errc::audit_nvml_missing, errc::audit_nvml_refused with its code.
[[nodiscard]] Outcome<NvmlReport> read_nvml(const std::string& library);

}  // namespace daymark::audit
