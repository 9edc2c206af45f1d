#include "daymark/audit/nvml.h"

#include <algorithm>
#include <array>
#include <bit>
#include <memory>

#include <dlfcn.h>
#include <fmt/format.h>

#include "daymark/audit/errors.h"

namespace daymark::audit {

namespace {

// Shapes of NVML's calls and structures, version 2 and 3 of those that have versions.
using Device = void*;
constexpr int success = 0;
constexpr unsigned text_max = 96;
constexpr unsigned nvml_devices_max = 64;

struct PciInfo {
  std::array<char, 16> legacy;
  unsigned domain;
  unsigned bus;
  unsigned device;
  unsigned device_id;
  unsigned subsystem_id;
  std::array<char, 32> name;
};

static_assert(sizeof(PciInfo) == 68);

struct ConfComputeState {
  unsigned environment;
  unsigned feature;
  unsigned dev_tools;
};

struct LibraryClose {
  void operator()(void* library) const { dlclose(library); }
};

class Nvml {
 public:
  explicit Nvml(void* library) : library_(library) {}

  /// The call's answer; 13 (function not found) where the library lacks it.
  template <class... Arguments>
  int call(const char* name, Arguments... arguments) const {
    constexpr int not_found = 13;
    void* const symbol = dlsym(library_.get(), name);
    if (symbol == nullptr) return not_found;
    return std::bit_cast<int (*)(Arguments...)>(symbol)(arguments...);
  }

  /// A text of a device; empty where it is not given.
  [[nodiscard]] std::string text(const char* name, Device device) const {
    std::array<char, text_max> out{};
    const int code = call(name, device, out.data(), text_max);
    return code == success ? ended(out.data(), out.size()) : std::string();
  }

  /// Up to the first zero, or whole.
  static std::string ended(const char* text, std::size_t most) {
    std::string out(text, most);
    out.erase(std::min(out.find('\0'), out.size()));
    return out;
  }

 private:
  std::unique_ptr<void, LibraryClose> library_;
};

evidence::ReportedDevice read_nvml_device(const Nvml& nvml, Device device) {
  evidence::ReportedDevice out;
  out.product = nvml.text("nvmlDeviceGetName", device);
  out.uuid = nvml.text("nvmlDeviceGetUUID", device);
  out.serial = nvml.text("nvmlDeviceGetSerial", device);
  out.vbios = nvml.text("nvmlDeviceGetVbiosVersion", device);
  PciInfo pci{};
  if (nvml.call("nvmlDeviceGetPciInfo_v3", device, static_cast<void*>(&pci)) == success) {
    out.pci = Nvml::ended(pci.name.data(), pci.name.size());
  }
  return out;
}

NvmlReport read_all_of(const Nvml& nvml) {
  NvmlReport out;
  std::array<char, text_max> driver{};
  if (nvml.call("nvmlSystemGetDriverVersion", driver.data(), text_max) == success) {
    out.driver = Nvml::ended(driver.data(), driver.size());
  }
  ConfComputeState state{};
  if (nvml.call("nvmlSystemGetConfComputeState", static_cast<void*>(&state)) == success) {
    out.confidential = ConfidentialState{state.feature != 0, state.dev_tools != 0};
  }
  unsigned count = 0;
  if (nvml.call("nvmlDeviceGetCount_v2", &count) != success) return out;
  for (unsigned i = 0; i < std::min(count, nvml_devices_max); ++i) {
    Device device = nullptr;
    if (nvml.call("nvmlDeviceGetHandleByIndex_v2", i, &device) != success) continue;
    out.devices.push_back(read_nvml_device(nvml, device));
  }
  return out;
}

}  // namespace

Outcome<NvmlReport> read_nvml(const std::string& library) {
  void* const opened = dlopen(library.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (opened == nullptr) return refuse(errc::audit_nvml_missing, library);
  const Nvml nvml(opened);
  const int code = nvml.call("nvmlInit_v2");
  if (code != success) {
    return refuse(errc::audit_nvml_refused, library, fmt::format("code {}", code));
  }
  NvmlReport out = read_all_of(nvml);
  (void)nvml.call("nvmlShutdown");
  return out;
}

}  // namespace daymark::audit
