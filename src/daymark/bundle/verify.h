// Verifies a bundle offline: no network, no configuration but the fingerprint of a charter.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daymark/base/error_table.h"
#include "daymark/base/level.h"
#include "daymark/bundle/format.h"

namespace daymark::bundle {

/// `verified`: all holds under the trusted charter. `consistent`: all holds under the bundle's own
/// charter, and the reader named none. `refused`: a part does not hold.
enum class BundleResult { verified, consistent, refused };

[[nodiscard]] std::string_view name_of(BundleResult result);

/// One thing that the bundle shows, with what it rests on.
struct Statement {
  std::string text;
  Level level = Level::declared;
  UnixMillis as_of;        ///< 0 where no time belongs to it
  bool forgeable = false;  ///< root on the chip's host could have forged it
};

struct BundleVerdict {
  BundleResult result = BundleResult::refused;
  Errc reason{};
  std::string part;    ///< that failed, empty if none
  std::string detail;  ///< of the failure
  Digest charter{};
  std::vector<Statement> statements;
};

/// Every part is judged in its turn; the first that fails names the verdict. Pure and safe from
/// several threads.
[[nodiscard]] BundleVerdict verify_bundle(ByteView bytes, const std::optional<Digest>& trust);

[[nodiscard]] std::string to_text(const BundleVerdict& verdict,
                                  Language language = Language::english);
[[nodiscard]] std::string to_json(const BundleVerdict& verdict,
                                  Language language = Language::english);

}  // namespace daymark::bundle
