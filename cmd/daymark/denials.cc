#include "denials.h"

#include <fmt/format.h>

#include "daymark/authority/batch_terms.h"
#include "daymark/authority/errors.h"
#include "daymark/base/hex.h"
#include "daymark/base/time.h"
#include "daymark/order/errors.h"

namespace daymark::cli {

Outcome<void> DenialCheck::see(const order::Leaf& leaf) {
  if (leaf.kind != order::LeafKind::denial) return {};
  if (authority::needs_no_finding(leaf)) {
    ++without_finding_;
    return {};
  }
  const std::string chip = to_hex(leaf.chip.view());
  if (leaf.finding == Digest{}) return refuse(errc::authority_finding_unknown, chip);
  const std::string hash = to_hex(leaf.finding);
  DAYMARK_TRY(const order::Finding finding, proven(leaf.finding, chip));
  const bool about_it = !finding.notice.chip || *finding.notice.chip == leaf.chip;
  if (!about_it) return refuse(errc::finding_chip, hash, chip);
  if (!finding.decision.denies) return refuse(errc::finding_dismissed, hash, chip);
  lines_ +=
      fmt::format("{} denied: {}; finding {}: {}; appeal until {}\n", chip, leaf.denial_reason,
                  hash, finding.notice.rule, to_rfc3339(leaf.appeal_until));
  return {};
}

std::string DenialCheck::text() const {
  if (without_finding_ == 0) return lines_;
  return lines_ + fmt::format("denied without a request, or as released: {}\n", without_finding_);
}

Outcome<order::Finding> DenialCheck::proven(const Digest& hash, const std::string& chip) {
  if (const auto found = known_.find(hash); found != known_.end()) return found->second;
  const std::string name = to_hex(hash);
  const auto parts = client_.finding(hash);
  if (!parts && parts.error().error.code == errc::authority_not_found) {
    return refuse(errc::authority_finding_unknown, name, chip);
  }
  DAYMARK_TRY(const authority::FindingParts& held, parts);
  DAYMARK_TRY(const order::FindingFile file, about(order::parse_finding_file(held.file), name));
  DAYMARK_TRY(order::Finding finding, about(order::read_finding(file), name));
  if (finding.hash != hash) return refuse(errc::authority_finding_unknown, name);
  DAYMARK_CHECK(about(order::prove_finding(file, held.proof, charter_), name));
  known_.emplace(hash, finding);
  return finding;
}

}  // namespace daymark::cli
