// ProvenOrder: the only thing that code acts on (principle 1). Core.
//
// A ProvenOrder can be made by the functions below and by nothing else; each is one of the ways in
// which PROTOCOL lets an order bind. All of them check signatures under the pinned charter, the
// quorum of the order's kind (restrictions: at least two different parties), the charter's hash,
// the commitment to the content and the bounds. They read no clock and no state: whether the order
// is the next of its stream is the governor's question.
#pragma once

#include <algorithm>

#include "daymark/order/charter.h"
#include "daymark/order/order.h"
#include "daymark/tlog/proof.h"

namespace daymark::order {

/// What a chip is handed. Views; all bounded (envelope 4 KiB, proof 8 KiB, content 3 KiB).
struct OrderMessage {
  ByteView envelope;
  std::string_view proof;  ///< tlog-proof text; may be empty for a relief
  Digest salt{};
  ByteView content;
};

/// Working memory of verification, given by the caller so that the chip's stack stays small. What
/// was proven views `order` alone: the rest may be used again.
// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): arenas begin without content
struct ProofScratch {
  SignedOrder order;
  PolicySpace policy;  ///< the quorum of the kind, the witnesses, the mirrors
  /// The proof; then the content, or the charter that it brings.
  Arena<std::max(
      {sizeof(Charter), sizeof(tlog::OpenedProof), sizeof(ScopeContent), sizeof(ProgramList)})>
      rest;
};

class ProvenOrder {
 public:
  [[nodiscard]] const Order& order() const { return *order_; }

  [[nodiscard]] ByteView content() const { return content_; }

  /// PROTOCOL §2.5. For a relief that came without a proof: its issue time.
  [[nodiscard]] UnixMillis logged_at() const { return logged_at_; }

  /// Start of a restriction: max(not before, logged + notice); of a relief: logged; else max(not
  /// before, logged).
  [[nodiscard]] UnixMillis binds_at() const { return binds_at_; }

  /// Bit i: party i of the charter signed.
  [[nodiscard]] tlog::MemberSet signers() const { return signers_; }

  /// The checkpoint that proved it; size 0 for a relief without a proof.
  [[nodiscard]] const tlog::TreeHead& checkpoint() const { return checkpoint_; }

 private:
  ProvenOrder() = default;
  friend class Prover;

  const Order* order_ = nullptr;
  ByteView content_;
  UnixMillis logged_at_;
  UnixMillis binds_at_;
  tlog::MemberSet signers_ = 0;
  tlog::TreeHead checkpoint_;
};

/// Every kind but enrol. A relief (resume, release) may come without a proof; with one it is
/// checked. The result views `message`, `charter` and `scratch`, which must outlive it. Errors:
/// errc::order_*, errc::proof_*, errc::cose_*, errc::policy_*: the first rule that failed.
[[nodiscard]] Result<ProvenOrder> prove_order(const OrderMessage& message, const Charter& charter,
                                              ProofScratch& scratch);

/// What an unprovisioned chip holds instead of a charter.
struct EnrolTrust {
  crypto::PublicKey maker;  ///< burnt in at manufacture
  crypto::PublicKey chip;
  Digest nonce{};  ///< drawn by this chip for this enrolment
};

/// Enrolment: maker's voucher names chip and owner; the owner consents to this charter; the chip
/// answered its nonce; the order is signed by the charter's quorum and logged (PROTOCOL §2, enrol).
[[nodiscard]] Result<ProvenOrder> prove_enrol(const OrderMessage& message, const Charter& charter,
                                              const EnrolTrust& trust, ProofScratch& scratch);

}  // namespace daymark::order
