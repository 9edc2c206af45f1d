#include "daymark/authority/appeal_desk.h"

#include <memory>

#include "daymark/authority/errors.h"
#include "daymark/base/hex.h"
#include "daymark/governor/errors.h"
#include "daymark/order/appeal.h"

namespace daymark::authority {

Outcome<StoredAppeal> AppealDesk::submit(ByteView envelope) {
  DAYMARK_TRY(const order::Charter charter, about(orders_.charter(), "charter"));
  DAYMARK_TRY(const order::Appeal appeal, about(order::verify_appeal(envelope, charter), "appeal"));
  DAYMARK_TRY(const std::vector<StoredAppeal> known, records_.appeals(appeal.order));
  for (const StoredAppeal& stored : known) {
    if (stored.hash == appeal.hash) return stored;
  }
  // Chips take one; the log needs no more.
  if (!known.empty()) return refuse(errc::gov_appealed, to_hex(appeal.order));
  DAYMARK_CHECK(check_order(appeal.order));
  StoredAppeal out{.hash = appeal.hash,
                   .order = appeal.order,
                   .envelope = {},
                   .index = {},
                   .proof = {},
                   .logged_at = {}};
  out.envelope.assign(envelope.begin(), envelope.end());
  DAYMARK_TRY(out.index, publisher_.append_once(envelope));
  DAYMARK_TRY(const std::string checkpoint, publisher_.cosigned_checkpoint(charter));
  DAYMARK_TRY(out.proof, publisher_.prove(out.index, checkpoint));
  const auto scratch = std::make_unique<order::ProofScratch>();
  DAYMARK_TRY(const order::ProvenAppeal proven,
              about(order::prove_appeal({envelope, out.proof}, charter, *scratch), "appeal"));
  out.logged_at = proven.logged_at();
  DAYMARK_CHECK(records_.add_appeal(out));
  return out;
}

Outcome<void> AppealDesk::check_order(const Digest& hash) {
  DAYMARK_TRY(const auto stored, records_.order(hash));
  if (!stored) return refuse(errc::authority_not_found, to_hex(hash));
  DAYMARK_TRY(const order::OrderFile file, about(order::parse_order_file(stored->file), "order"));
  DAYMARK_TRY(const order::Order parsed, about(order::parse_order(file.payload), "order"));
  const bool suspends = parsed.kind == order::OrderKind::suspend && !parsed.is_confirmation();
  if (!suspends || !stored->publication) return refuse(errc::authority_appeal_order, to_hex(hash));
  return {};
}

}  // namespace daymark::authority
