// Drafts licence batches: one leaf per chip in custody, a licence or a denial (PROTOCOL §3, §4).
// Host only. The draft binds nobody: signers look at every leaf and sign where their keys are.
#pragma once

#include <string_view>

#include "daymark/authority/batch_terms.h"
#include "daymark/authority/leaf_list.h"
#include "daymark/authority/order_desk.h"
#include "daymark/base/random.h"

namespace daymark::authority {

struct BatchDraft {
  std::vector<Byte> order_file;  ///< unsigned
  LeafList leaves;               ///< leaf i belongs to slot i
};

/// Not thread-safe. References outlive the desk.
class BatchDesk {
 public:
  BatchDesk(Records& records, OrderDesk& orders, Clock& clock, Random& random)
      : records_(records), orders_(orders), clock_(clock), random_(random) {}

  /// Drafts from terms in JSON (docs/formats/api.md) and keeps the leaves until the order comes.
  /// A chip without a renewal request gets a denial that says so.
  /// Errors: errc::json_malformed with the member, errc::store_*.
  [[nodiscard]] Outcome<BatchDraft> draft(std::string_view terms_json);

 private:
  [[nodiscard]] Outcome<order::Leaf> leaf_for(const ChipRecord& chip, const BatchTerms& terms);
  [[nodiscard]] Outcome<void> answer(const ChipRecord& chip, order::Leaf& leaf);
  [[nodiscard]] Outcome<std::uint64_t> next_batch_number();

  Records& records_;
  OrderDesk& orders_;
  Clock& clock_;
  Random& random_;
};

}  // namespace daymark::authority
