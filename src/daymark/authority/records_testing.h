// Records in memory, as plain as can be: the second implementation that the contract's tests run
// against. Tests only.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <ranges>
#include <tuple>

#include "daymark/authority/errors.h"
#include "daymark/authority/records.h"
#include "daymark/store/errors.h"

namespace daymark::authority::testing {

/// What outlives a MemoryRecords, as a file outlives its database connection.
struct MemoryPlatter {
  std::vector<StoredOrder> orders;
  std::map<std::pair<std::optional<ChipId>, std::uint64_t>, Digest> places;
  std::vector<StoredAppeal> appeals;
  std::map<Digest, StoredFinding> findings;
  std::map<std::string, std::string> heads;
  std::map<std::uint64_t, ChipRecord> chips;
  std::vector<IssuedBatch> batches;
  std::vector<Document> documents;
};

class MemoryRecords : public Records {
 public:
  MemoryRecords() : MemoryRecords(std::make_shared<MemoryPlatter>()) {}

  explicit MemoryRecords(std::shared_ptr<MemoryPlatter> platter) : at_(std::move(platter)) {}

  Outcome<void> add_order(const StoredOrder& order, std::span<const StreamPlace> places) override {
    if (find(order.hash) != nullptr) return refuse(errc::store_constraint, "order");
    std::map<std::pair<std::optional<ChipId>, std::uint64_t>, Digest> all = at_->places;
    for (const StreamPlace& place : places) {
      const bool fresh = all.emplace(std::pair(place.chip, place.seq), order.hash).second;
      if (!fresh) return refuse(errc::authority_stream_taken, "order");
    }
    at_->places = std::move(all);
    at_->orders.push_back(order);
    at_->orders.back().publication.reset();
    return {};
  }

  Outcome<void> add_licence(const StoredOrder& order, const BatchPlace& batch) override {
    const auto taken = std::ranges::any_of(
        at_->batches, [&](const IssuedBatch& other) { return other.place.number == batch.number; });
    if (find(order.hash) == nullptr && taken) return refuse(errc::authority_stream_taken, "order");
    DAYMARK_CHECK(add_order(order, {}));
    at_->batches.push_back({order.hash, batch, false});
    return {};
  }

  Outcome<std::optional<IssuedBatch>> batch(const Digest& root) override {
    for (const IssuedBatch& issued : shown_batches()) {
      if (issued.place.root == root) return std::optional(issued);
    }
    return std::optional<IssuedBatch>{};
  }

  Outcome<std::vector<IssuedBatch>> batches(const BatchQuery& query) override {
    auto out = filtered(shown_batches(), [&](const IssuedBatch& issued) {
      return issued.is_public && issued.place.number < query.before &&
             issued.place.slots > query.slot;
    });
    std::ranges::sort(out, std::ranges::greater{},
                      [](const IssuedBatch& issued) { return issued.place.number; });
    if (out.size() > query.limit) out.resize(query.limit);
    return out;
  }

  Outcome<std::uint64_t> last_batch_number() override {
    std::uint64_t out = 0;
    for (const IssuedBatch& issued : at_->batches)
      out = std::max(out, issued.place.number);
    return out;
  }

  Outcome<void> publish_order(const Digest& hash, const Publication& publication) override {
    StoredOrder* const order = find(hash);
    if (order != nullptr && !order->publication) order->publication = publication;
    return {};
  }

  Outcome<std::optional<StoredOrder>> order(const Digest& hash) override {
    const StoredOrder* const found = find(hash);
    return found == nullptr ? std::nullopt : std::optional(*found);
  }

  Outcome<std::vector<StoredOrder>> orders() override { return at_->orders; }

  Outcome<std::vector<StoredOrder>> orders_page(const Page& page) override {
    return cut(at_->orders, page);
  }

  Outcome<std::vector<StoredOrder>> pending_orders() override {
    return filtered(at_->orders, [](const StoredOrder& order) { return !order.publication; });
  }

  Outcome<std::vector<StoredOrder>> stream_after(const StreamPlace& after) override {
    std::vector<StoredOrder> out;
    for (const auto& [place, hash] : at_->places) {
      if (place.first == after.chip && place.second > after.seq) out.push_back(*find(hash));
    }
    return out;
  }

  Outcome<order::StreamHead> head(const std::optional<ChipId>& chip) override {
    order::StreamHead out;
    for (const auto& [place, hash] : at_->places) {
      if (place.first == chip) out = {place.second, hash};
    }
    return out;
  }

  Outcome<void> add_appeal(const StoredAppeal& appeal) override {
    const auto known = std::ranges::find(at_->appeals, appeal.hash, &StoredAppeal::hash);
    if (known == at_->appeals.end()) at_->appeals.push_back(appeal);
    return {};
  }

