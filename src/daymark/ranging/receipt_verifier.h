// Receipts in numbers: one signature for each batch, one path for each receipt. Host only.
#pragma once

#include <deque>
#include <map>

#include "daymark/ranging/receipt.h"

namespace daymark::ranging {

/// What verifying has cost so far.
struct ReceiptCosts {
  std::uint64_t signatures = 0;  ///< roots that were not known
  std::uint64_t paths = 0;
};

/// Judges as verify_receipt does, bit for bit, and remembers the roots that held: each under its
/// whole bytes and the key that signed them. Refused roots are not remembered. The oldest root is
/// forgotten first. Not thread-safe.
class ReceiptVerifier {
 public:
  static constexpr std::size_t roots_default = 64;

  explicit ReceiptVerifier(std::size_t roots_max = roots_default) : roots_max_(roots_max) {}

  /// Errors: those of verify_receipt.
  [[nodiscard]] Result<VerifiedReceipt> verify(ByteView message,
                                               const ReceiptExpectation& expected);

  [[nodiscard]] const ReceiptCosts& costs() const { return costs_; }

  [[nodiscard]] std::size_t known_roots() const { return roots_.size(); }

 private:
  [[nodiscard]] Result<CheckedRoot> checked(ByteView root, const crypto::PublicKey& beacon);

  std::size_t roots_max_;
  std::map<Digest, CheckedRoot> roots_;
  std::deque<Digest> oldest_first_;
  ReceiptCosts costs_;
};

}  // namespace daymark::ranging
