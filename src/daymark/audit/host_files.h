// What a host's own files say of it: /sys, /proc, /dev below one root, read and never written. Host
// only; a root of a test's making stands in for the machine.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace daymark::audit {

/// A display or 3D controller of NVIDIA's on the PCI bus, whatever driver it has.
struct PciAccelerator {
  std::string address;
  std::string device_id;  ///< "0x2329"
  bool iommu = false;     ///< belongs to an IOMMU group
};

enum class Switch { off, on, unknown };

struct HostFiles {
  std::vector<PciAccelerator> accelerators;
  std::string driver;  ///< of the loaded kernel module; empty without one
  Switch secure_boot = Switch::unknown;
  Switch setup_mode = Switch::unknown;  ///< keys of Secure Boot can be replaced
  bool efi = false;
  std::size_t iommu_groups = 0;
  std::string tpm_version;             ///< "2"; empty without a TPM
  std::vector<std::string> tpm_banks;  ///< "sha1", "sha256", … as the kernel shows them
  bool tpm_device = false;             ///< /dev/tpmrm0 is there
  /// Name of the reason why the boot's event log is of no use; empty where it parses.
  std::string event_log = "absent";
  std::string lockdown;             ///< "none", "integrity", "confidentiality"; empty: unknown
  std::optional<int> ptrace_scope;  ///< of Yama
  std::optional<int> sysrq;
  std::optional<int> kexec_disabled;
  std::string kernel;
  std::string triton;  ///< version of an installed inference server
};

/// `root` is put before every path; empty for the machine itself. What can't be read is unknown.
[[nodiscard]] HostFiles read_host_files(const std::string& root);

}  // namespace daymark::audit
