#include "daymark/audit/host_files.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include <fmt/format.h>

#include "daymark/base/error_table.h"
#include "daymark/base/file.h"
#include "daymark/evidence/tpm/tpm_event_log.h"

namespace daymark::audit {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t text_size_max = 65536;
constexpr std::string_view efi_global = "-8be4df61-93ca-11d2-aa0d-00e098032b8c";

class RootReader {
 public:
  explicit RootReader(std::string root) : root_(std::move(root)) {}

  /// Without white space at its end; empty where it can't be read.
  [[nodiscard]] std::string text(const std::string& path) const {
    auto content = read_text(root_ + path, text_size_max);
    if (!content) return {};
    content->erase(content->find_last_not_of(" \n\t\r") + 1);
    return *std::move(content);
  }

  [[nodiscard]] std::optional<std::vector<Byte>> bytes(const std::string& path,
                                                       std::size_t limit) const {
    auto content = read_file(root_ + path, limit);
    if (!content) return std::nullopt;
    return *std::move(content);
  }

  [[nodiscard]] std::optional<int> number(const std::string& path) const {
    const std::string content = text(path);
    int value = 0;
    const auto [end, problem] =
        std::from_chars(content.data(), content.data() + content.size(), value);
    if (problem != std::errc() || end != content.data() + content.size()) return std::nullopt;
    return value;
  }

  [[nodiscard]] bool exists(const std::string& path) const {
    std::error_code ignored;
    return fs::exists(root_ + path, ignored);
  }

  /// Names in a folder, sorted; none where there is no such folder.
  [[nodiscard]] std::vector<std::string> names(const std::string& path) const {
    std::vector<std::string> out;
    std::error_code problem;
    for (fs::directory_iterator at(root_ + path, problem), end; !problem && at != end;
         at.increment(problem)) {
      out.push_back(at->path().filename().string());
    }
    std::ranges::sort(out);
    return out;
  }

 private:
  std::string root_;
};

std::vector<PciAccelerator> read_accelerators(const RootReader& root) {
  const std::string folder = "/sys/bus/pci/devices";
  std::vector<PciAccelerator> out;
  for (const std::string& name : root.names(folder)) {
    const std::string device = fmt::format("{}/{}", folder, name);
    const bool nvidia = root.text(device + "/vendor") == "0x10de";
    if (!nvidia || !root.text(device + "/class").starts_with("0x03")) continue;
    out.push_back({name, root.text(device + "/device"), root.exists(device + "/iommu_group")});
  }
  return out;
}

/// An EFI variable of one byte behind four of attributes (kernel, filesystems/efivarfs).
Switch read_efi_switch(const RootReader& root, std::string_view name) {
  const auto content =
      root.bytes("/sys/firmware/efi/efivars/" + std::string(name) + std::string(efi_global), 64);
  if (!content || content->size() != 5 || content->back() > 1) return Switch::unknown;
  return content->back() == 1 ? Switch::on : Switch::off;
}

std::string read_log_state(const RootReader& root) {
  const auto log =
      root.bytes("/sys/kernel/security/tpm0/binary_bios_measurements", evidence::event_log_max);
  if (!log) {
    return root.exists("/sys/kernel/security/tpm0/binary_bios_measurements") ? "unreadable"
                                                                             : "absent";
  }
  const auto parsed = evidence::parse_event_log(*log);
  return parsed ? std::string() : std::string(entry_of(parsed.error().code).name);
}

/// "[none] integrity confidentiality": the chosen one stands in brackets.
std::string chosen_of(const std::string& text) {
  const std::size_t open = text.find('[');
  const std::size_t close = text.find(']');
  if (open == std::string::npos || close == std::string::npos || close < open) return {};
  return {text.begin() + static_cast<std::ptrdiff_t>(open + 1),
          text.begin() + static_cast<std::ptrdiff_t>(close)};
}

std::vector<std::string> read_banks_of(const RootReader& root) {
  constexpr std::string_view prefix = "pcr-";
  std::vector<std::string> out;
  for (const std::string& name : root.names("/sys/class/tpm/tpm0")) {
    if (name.starts_with(prefix)) out.emplace_back(name.begin() + prefix.size(), name.end());
  }
  return out;
}

}  // namespace

HostFiles read_host_files(const std::string& root) {
  const RootReader reader(root);
  HostFiles out;
  out.accelerators = read_accelerators(reader);
  out.driver = reader.text("/sys/module/nvidia/version");
  out.efi = reader.exists("/sys/firmware/efi");
  out.secure_boot = read_efi_switch(reader, "SecureBoot");
  out.setup_mode = read_efi_switch(reader, "SetupMode");
  out.iommu_groups = reader.names("/sys/kernel/iommu_groups").size();
  out.tpm_version = reader.text("/sys/class/tpm/tpm0/tpm_version_major");
  out.tpm_banks = read_banks_of(reader);
  out.tpm_device = reader.exists("/dev/tpmrm0");
  out.event_log = read_log_state(reader);
  out.lockdown = chosen_of(reader.text("/sys/kernel/security/lockdown"));
  out.ptrace_scope = reader.number("/proc/sys/kernel/yama/ptrace_scope");
  out.sysrq = reader.number("/proc/sys/kernel/sysrq");
  out.kexec_disabled = reader.number("/proc/sys/kernel/kexec_load_disabled");
  out.kernel = reader.text("/proc/sys/kernel/osrelease");
  out.triton = reader.text("/opt/tritonserver/TRITON_VERSION");
  return out;
}

}  // namespace daymark::audit
