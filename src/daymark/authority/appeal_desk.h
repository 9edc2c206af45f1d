// Takes appeals in and makes them public (PROTOCOL §2.7). Host only.
#pragma once

#include "daymark/authority/order_desk.h"
#include "daymark/authority/publisher.h"
#include "daymark/authority/records.h"

namespace daymark::authority {

/// An authority can't keep an appeal back for good: whatever it refuses here, the owner can show
/// that the entry is not in the log. Not thread-safe.
class AppealDesk {
 public:
  /// All references outlive the desk.
  AppealDesk(Records& records, Publisher& publisher, const OrderDesk& orders)
      : records_(records), publisher_(publisher), orders_(orders) {}

  /// Accepts the owner's signed statement and makes it public; idempotent. Errors: those of
  /// verify_appeal, errc::authority_not_found for an order that isn't here,
  /// errc::authority_appeal_order for one that is no public suspension, errc::gov_appealed for a
  /// second appeal against it, those of the log, and of
  /// prove_appeal while too few witnesses answer: hand it in again.
  [[nodiscard]] Outcome<StoredAppeal> submit(ByteView envelope);

 private:
  [[nodiscard]] Outcome<void> check_order(const Digest& hash);

  Records& records_;
  Publisher& publisher_;
  const OrderDesk& orders_;
};

}  // namespace daymark::authority
