#include "daymark/ranging/receipt_verifier.h"

namespace daymark::ranging {

Result<VerifiedReceipt> ReceiptVerifier::verify(ByteView message,
                                                const ReceiptExpectation& expected) {
  DAYMARK_TRY(const ReceiptParts parts, split_receipt(message));
  DAYMARK_TRY(const CheckedRoot root, checked(parts.root, expected.beacon->key));
  ++costs_.paths;
  return verify_under(root, parts, expected);
}

Result<CheckedRoot> ReceiptVerifier::checked(ByteView root, const crypto::PublicKey& beacon) {
  const ByteView named[] = {beacon.bytes, root};
  const Digest name = crypto::sha256(named);
  if (const auto known = roots_.find(name); known != roots_.end()) return known->second;
  ++costs_.signatures;
  DAYMARK_TRY(const CheckedRoot found, check_root(root, beacon));
  if (roots_max_ == 0) return found;
  if (roots_.size() == roots_max_) {
    roots_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  roots_.emplace(name, found);
  oldest_first_.push_back(name);
  return found;
}

}  // namespace daymark::ranging
