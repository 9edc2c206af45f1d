// Files of reference values as they were given, and which of them is for a device.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/evidence/nvidia/rim.h"

namespace daymark::evidence {

struct ReferenceFile {
  /// Printed in the verdict.
  std::string name;
  /// Verified, or the reason why it counts for nothing.
  Result<VerifiedRim> rim;
};

/// What reference values are wanted for.
struct ReferenceNeed {
  RimKind kind{};
  /// "GH100", as reference values name products.
  std::string_view product;
  /// As the report states it; compared without regard to case.
  std::string_view version;
};

/// The one file for this part of the device that was valid at `as_of`. Files for other parts and
/// versions may be there, too: they are for other devices.
/// Errors: errc::rim_ambiguous where two such files differ in their values; if there is none, the
/// first of: what was wrong with a file that could not be verified, errc::rim_expired or
/// errc::rim_not_yet_valid of one that fits, errc::rim_product, errc::rim_version of one of this
/// kind, errc::rim_missing.
[[nodiscard]] Result<const ReferenceFile*> choose_reference(std::span<const ReferenceFile> files,
                                                            const ReferenceNeed& need,
                                                            UnixMillis as_of);

}  // namespace daymark::evidence
