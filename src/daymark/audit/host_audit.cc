#include "daymark/audit/host_audit.h"

#include <algorithm>

#include <fmt/format.h>

#include "daymark/base/error_table.h"

namespace daymark::audit {

namespace {

void note(LevelReadiness& level, bool there, std::string present, std::string missing) {
  if (there) {
    level.present.push_back(std::move(present));
  } else {
    level.missing.push_back(std::move(missing));
  }
}

bool has_bank(const HostFiles& files, std::string_view bank) {
  return std::ranges::find(files.tpm_banks, bank) != files.tpm_banks.end();
}

LevelReadiness declared_level(const HostAudit& audit) {
  LevelReadiness out{Level::declared, {}, {}};
  const bool any = !audit.nvml.devices.empty() || !audit.files.accelerators.empty();
  note(out, any,
       fmt::format("{} accelerators by the driver, {} on the PCI bus", audit.nvml.devices.size(),
                   audit.files.accelerators.size()),
       "no NVIDIA accelerator was found: there is nothing to declare");
  return out;
}

LevelReadiness signed_level(const HostAudit& audit) {
  LevelReadiness out{Level::host_signed, {}, {}};
  note(out, !audit.nvml.devices.empty(), "the driver reports identities, which the host can sign",
       fmt::format("the driver reports no device ({})",
                   audit.nvml_problem.empty() ? "none found" : audit.nvml_problem));
  return out;
}

LevelReadiness tpm_level(const HostAudit& audit) {
  const HostFiles& files = audit.files;
  LevelReadiness out{Level::tpm_bound, {}, {}};
  note(out, files.tpm_version == "2", "a TPM 2.0",
       files.tpm_version.empty() ? "no TPM is shown by the kernel" : "the TPM is older than 2.0");
  note(out, has_bank(files, "sha256") || has_bank(files, "sha384"), "PCRs of SHA-256 or SHA-384",
       "no bank of PCRs with SHA-256 or SHA-384 is shown; SHA-1 is not taken");
  note(out, files.tpm_device, "the device /dev/tpmrm0", "the device /dev/tpmrm0 is not there");
  // What makes a quote say more; without it L2 stands all the same.
  if (files.event_log.empty()) {
    out.present.emplace_back("a crypto-agile event log of the boot");
  }
  if (files.secure_boot == Switch::on) out.present.emplace_back("Secure Boot is on");
  return out;
}

LevelReadiness device_level(const HostAudit& audit) {
  LevelReadiness out{Level::device_attested, {}, {}};
  const auto& state = audit.nvml.confidential;
  note(out, state && state->enabled,
       "confidential computing is on: signed reports can be asked for",
       state ? "confidential computing is off: a Hopper signs no report then"
             : "the driver does not say whether confidential computing is on");
  if (state && state->dev_tools) {
    out.missing.emplace_back("the mode for developers is on: measurements do not match then");
  }
  return out;
}

LevelReadiness enforced_level() {
  return {Level::enforced, {}, {"no accelerator runs this governor in its firmware or silicon"}};
}

void add_version(HostAudit& out, const VulnerabilityList& list, std::string_view component,
                 const std::string& version) {
  if (version.empty()) return;
  out.versions.push_back(
      {std::string(component), version, find_vulnerabilities(list, component, version)});
}

void warn_if(HostAudit& out, bool holds, std::string sentence) {
  if (holds) out.warnings.push_back(std::move(sentence));
}

void add_warnings(HostAudit& out) {
  const HostFiles& files = out.files;
  warn_if(out, files.secure_boot == Switch::off, "Secure Boot is off: any kernel can be booted");
  warn_if(out, files.secure_boot == Switch::unknown,
          files.efi ? "Secure Boot is unknown: its variable can't be read"
                    : "Secure Boot is unknown: the machine shows no EFI");
  warn_if(out, files.setup_mode == Switch::on,
          "Secure Boot is in setup mode: its keys can be replaced");
  warn_if(out, files.iommu_groups == 0,
          "the kernel shows no IOMMU group: devices may reach all memory");
  warn_if(out, files.lockdown == "none",
          "kernel lockdown is off: root can change the running kernel");
  warn_if(out, files.ptrace_scope == 0,
          "any process may debug others of its user (ptrace_scope 0)");
  warn_if(out, files.sysrq == 1, "all functions of the magic SysRq key are on");
  warn_if(out, files.kexec_disabled == 0, "root may start another kernel without a boot (kexec)");
  warn_if(out, !files.event_log.empty(),
          fmt::format("the boot's event log is of no use: {}", files.event_log));
  const bool differ =
      !files.driver.empty() && !out.nvml.driver.empty() && files.driver != out.nvml.driver;
  warn_if(out, differ,
          fmt::format("kernel module {} and library {} of the driver differ", files.driver,
                      out.nvml.driver));
  const bool counts =
      out.nvml_problem.empty() && out.nvml.devices.size() != files.accelerators.size();
  warn_if(out, counts, "the driver and the PCI bus show different numbers of accelerators");
}

}  // namespace

HostAudit audit_host(const AuditSources& sources) {
  HostAudit out;
  out.time = sources.now;
  out.list_as_of = sources.vulnerabilities.as_of;
  out.files = read_host_files(sources.root);
  auto nvml = read_nvml(sources.nvml);
  if (nvml) {
    out.nvml = *std::move(nvml);
  } else {
    out.nvml_problem = entry_of(nvml.error().error.code).name;
  }
  const std::string& driver = out.nvml.driver.empty() ? out.files.driver : out.nvml.driver;
  add_version(out, sources.vulnerabilities, "nvidia-driver", driver);
  add_version(out, sources.vulnerabilities, "triton", out.files.triton);
  out.levels = {declared_level(out), signed_level(out), tpm_level(out), device_level(out),
                enforced_level()};
  add_warnings(out);
  return out;
}

evidence::HostDescription describe_host(const HostAudit& audit) {
  evidence::HostDescription out;
  out.driver = audit.nvml.driver;
  out.devices = audit.nvml.devices;
  return out;
}

}  // namespace daymark::audit
