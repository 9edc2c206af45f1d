// What this host can offer as evidence, what each assurance level still lacks, and which of its
// versions are known to be vulnerable. Changes nothing, sends nothing, asks the TPM nothing. All of
// it is the host's own word about itself: nothing here is a verdict. Host only.
#pragma once

#include <string>
#include <vector>

#include "daymark/audit/host_files.h"
#include "daymark/audit/nvml.h"
#include "daymark/audit/vulnerabilities.h"
#include "daymark/base/level.h"
#include "daymark/base/units.h"

namespace daymark::audit {

struct AuditSources {
  /// Put before every path; empty for the machine itself.
  std::string root;
  std::string nvml = "libnvidia-ml.so.1";
  VulnerabilityList vulnerabilities;
  UnixMillis now;
};

/// A version of a component, held against the list.
struct AuditedVersion {
  std::string component;
  std::string version;
  VulnerabilityFinding finding;
};

/// What a level rests on here: sentences.
struct LevelReadiness {
  Level level{};
  std::vector<std::string> present;
  std::vector<std::string> missing;

  [[nodiscard]] bool reachable() const { return missing.empty(); }
};

struct HostAudit {
  UnixMillis time;
  HostFiles files;
  NvmlReport nvml;
  std::string nvml_problem;  ///< name of the error; empty where the library answered
  std::vector<AuditedVersion> versions;
  std::string list_as_of;
  std::vector<LevelReadiness> levels;  ///< L0 to L4
  std::vector<std::string> warnings;   ///< debug switches and the like
};

[[nodiscard]] HostAudit audit_host(const AuditSources& sources);

[[nodiscard]] std::string to_json(const HostAudit& audit);
[[nodiscard]] std::string to_text(const HostAudit& audit);

/// The description that a TPM's quote can commit to (evidence/host_identity.h).
[[nodiscard]] evidence::HostDescription describe_host(const HostAudit& audit);

}  // namespace daymark::audit
