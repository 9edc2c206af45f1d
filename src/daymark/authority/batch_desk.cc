#include "daymark/authority/batch_desk.h"

#include <memory>

#include "daymark/authority/batch_terms.h"
#include "daymark/order/content_writer.h"
#include "daymark/order/draft.h"

namespace daymark::authority {

namespace {

/// How long signers have to bring a drafted batch into the log.
constexpr Millis signing_time = hours(2);
constexpr std::string_view no_request = "no renewal request was received";
constexpr std::string_view released = "released";

void deny_for(std::string_view reason, order::Leaf& leaf) {
  leaf.kind = order::LeafKind::denial;
  leaf.denial_reason = reason;
}

/// Whole seconds, which is what the wire carries.
UnixMillis whole_seconds(UnixMillis time) {
  return {time.value / 1000 * 1000};
}

Result<std::vector<Byte>> encode_leaf(const order::Leaf& leaf) {
  std::vector<Byte> out(order::leaf_size_max);
  DAYMARK_TRY(const ByteView written, order::write_leaf(leaf, out));
  out.resize(written.size());
  return out;
}

}  // namespace

Outcome<BatchDraft> BatchDesk::draft(std::string_view terms_json) {
  DAYMARK_TRY(const order::Charter charter, about(orders_.charter(), "charter"));
  DAYMARK_TRY(const BatchTerms terms, parse_terms(terms_json, charter));
  DAYMARK_TRY(const std::vector<ChipRecord> chips, records_.chips());
  BatchDraft out;
  for (const ChipRecord& chip : chips) {
    if (terms.simulated_omissions.contains(chip.chip)) continue;
    DAYMARK_TRY(const order::Leaf leaf, leaf_for(chip, terms));
    DAYMARK_TRY(std::vector<Byte> encoded, about(encode_leaf(leaf), "leaf"));
    out.leaves.push_back(std::move(encoded));
  }
  const Digest root = leaf_list_root(out.leaves);
  const std::vector<Byte> content = order::write_batch({root, out.leaves.size()});
  const UnixMillis now = whole_seconds(clock_.now());
  order::DraftRequest request{.kind = order::OrderKind::license,
                              .times = {now, now + signing_time, {}, {}},
                              .content = content,
                              .fleet_head = {}};
  DAYMARK_TRY(request.batch_number, next_batch_number());
  DAYMARK_TRY(const order::OrderFile file,
              about(order::draft_order(request, charter, random_), "batch"));
  out.order_file = order::print_order_file(file);
  DAYMARK_CHECK(records_.put_draft(root, print_leaf_list(out.leaves)));
  return out;
}

Outcome<order::Leaf> BatchDesk::leaf_for(const ChipRecord& chip, const BatchTerms& terms) {
  order::Leaf leaf;
  leaf.chip = chip.chip;
  leaf.salt = random_.draw<16>();
  DAYMARK_CHECK(answer(chip, leaf));
  DAYMARK_TRY(leaf.fleet, records_.head({}));
  DAYMARK_TRY(leaf.own, records_.head(chip.chip));
  const auto denial = terms.denials.find(chip.chip);
  if (chip.released) {
    deny_for(released, leaf);
  } else if (denial != terms.denials.end()) {
    deny(denial->second, leaf);
  } else if (leaf.request == Digest{}) {
    deny_for(no_request, leaf);
  } else {
    const auto own = terms.chips.find(chip.chip);
    grant(own == terms.chips.end() ? terms.common : own->second, whole_seconds(clock_.now()), leaf);
  }
  return leaf;
}

Outcome<void> BatchDesk::answer(const ChipRecord& chip, order::Leaf& leaf) {
  DAYMARK_TRY(const std::vector<Byte> request, records_.request(chip.chip));
  if (!request.empty()) leaf.request = order::request_hash(request);
  DAYMARK_TRY(const std::optional<LeafRecord> last, records_.leaf(chip.chip));
  leaf.id = 1;
  if (!last) return {};
  const auto parsed = std::make_unique<order::Leaf>();
  DAYMARK_TRY(*parsed, about(order::parse_leaf(last->leaf), "leaf"));
  leaf.id = parsed->id + 1;
  return {};
}

Outcome<std::uint64_t> BatchDesk::next_batch_number() {
  DAYMARK_TRY(const std::vector<StoredOrder> orders, records_.orders());
  std::uint64_t last = 0;
  for (const StoredOrder& stored : orders) {
    if (stored.kind != order::OrderKind::license) continue;
    DAYMARK_TRY(const order::OrderFile file, about(order::parse_order_file(stored.file), "order"));
    DAYMARK_TRY(const order::Order parsed, about(order::parse_order(file.payload), "order"));
    last = std::max(last, parsed.seq);
  }
  return last + 1;
}

}  // namespace daymark::authority
