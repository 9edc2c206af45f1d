// Versions with known vulnerabilities, from a dated list in which every entry names its source
// (data/audit/vulnerabilities.json). Host only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/result.h"

namespace daymark::audit {

/// Largest list.
inline constexpr std::size_t vulnerability_list_max = 1UL << 20;

struct Vulnerability {
  std::string component;  ///< "nvidia-driver" or "triton"
  std::string branch;     ///< first number of the versions it is about; empty for all
  std::string before;     ///< the first version without it
  std::vector<std::string> ids;
  std::string published;  ///< date
  std::string source;
};

struct VulnerabilityList {
  std::string as_of;  ///< date
  std::vector<Vulnerability> entries;
};

/// Errors: errc::audit_list with the number of the entry, errc::json_malformed.
[[nodiscard]] Result<VulnerabilityList> parse_vulnerabilities(std::string_view text);

/// Whether a version is lower, number by number: 570.86 is lower than 570.195.03. False where
/// either is not made of numbers and dots.
[[nodiscard]] bool is_version_before(std::string_view version, std::string_view other);

/// The entries that are about this version. Where no entry is about its branch, nothing is known:
/// `branch_listed` says whether one is.
struct VulnerabilityFinding {
  std::vector<Vulnerability> matches;
  bool branch_listed = false;
};

[[nodiscard]] VulnerabilityFinding find_vulnerabilities(const VulnerabilityList& list,
                                                        std::string_view component,
                                                        std::string_view version);

}  // namespace daymark::audit
