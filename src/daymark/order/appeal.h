// Appeals (PROTOCOL §2.7): what an owner says in public against one suspension. Reading and proving
// are core; writing is host only (appeal_writer.h).
//
//   entry   = COSE_Sign1 by the owner, "daymark appeal v1"
//   payload = [1, fleet, hash of the suspension, issued, text]
//
// An appeal is no order: it takes nothing, stands in no stream and changes no stream head. It sets
// the appealed suspension a term, within which the suspension's quorum confirms it by an order of
// its own (ScopeContent::appeal), or it ends.
#pragma once

#include <string_view>

#include "daymark/order/charter.h"
#include "daymark/order/proven.h"

namespace daymark::order {

inline constexpr std::string_view appeal_purpose = "daymark appeal v1";
/// Of the whole entry.
inline constexpr std::size_t appeal_size_max = 1024;
inline constexpr std::size_t appeal_text_max = 512;

/// Views into the payload.
struct Appeal {
  Digest hash{};  ///< tagged_hash(appeal_purpose, payload): what a confirmation names
  FleetId fleet{};
  Digest order{};  ///< the suspension's hash
  UnixMillis issued;
  std::string_view text;  ///< in the clear: the owner's choice
};

/// Strict. Errors: errc::appeal_malformed, errc::cbor_*.
[[nodiscard]] Result<Appeal> parse_appeal(ByteView payload);

/// The same out of a whole entry, whose signature is not checked. Errors: also errc::cose_*.
[[nodiscard]] Result<Appeal> read_appeal_entry(ByteView envelope);

/// Whether an entry of the log claims to be an appeal: a COSE_Sign1, where every order is a
/// COSE_Sign.
[[nodiscard]] bool is_appeal_entry(ByteView envelope);

/// What a chip is handed.
struct AppealMessage {
  ByteView envelope;
  std::string_view proof;  ///< tlog-proof text
};

/// Signed by the owner of the charter, and logged: made only by prove_appeal. Views the message.
class ProvenAppeal {
 public:
  [[nodiscard]] const Appeal& appeal() const { return appeal_; }

  [[nodiscard]] UnixMillis logged_at() const { return logged_at_; }

 private:
  ProvenAppeal() = default;
  friend Result<ProvenAppeal> prove_appeal(const AppealMessage& message, const Charter& charter,
                                           ProofScratch& scratch);

  Appeal appeal_;
  UnixMillis logged_at_;
};

/// The owner's signature alone. Errors: errc::appeal_malformed, errc::appeal_signer where neither
/// key of the owner signed, errc::order_charter for another fleet.
[[nodiscard]] Result<Appeal> verify_appeal(ByteView envelope, const Charter& charter);

/// As verify_appeal, and in the log under its witnesses. No mirror is asked for: an appeal only
/// relieves. Errors: also those of verify_logged.
[[nodiscard]] Result<ProvenAppeal> prove_appeal(const AppealMessage& message,
                                                const Charter& charter, ProofScratch& scratch);

}  // namespace daymark::order
