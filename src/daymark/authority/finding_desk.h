// Takes findings in, makes them public, and looks up what a denial cites (PROTOCOL §4.3). Host
// only.
#pragma once

#include "daymark/authority/order_desk.h"
#include "daymark/authority/publisher.h"
#include "daymark/authority/records.h"
#include "daymark/order/finding.h"

namespace daymark::authority {

/// Not thread-safe.
class FindingDesk {
 public:
  /// All references outlive the desk.
  FindingDesk(Records& records, Publisher& publisher, const OrderDesk& orders)
      : records_(records), publisher_(publisher), orders_(orders) {}

  /// Accepts a signed finding file and makes its entry public; idempotent. Errors: those of
  /// parse_finding_file, verify_finding and the log, and of prove_finding while too few witnesses
  /// or mirrors answer: hand it in again.
  [[nodiscard]] Outcome<StoredFinding> submit(ByteView file);

 private:
  Records& records_;
  Publisher& publisher_;
  const OrderDesk& orders_;
};

/// The finding that a denial of `chip` cites. Errors: errc::authority_finding_unknown where it is
/// not on record, errc::finding_chip, errc::finding_dismissed.
[[nodiscard]] Outcome<order::Finding> cited_finding(Records& records, const Digest& hash,
                                                    const ChipId& chip);

}  // namespace daymark::authority
