// An audit as JSON and as text.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/audit/host_audit.h"
#include "daymark/base/time.h"

namespace daymark::audit {

namespace {

using Json = nlohmann::ordered_json;

std::string_view switch_name(Switch state) {
  if (state == Switch::unknown) return "unknown";
  return state == Switch::on ? "on" : "off";
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json number_or_null(const std::optional<int>& number) {
  return number ? Json(*number) : Json(nullptr);
}

Json accelerators_json(const HostFiles& files) {
  Json out = Json::array();
  for (const PciAccelerator& one : files.accelerators) {
    out.push_back({{"address", one.address}, {"device_id", one.device_id}, {"iommu", one.iommu}});
  }
  return out;
}

Json devices_json(const NvmlReport& report) {
  Json out = Json::array();
  for (const evidence::ReportedDevice& one : report.devices) {
    out.push_back({{"product", one.product},
                   {"uuid", one.uuid},
                   {"serial", text_or_null(one.serial)},
                   {"pci", one.pci},
                   {"vbios", one.vbios}});
  }
  return out;
}

Json confidential_json(const NvmlReport& report) {
  if (!report.confidential) return nullptr;
  return {{"enabled", report.confidential->enabled}, {"dev_tools", report.confidential->dev_tools}};
}

Json versions_json(const HostAudit& audit) {
  Json out = Json::array();
  for (const AuditedVersion& one : audit.versions) {
    Json found = Json::array();
    for (const Vulnerability& entry : one.finding.matches) {
      found.push_back({{"ids", entry.ids},
                       {"before", entry.before},
                       {"published", entry.published},
                       {"source", entry.source}});
    }
    out.push_back({{"component", one.component},
                   {"version", one.version},
                   {"branch_listed", one.finding.branch_listed},
                   {"vulnerabilities", std::move(found)}});
  }
  return out;
}

Json levels_json(const HostAudit& audit) {
  Json out = Json::array();
  for (const LevelReadiness& one : audit.levels) {
    out.push_back({{"level", fmt::format("L{}", static_cast<unsigned>(one.level))},
                   {"reachable", one.reachable()},
                   {"present", one.present},
                   {"missing", one.missing}});
  }
  return out;
}

Json host_json(const HostFiles& files) {
  return {{"kernel", text_or_null(files.kernel)},
          {"efi", files.efi},
          {"secure_boot", switch_name(files.secure_boot)},
          {"setup_mode", switch_name(files.setup_mode)},
          {"iommu_groups", files.iommu_groups},
          {"lockdown", text_or_null(files.lockdown)},
          {"ptrace_scope", number_or_null(files.ptrace_scope)},
          {"sysrq", number_or_null(files.sysrq)},
          {"kexec_load_disabled", number_or_null(files.kexec_disabled)},
          {"tpm",
           {{"version", text_or_null(files.tpm_version)},
            {"banks", files.tpm_banks},
            {"device", files.tpm_device},
            {"event_log", files.event_log.empty() ? "crypto-agile" : files.event_log}}}};
}

std::string version_line(const AuditedVersion& one) {
  if (!one.finding.branch_listed) {
    return fmt::format("  {} {}: the list says nothing about this branch\n", one.component,
                       one.version);
  }
  if (one.finding.matches.empty()) {
    return fmt::format("  {} {}: nothing on the list\n", one.component, one.version);
  }
  std::string out;
  for (const Vulnerability& entry : one.finding.matches) {
    out += fmt::format("  {} {}: {}, fixed in {} ({}, {})\n", one.component, one.version,
                       fmt::join(entry.ids, " "), entry.before, entry.published, entry.source);
  }
  return out;
}

std::string level_lines(const LevelReadiness& one) {
  std::string out = fmt::format("  L{}: {}\n", static_cast<unsigned>(one.level),
                                one.reachable() ? "within reach" : "something is missing");
  for (const std::string& sentence : one.present)
    out += fmt::format("    has      {}\n", sentence);
  for (const std::string& sentence : one.missing)
    out += fmt::format("    missing  {}\n", sentence);
  return out;
}

}  // namespace

std::string to_json(const HostAudit& audit) {
  const Json out{{"time", to_rfc3339(audit.time)},
                 {"verified", false},
                 {"host", host_json(audit.files)},
                 {"accelerators", accelerators_json(audit.files)},
                 {"driver",
                  {{"module", text_or_null(audit.files.driver)},
                   {"library", text_or_null(audit.nvml.driver)},
                   {"problem", text_or_null(audit.nvml_problem)},
                   {"devices", devices_json(audit.nvml)},
                   {"confidential_computing", confidential_json(audit.nvml)}}},
                 {"list_as_of", text_or_null(audit.list_as_of)},
                 {"versions", versions_json(audit)},
                 {"warnings", audit.warnings},
                 {"levels", levels_json(audit)}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string to_text(const HostAudit& audit) {
  std::string out =
      fmt::format("This host's own word about itself, {}; nothing is verified or sent\n",
                  to_rfc3339(audit.time));
  for (const evidence::ReportedDevice& one : audit.nvml.devices) {
    out += fmt::format("  {} {} serial {} at {}, VBIOS {}\n", one.product, one.uuid,
                       one.serial.empty() ? "not stated" : one.serial, one.pci, one.vbios);
  }
  out += fmt::format("Known vulnerabilities, list of {}\n",
                     audit.list_as_of.empty() ? "no date" : audit.list_as_of);
  if (audit.versions.empty()) out += "  no driver and no inference server was found\n";
  for (const AuditedVersion& one : audit.versions)
    out += version_line(one);
  out += "Switches\n";
  for (const std::string& sentence : audit.warnings)
    out += fmt::format("  {}\n", sentence);
  if (audit.warnings.empty()) out += "  none that stands open\n";
  out += "Levels\n";
  for (const LevelReadiness& one : audit.levels)
    out += level_lines(one);
  return out;
}

}  // namespace daymark::audit
