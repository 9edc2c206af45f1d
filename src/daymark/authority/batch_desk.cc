#include "daymark/authority/batch_desk.h"

#include <array>
#include <memory>

#include "daymark/authority/batch_terms.h"
#include "daymark/authority/finding_desk.h"
#include "daymark/order/content_writer.h"
#include "daymark/order/draft.h"

namespace daymark::authority {

namespace {

/// How long signers have to bring a drafted batch into the log.
constexpr Millis signing_time = hours(2);
/// Chips and leaves that are in memory at once.
constexpr std::uint64_t page_size = 1024;

void deny_for(std::string_view reason, order::Leaf& leaf) {
  leaf.kind = order::LeafKind::denial;
  leaf.denial_reason = reason;
}

/// Whole seconds, which is what the wire carries.
UnixMillis whole_seconds(UnixMillis time) {
  return {time.value / 1000 * 1000};
}

/// The leaves of a batch one after the other.
class LeafStream {
 public:
  LeafStream(LeafArchive& archive, const BatchPlace& batch) : archive_(archive), batch_(batch) {}

  /// The id of the leaf at which the stream stands, if that is the chip's; then it goes on.
  [[nodiscard]] Outcome<std::optional<std::uint64_t>> take(const ChipId& chip) {
    DAYMARK_CHECK(fill());
    if (at_ == page_.size()) return std::optional<std::uint64_t>{};
    DAYMARK_TRY(*leaf_, about(order::parse_leaf(page_[at_]), "leaf"));
    if (leaf_->chip != chip) return std::optional<std::uint64_t>{};
    ++at_;
    return std::optional(leaf_->id);
  }

 private:
  [[nodiscard]] Outcome<void> fill() {
    if (at_ < page_.size() || read_ == batch_.leaves) return {};
    DAYMARK_TRY(page_, archive_.page(batch_.root, {read_, page_size}));
    read_ += page_.size();
    at_ = 0;
    return {};
  }

  LeafArchive& archive_;
  BatchPlace batch_;
  LeafList page_;
  std::size_t at_ = 0;
  std::uint64_t read_ = 0;
  std::unique_ptr<order::Leaf> leaf_ = std::make_unique<order::Leaf>();
};

}  // namespace

/// What all leaves of a draft have in common, and the streams beside which it is written.
struct BatchDesk::Drafting {
  const BatchTerms& terms;
  UnixMillis now;
  order::StreamHead fleet;
  BatchPlace last;  ///< the newest public batch; no slots where there is none
  LeafStream last_leaves;
  std::unique_ptr<LeafWriter> writer;
  order::Leaf leaf = {};
  std::array<Byte, order::leaf_size_max> space = {};
};

Outcome<BatchDraft> BatchDesk::draft(std::string_view terms_json) {
  DAYMARK_TRY(const order::Charter charter, about(orders_.charter(), "charter"));
  DAYMARK_TRY(const BatchTerms terms, parse_terms(terms_json, charter));
  DAYMARK_CHECK(leaves_.remove_stale_drafts(clock_.now()));
  DAYMARK_TRY(const auto batches, records_.batches({.limit = 1}));
  const BatchPlace last = batches.empty() ? BatchPlace{} : batches.front().place;
  const UnixMillis now = whole_seconds(clock_.now());
  const auto drafting =
      std::make_unique<Drafting>(terms, now, order::StreamHead{}, last, LeafStream(archive_, last),
                                 std::unique_ptr<LeafWriter>{});
  DAYMARK_TRY(drafting->fleet, records_.head({}));
  DAYMARK_TRY(drafting->writer, archive_.begin());
  BatchDraft out;
  DAYMARK_TRY(out.content, write_leaves(*drafting));
  const std::vector<Byte> content = order::write_batch(out.content);
  order::DraftRequest request{.kind = order::OrderKind::license,
                              .times = {now, now + signing_time, {}, {}},
                              .content = content,
                              .fleet_head = {}};
  DAYMARK_TRY(const std::uint64_t number, records_.last_batch_number());
  request.batch_number = number + 1;
  DAYMARK_TRY(const order::OrderFile file,
              about(order::draft_order(request, charter, random_), "batch"));
  out.order_file = order::print_order_file(file);
  return out;
}

Outcome<order::BatchContent> BatchDesk::write_leaves(Drafting& drafting) {
  Page page{.after = 0, .limit = page_size};
  while (true) {
    DAYMARK_TRY(const std::vector<HeldChip> chips, records_.held_page(page));
    for (const HeldChip& held : chips) {
      const bool omitted = drafting.terms.simulated_omissions.contains(held.chip.chip);
      DAYMARK_CHECK(omitted ? pass_over(held.chip, drafting) : write_leaf(held, drafting));
    }
    page.after += chips.size();
    if (chips.size() < page.limit) break;
  }
  return drafting.writer->finish(page.after, drafting.now + signing_time);
}

Outcome<void> BatchDesk::write_leaf(const HeldChip& held, Drafting& drafting) {
  const ChipRecord& chip = held.chip;
  order::Leaf& leaf = drafting.leaf = {};
  leaf.chip = chip.chip;
  leaf.salt = random_.draw<16>();
  leaf.fleet = drafting.fleet;
  leaf.own = held.head;
  DAYMARK_CHECK(answer(chip, drafting));
  const BatchTerms& terms = drafting.terms;
  const auto denial = terms.denials.find(chip.chip);
  if (chip.released) {
    deny_for(released_reason, leaf);
  } else if (denial != terms.denials.end()) {
    deny(denial->second, leaf);
    // PROTOCOL §4.3: only what is on record; its deadline is the denial's.
    DAYMARK_TRY(const order::Finding finding, cited_finding(records_, leaf.finding, chip.chip));
    leaf.appeal_until = finding.decision.appeal_until;
  } else if (leaf.request == Digest{}) {
    deny_for(no_request_reason, leaf);
  } else {
    const auto own = terms.chips.find(chip.chip);
    grant(own == terms.chips.end() ? terms.common : own->second, drafting.now, leaf);
  }
  DAYMARK_TRY(const ByteView encoded, about(order::write_leaf(leaf, drafting.space), "leaf"));
  return drafting.writer->add(encoded);
}

Outcome<void> BatchDesk::pass_over(const ChipRecord& chip, Drafting& drafting) {
  DAYMARK_CHECK(drafting.last_leaves.take(chip.chip));
  return {};
}

Outcome<void> BatchDesk::answer(const ChipRecord& chip, Drafting& drafting) {
  const IndexedChip* const asking = chips_.at(chip.slot);
  if (asking != nullptr) drafting.leaf.request = asking->newest.hash;
  DAYMARK_TRY(const std::uint64_t last, last_licence(chip, drafting));
  drafting.leaf.id = last + 1;
  return {};
}

/// Nearly every chip has a leaf in the newest batch, in the order in which the chips pass by: that
/// batch is read beside them. Slots that it does not have are new chips.
Outcome<std::uint64_t> BatchDesk::last_licence(const ChipRecord& chip, Drafting& drafting) {
  if (chip.slot >= drafting.last.slots) return 0;
  DAYMARK_TRY(const auto id, drafting.last_leaves.take(chip.chip));
  if (id) return *id;
  DAYMARK_TRY(const auto older, leaves_.newest(chip));
  if (!older) return 0;
  const auto leaf = std::make_unique<order::Leaf>();
  DAYMARK_TRY(*leaf, about(order::parse_leaf(older->leaf), "leaf"));
  return leaf->id;
}

}  // namespace daymark::authority