  Outcome<std::vector<StoredAppeal>> appeals(const Digest& order) override {
    return filtered(at_->appeals,
                    [&](const StoredAppeal& appeal) { return appeal.order == order; });
  }

  Outcome<void> add_finding(const StoredFinding& finding) override {
    at_->findings.emplace(finding.hash, finding);
    return {};
  }

  Outcome<std::optional<StoredFinding>> finding(const Digest& hash) override {
    const auto found = at_->findings.find(hash);
    return found == at_->findings.end() ? std::nullopt : std::optional(found->second);
  }

  Outcome<void> put_cosigned_head(const std::string& origin,
                                  const std::string& checkpoint) override {
    at_->heads[origin] = checkpoint;
    return {};
  }

  Outcome<std::string> cosigned_head(const std::string& origin) override {
    return at_->heads.contains(origin) ? at_->heads.at(origin) : "";
  }

  Outcome<void> put_chip(const ChipRecord& chip) override {
    at_->chips[chip.slot] = chip;
    return {};
  }

  Outcome<std::optional<ChipRecord>> chip(const ChipId& id) override {
    return first_chip([&](const ChipRecord& chip) { return chip.chip == id; });
  }

  Outcome<std::optional<ChipRecord>> chip_of_key(const KeyId& key) override {
    return first_chip([&](const ChipRecord& chip) { return crypto::key_id(chip.key) == key; });
  }

  Outcome<std::uint64_t> chip_count() override { return at_->chips.size(); }

  Outcome<RecordCounts> counts() override {
    RecordCounts out;
    for (const auto& [slot, chip] : at_->chips) {
      ++out.chips;
      out.chips_released += chip.released ? 1U : 0U;
    }
    for (const StoredOrder& order : at_->orders) {
      ++out.orders[static_cast<std::size_t>(order.kind)];
      out.orders_pending += order.publication ? 0U : 1U;
    }
    return out;
  }

  Outcome<std::vector<ChipRecord>> chips() override {
    std::vector<ChipRecord> out;
    for (const auto& [slot, chip] : at_->chips)
      out.push_back(chip);
    return out;
  }

  Outcome<std::vector<ChipRecord>> chips_page(const Page& page) override {
    return cut(*chips(), page);
  }

  Outcome<std::vector<HeldChip>> held_page(const Page& page) override {
    DAYMARK_TRY(const std::vector<ChipRecord> page_chips, chips_page(page));
    std::vector<HeldChip> out;
    for (const ChipRecord& chip : page_chips)
      out.push_back({chip, *head(chip.chip)});
    return out;
  }

  Outcome<void> put_document(const Document& document) override {
    std::erase_if(at_->documents, [&](const Document& other) {
      return std::tie(other.kind, other.chip, other.subject) ==
             std::tie(document.kind, document.chip, document.subject);
    });
    at_->documents.push_back(document);
    return {};
  }

  Outcome<std::vector<Document>> documents(DocumentKind kind, const ChipId& chip) override {
    return filtered(at_->documents, [&](const Document& document) {
      return document.kind == kind && document.chip == chip;
    });
  }

  Outcome<void> probe(UnixMillis /*now*/) override { return {}; }

 private:
  template <class T, class Keep>
  static std::vector<T> filtered(const std::vector<T>& all, Keep keep) {
    std::vector<T> out;
    std::ranges::copy_if(all, std::back_inserter(out), keep);
    return out;
  }

  template <class T>
  static std::vector<T> cut(const std::vector<T>& all, const Page& page) {
    std::vector<T> out;
    for (std::uint64_t i = page.after; i < all.size() && out.size() < page.limit; ++i)
      out.push_back(all[i]);
    return out;
  }

  template <class Wanted>
  Outcome<std::optional<ChipRecord>> first_chip(Wanted wanted) {
    for (const auto& [slot, chip] : at_->chips) {
      if (wanted(chip)) return std::optional(chip);
    }
    return std::optional<ChipRecord>{};
  }

  std::vector<IssuedBatch> shown_batches() {
    std::vector<IssuedBatch> out = at_->batches;
    for (IssuedBatch& issued : out)
      issued.is_public = find(issued.order)->publication.has_value();
    return out;
  }

  StoredOrder* find(const Digest& hash) {
    const auto found = std::ranges::find(at_->orders, hash, &StoredOrder::hash);
    return found == at_->orders.end() ? nullptr : &*found;
  }

  std::shared_ptr<MemoryPlatter> at_;
};

}  // namespace daymark::authority::testing
