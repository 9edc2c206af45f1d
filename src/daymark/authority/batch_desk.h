// Drafts licence batches: one leaf per chip in custody, a licence or a denial (PROTOCOL §3, §4).
// Host only. The draft binds nobody: signers look at every leaf and sign where their keys are.
#pragma once

#include <string_view>

#include "daymark/authority/batch_terms.h"
#include "daymark/authority/chip_index.h"
#include "daymark/authority/leaf_desk.h"
#include "daymark/authority/order_desk.h"
#include "daymark/base/random.h"

namespace daymark::authority {

struct BatchDraft {
  std::vector<Byte> order_file;  ///< unsigned
  order::BatchContent content;   ///< root and number of the leaves, which the archive holds
};

/// Where chips, batches and their leaves are kept; `chips` knows the requests that leaves answer.
struct BatchStores {
  Records& records;
  LeafArchive& archive;
  const ChipIndex& chips;
};

/// Not thread-safe. References outlive the desk.
class BatchDesk {
 public:
  BatchDesk(const BatchStores& stores, OrderDesk& orders, Clock& clock, Random& random)
      : records_(stores.records),
        archive_(stores.archive),
        leaves_(stores.records, stores.archive),
        orders_(orders),
        chips_(stores.chips),
        clock_(clock),
        random_(random) {}

  /// Drafts from terms in JSON (docs/formats/api.md); the archive keeps the leaves until the order
  /// comes, or until its time to be signed is over. Memory does not grow with the number of chips.
  /// A chip without a renewal request, and a released one, gets a denial that says so and cites no
  /// finding; every other denial cites one that is on record.
  /// Errors: errc::json_malformed with the member, errc::store_*, errc::file_*, those of
  /// cited_finding.
  [[nodiscard]] Outcome<BatchDraft> draft(std::string_view terms_json);

 private:
  struct Drafting;

  [[nodiscard]] Outcome<order::BatchContent> write_leaves(Drafting& drafting);
  [[nodiscard]] Outcome<void> write_leaf(const HeldChip& held, Drafting& drafting);
  [[nodiscard]] static Outcome<void> pass_over(const ChipRecord& chip, Drafting& drafting);
  [[nodiscard]] Outcome<void> answer(const ChipRecord& chip, Drafting& drafting);
  [[nodiscard]] Outcome<std::uint64_t> last_licence(const ChipRecord& chip, Drafting& drafting);

  Records& records_;
  LeafArchive& archive_;
  LeafDesk leaves_;
  OrderDesk& orders_;
  const ChipIndex& chips_;
  Clock& clock_;
  Random& random_;
};

}  // namespace daymark::authority
