// The steps that prove_order and prove_enrol share, and the rules for contents. Core.
#pragma once

#include "daymark/order/proven.h"

namespace daymark::order {

/// The only maker of ProvenOrders.
class Prover {
 public:
  Prover(const OrderMessage& message, const Charter& charter, ProofScratch& scratch)
      : message_(message), charter_(charter), scratch_(scratch) {}

  /// Size and form; fills scratch.order.
  [[nodiscard]] Result<void> read();
  /// All rules but those about the content.
  [[nodiscard]] Result<ProvenOrder> prove();

 private:
  [[nodiscard]] Result<void> check_identity() const;
  [[nodiscard]] Result<tlog::MemberSet> check_signers();
  [[nodiscard]] Result<void> check_quorum(tlog::MemberSet signers);
  [[nodiscard]] static Result<void> check_parties(const tlog::Policy& quorum,
                                                  tlog::MemberSet signers);
  [[nodiscard]] Result<void> check_logged(ProvenOrder& out);
  [[nodiscard]] Result<void> check_bounds(const ProvenOrder& proven) const;
  [[nodiscard]] UnixMillis binding_time(UnixMillis logged_at) const;

  [[nodiscard]] const Order& order() const { return scratch_.order.order; }

  const OrderMessage& message_;
  const Charter& charter_;
  ProofScratch& scratch_;
};

namespace internal {

/// What the rules for contents may look at.
struct ContentContext {
  const ProvenOrder& proven;
  const Charter& charter;
  ProofScratch& scratch;
};

/// The rules of the order's kind; enrol has its own in prove_enrol.
/// Errors: errc::order_content, errc::order_attestation, errc::order_successor,
/// errc::order_consent, errc::charter_*.
[[nodiscard, gnu::noinline]] Result<void> check_content(const ContentContext& context);

/// Opens a COSE_Sign1 inside a content by `key`; any failure is `otherwise` in `field`.
struct Statement {
  ByteView message;
  std::string_view purpose;
  Errc otherwise;
  FieldId field;
};

[[nodiscard]] Result<ByteView> open_statement(const Statement& statement,
                                              const crypto::PublicKey& key);

/// The same by the key or the spare of a party.
[[nodiscard]] Result<ByteView> open_statement(const Statement& statement, const Party& party);

/// The payload [chip key, charter hash, nonce] of a consent.
struct Consent {
  crypto::PublicKey chip;
  Digest charter{};
  Digest nonce{};
};

/// A consent by the owner's key or spare. Errors: errc::order_consent.
[[nodiscard]] Result<Consent> open_consent(ByteView message, const Party& owner);

}  // namespace internal
}  // namespace daymark::order
