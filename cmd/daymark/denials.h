// What a signer looks at before it signs a batch: the denials, and what each of them rests on.
#pragma once

#include <map>
#include <string>

#include "daymark/authority/client.h"
#include "daymark/order/charter.h"
#include "daymark/order/finding.h"
#include "daymark/order/leaf.h"

namespace daymark::cli {

/// Judges the denials among the leaves of a batch, one leaf at a time (PROTOCOL §4.3). A finding
/// that several leaves cite is fetched and proven once. References outlive the check.
class DenialCheck {
 public:
  DenialCheck(const authority::AuthorityClient& client, const order::Charter& charter)
      : client_(client), charter_(charter) {}

  /// A licence passes; so does a denial for want of a request or of a released chip. Any other
  /// cites a finding, which is fetched and proven. Errors: errc::authority_finding_unknown,
  /// errc::finding_chip, errc::finding_dismissed, those of prove_finding and of the client.
  [[nodiscard]] Outcome<void> see(const order::Leaf& leaf);

  /// One line for each denial that cites a finding, and one for the number of the others.
  [[nodiscard]] std::string text() const;

 private:
  [[nodiscard]] Outcome<order::Finding> proven(const Digest& hash, const std::string& chip);

  const authority::AuthorityClient& client_;
  const order::Charter& charter_;
  std::map<Digest, order::Finding> known_;
  std::string lines_;
  std::uint64_t without_finding_ = 0;
};

}  // namespace daymark::cli
