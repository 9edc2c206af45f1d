// The contract of Records, held against every kind of them; and one kind against another over
// random histories.
#include "daymark/authority/records.h"

#include <functional>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/authority/authority_testing.h"
#include "daymark/authority/errors.h"
#include "daymark/authority/records_testing.h"
#include "daymark/authority/sqlite_records.h"
#include "daymark/base/hex.h"
#include "daymark/store/errors.h"

namespace daymark::authority {
namespace {

ChipId chip(Byte number) {
  ChipId out;
  out.bytes.fill(number);
  return out;
}

StoredOrder order_of(Byte number) {
  StoredOrder out;
  out.hash.fill(number);
  out.kind = order::OrderKind::suspend;
  out.file = {number, 1, 2};
  out.submitted = {1000 + number};
  return out;
}

/// One kind of records: opens the same ones again each time it is asked.
using OpenRecords = std::function<Outcome<std::unique_ptr<Records>>()>;

struct RecordsKind {
  std::string name;
  /// `folder` is fresh and empty.
  std::function<OpenRecords(const std::string& folder)> make;
};

/// Another database takes the same tests by one more entry.
std::vector<RecordsKind> kinds_of_records() {
  const auto memory = [](const std::string&) -> OpenRecords {
    return [platter = std::make_shared<testing::MemoryPlatter>()] {
      return Outcome<std::unique_ptr<Records>>(std::make_unique<testing::MemoryRecords>(platter));
    };
  };
  const auto sqlite = [](const std::string& folder) -> OpenRecords {
    return [path = folder + "/records"] { return open_sqlite_records(path); };
  };
  return {{"memory", memory}, {"sqlite", sqlite}};
}

class RecordsTest : public ::testing::TestWithParam<RecordsKind> {
 protected:
  void SetUp() override { reopen(); }

  void reopen() {
    records.reset();
    auto opened = open();
    ASSERT_TRUE(opened);
    records = std::move(*opened);
  }

  void add(Byte number, const std::vector<StreamPlace>& places) {
    EXPECT_TRUE(records->add_order(order_of(number), places));
  }

  testing::QuickFolder folder;
  OpenRecords open = GetParam().make(folder.path());
  std::unique_ptr<Records> records;
};

INSTANTIATE_TEST_SUITE_P(Kinds, RecordsTest, ::testing::ValuesIn(kinds_of_records()),
                         [](const auto& kind) { return kind.param.name; });

TEST_P(RecordsTest, EmptyRecordsKnowNothing) {
  EXPECT_TRUE(records->orders()->empty());
  EXPECT_TRUE(records->pending_orders()->empty());
  EXPECT_FALSE(records->order(Digest{1})->has_value());
  EXPECT_EQ(*records->head({}), order::StreamHead{});
  EXPECT_EQ(*records->head(chip(1)), order::StreamHead{});
  EXPECT_TRUE(records->chips()->empty());
  EXPECT_FALSE(records->chip(chip(1))->has_value());
  EXPECT_FALSE(records->chip_of_key({})->has_value());
  EXPECT_EQ(*records->chip_count(), 0U);
  EXPECT_FALSE(records->batch(Digest{1})->has_value());
  EXPECT_TRUE(records->batches({.limit = 9})->empty());
  EXPECT_EQ(*records->last_batch_number(), 0U);
  EXPECT_TRUE(records->documents(DocumentKind::receipt, chip(1))->empty());
}

TEST_P(RecordsTest, OrdersStayInTheirSequence) {
  add(9, {{{}, 1}});
  add(3, {{chip(1), 1}, {chip(2), 4}});
  add(7, {{{}, 2}});
  reopen();
  const auto all = records->orders();
  ASSERT_EQ(all->size(), 3U);
  EXPECT_EQ((*all)[0].hash, order_of(9).hash);
  EXPECT_EQ((*all)[1].file, order_of(3).file);
  EXPECT_EQ((*all)[1].submitted, order_of(3).submitted);
  EXPECT_EQ((*all)[2].kind, order::OrderKind::suspend);
  EXPECT_EQ(records->head({})->seq, 2U);
  EXPECT_EQ(records->head({})->hash, order_of(7).hash);
  EXPECT_EQ(records->head(chip(2))->seq, 4U);
  const auto after = records->stream_after({{}, 1});
  ASSERT_EQ(after->size(), 1U);
  EXPECT_EQ(after->front().hash, order_of(7).hash);
  EXPECT_EQ(records->stream_after({chip(2), 3})->size(), 1U);
  EXPECT_TRUE(records->stream_after({chip(2), 4})->empty());
  EXPECT_TRUE(records->stream_after({chip(3), 0})->empty());
}

TEST_P(RecordsTest, ATakenPlaceLeavesNothingOfTheOrder) {
  add(1, {{chip(1), 1}});
  const std::vector<StreamPlace> places{{chip(2), 1}, {chip(1), 1}};
  const auto refused = records->add_order(order_of(2), places);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error.code, errc::authority_stream_taken);
  EXPECT_EQ(records->orders()->size(), 1U);
  EXPECT_EQ(*records->head(chip(2)), order::StreamHead{});
  add(2, {{chip(2), 1}});
}

TEST_P(RecordsTest, AnOrderTwiceIsRefused) {
  add(1, {{{}, 1}});
  const auto refused = records->add_order(order_of(1), std::vector<StreamPlace>{{{}, 2}});
  EXPECT_EQ(testing::verdict(refused), "store_constraint");
  EXPECT_EQ(records->head({})->seq, 1U);
  EXPECT_EQ(records->orders()->size(), 1U);
}

TEST_P(RecordsTest, WhatHasNoPublicationIsPending) {
  add(9, {});
  add(3, {});
  add(7, {});
  ASSERT_TRUE(records->publish_order(order_of(3).hash, {{5}, "proof", {10}, {20}}));
  reopen();
  const auto pending = records->pending_orders();
  ASSERT_EQ(pending->size(), 2U);
  EXPECT_EQ(pending->front().hash, order_of(9).hash);
  EXPECT_EQ(pending->back().hash, order_of(7).hash);
  EXPECT_FALSE(pending->front().publication);
}

TEST_P(RecordsTest, TheNewestCosignedHeadOfEachLogIsKept) {
  EXPECT_EQ(*records->cosigned_head("log.example"), "");
  ASSERT_TRUE(records->put_cosigned_head("log.example", "first"));
  ASSERT_TRUE(records->put_cosigned_head("log.example", "second"));
  ASSERT_TRUE(records->put_cosigned_head("standby.example", "other"));
  reopen();
  EXPECT_EQ(*records->cosigned_head("log.example"), "second");
  EXPECT_EQ(*records->cosigned_head("standby.example"), "other");
}

TEST_P(RecordsTest, TheFirstPublicationIsKept) {
  add(1, {});
  EXPECT_FALSE(records->orders()->front().publication);
  ASSERT_TRUE(records->publish_order(order_of(1).hash, {{5}, "proof", {10}, {20}}));
  ASSERT_TRUE(records->publish_order(order_of(1).hash, {{6}, "later", {30}, {40}}));
  reopen();
  const auto stored = *records->order(order_of(1).hash);
  ASSERT_TRUE(stored && stored->publication);
  EXPECT_EQ(stored->publication->index.value, 5U);
  EXPECT_EQ(stored->publication->proof, "proof");
  EXPECT_EQ(stored->publication->logged_at.value, 10);
  EXPECT_EQ(stored->publication->binds_at.value, 20);
}

TEST_P(RecordsTest, ChipsComeBySlotAndAreReplaced) {
  ASSERT_TRUE(records->put_chip({chip(9), {}, 0, "model", "serial", false}));
  ASSERT_TRUE(records->put_chip({chip(1), {}, 1, "", "", false}));
  ASSERT_TRUE(records->put_chip({chip(9), {}, 0, "model", "serial", true}));
  const auto chips = records->chips();
  ASSERT_EQ(chips->size(), 2U);
  EXPECT_EQ(chips->front().chip, chip(9));
  EXPECT_EQ(chips->front().serial, "serial");
  EXPECT_TRUE(chips->front().released);
  EXPECT_TRUE(chips->back().model.empty());
}

TEST_P(RecordsTest, AChipIsFoundByItsIdAndByItsKey) {
  for (Byte number = 1; number <= 3; ++number)
    ASSERT_TRUE(records->put_chip({chip(number), {{number}}, number - 1U, "m", "", false}));
  ASSERT_TRUE(records->put_chip({chip(2), {{2}}, 1, "m", "", true}));
  reopen();
  EXPECT_EQ(*records->chip_count(), 3U);
  const auto found = *records->chip(chip(2));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->slot, 1U);
  EXPECT_TRUE(found->released);
  const auto by_key = *records->chip_of_key(crypto::key_id({{3}}));
  ASSERT_TRUE(by_key);
  EXPECT_EQ(by_key->chip, chip(3));
  EXPECT_FALSE(records->chip_of_key(crypto::key_id({{4}}))->has_value());
  EXPECT_FALSE(records->chip(chip(4))->has_value());
}

TEST_P(RecordsTest, BatchesComeNewestFirstOnceTheyArePublic) {
  const auto licence = [&](Byte order, std::uint64_t number, std::uint64_t slots) {
    EXPECT_TRUE(records->add_licence(order_of(order), {Digest{order}, number, slots - 1, slots}));
  };
  const auto numbers = [&](const BatchQuery& query) {
    std::string out;
    const auto found = *records->batches(query);
    for (const IssuedBatch& batch : found)
      out += std::to_string(batch.place.number);
    return out;
  };
  licence(1, 1, 3);
  licence(2, 2, 5);
  licence(3, 4, 5);
  EXPECT_EQ(*records->last_batch_number(), 4U);
  EXPECT_EQ(numbers({.limit = 9}), "");
  for (const Byte order : {Byte{3}, Byte{1}})
    ASSERT_TRUE(records->publish_order(order_of(order).hash, {{1}, "proof", {1}, {1}}));
  reopen();
  EXPECT_EQ(numbers({.limit = 9}), "41");
  EXPECT_EQ(numbers({.slot = 3, .limit = 9}), "4");
  EXPECT_EQ(numbers({.slot = 5, .limit = 9}), "");
  EXPECT_EQ(numbers({.before = 4, .limit = 9}), "1");
  EXPECT_EQ(numbers({.limit = 1}), "4");
  const auto pending = *records->batch(Digest{2});
  ASSERT_TRUE(pending);
  EXPECT_FALSE(pending->is_public);
  EXPECT_EQ(pending->order, order_of(2).hash);
  EXPECT_EQ(pending->place.leaves, 4U);
  EXPECT_TRUE((*records->batch(Digest{3}))->is_public);
  EXPECT_EQ(records->orders()->size(), 3U);
  EXPECT_EQ(records->pending_orders()->size(), 1U);
}

TEST_P(RecordsTest, ATakenBatchNumberLeavesNothingOfTheOrder) {
  ASSERT_TRUE(records->add_licence(order_of(1), {Digest{1}, 7, 1, 1}));
  EXPECT_EQ(testing::verdict(records->add_licence(order_of(2), {Digest{2}, 7, 1, 1})),
            "authority_stream_taken");
  EXPECT_EQ(testing::verdict(records->add_licence(order_of(1), {Digest{1}, 8, 1, 1})),
            "store_constraint");
  EXPECT_EQ(records->orders()->size(), 1U);
  EXPECT_FALSE(records->batch(Digest{2})->has_value());
}

TEST_P(RecordsTest, TheFirstFindingOfAHashIsKept) {
  EXPECT_FALSE(records->finding(Digest{1})->has_value());
  ASSERT_TRUE(records->add_finding({Digest{1}, {7, 8}, {3}, "a", {50}}));
  ASSERT_TRUE(records->add_finding({Digest{1}, {9}, {4}, "b", {60}}));
  ASSERT_TRUE(records->add_finding({Digest{2}, {9}, {4}, "c", {70}}));
  const StoredFinding kept = records->finding(Digest{1})->value();
  EXPECT_EQ(kept.hash, Digest{1});
  EXPECT_EQ(kept.file, (std::vector<Byte>{7, 8}));
  EXPECT_EQ(kept.index.value, 3U);
  EXPECT_EQ(kept.proof, "a");
  EXPECT_EQ(kept.logged_at.value, 50);
  EXPECT_EQ(records->finding(Digest{2})->value().proof, "c");
}

TEST_P(RecordsTest, TheFirstAppealOfAHashIsKept) {
  const auto add_appeal = [&](Byte hash, Byte order, const std::string& proof) {
    EXPECT_TRUE(
        records->add_appeal({Digest{hash}, Digest{order}, {hash, order}, {3}, proof, {50}}));
  };
  add_appeal(2, 9, "a");
  add_appeal(1, 9, "b");
  add_appeal(2, 9, "c");
  add_appeal(3, 8, "d");
  reopen();
  const auto appeals = *records->appeals(Digest{9});
  ASSERT_EQ(appeals.size(), 2U);
  EXPECT_EQ(appeals[0].proof, "a");
  EXPECT_EQ(appeals[0].envelope, (std::vector<Byte>{2, 9}));
  EXPECT_EQ(appeals[0].index.value, 3U);
  EXPECT_EQ(appeals[1].hash, Digest{1});
  EXPECT_EQ(appeals[1].logged_at.value, 50);
  EXPECT_TRUE(records->appeals(Digest{7})->empty());
}

TEST_P(RecordsTest, DocumentsAreToldApartBySubject) {
  const auto put = [&](DocumentKind kind, std::vector<Byte> subject, std::vector<Byte> body) {
    EXPECT_TRUE(records->put_document({kind, chip(1), std::move(subject), std::move(body), {1}}));
  };
  put(DocumentKind::receipt, {1}, {10});
  put(DocumentKind::receipt, {2}, {20});
  put(DocumentKind::receipt, {1}, {11});
  put(DocumentKind::attestation, {}, {});
  const auto receipts = records->documents(DocumentKind::receipt, chip(1));
  ASSERT_EQ(receipts->size(), 2U);
  EXPECT_EQ(receipts->front().body, std::vector<Byte>{20});
  EXPECT_EQ(receipts->back().body, std::vector<Byte>{11});
  const auto attestations = records->documents(DocumentKind::attestation, chip(1));
  ASSERT_EQ(attestations->size(), 1U);
  EXPECT_TRUE(attestations->front().subject.empty());
  EXPECT_TRUE(attestations->front().body.empty());
  EXPECT_TRUE(records->documents(DocumentKind::attestation, chip(2))->empty());
}

TEST_P(RecordsTest, PagesAreCutFromTheList) {
  for (Byte number = 1; number <= 7; ++number) {
    add(number, {});
    ASSERT_TRUE(records->put_chip({chip(number), {}, number - 1U, "", "", false}));
  }
  reopen();
  const auto orders = [&](const Page& page) {
    std::string out;
    const std::vector<StoredOrder> all_orders_page = *records->orders_page(page);
    for (const StoredOrder& order : all_orders_page)
      out += std::to_string(order.hash.front());
    return out;
  };
  const auto chips = [&](const Page& page) {
    std::string out;
    const std::vector<ChipRecord> all_chips_page = *records->chips_page(page);
    for (const ChipRecord& record : all_chips_page)
      out += std::to_string(record.chip.bytes.front());
    return out;
  };
  const std::vector<std::pair<Page, std::string>> cases{
      {{0, 3}, "123"}, {{3, 3}, "456"}, {{6, 3}, "7"},         {{7, 3}, ""},
      {{0, 0}, ""},    {{2, 1}, "3"},   {{0, 100}, "1234567"}, {{UINT64_MAX, UINT64_MAX}, ""}};
  for (const auto& [page, wanted] : cases) {
    EXPECT_EQ(orders(page), wanted) << page.after << " " << page.limit;
    EXPECT_EQ(chips(page), wanted) << page.after << " " << page.limit;
  }
}

/// Whichever comes first, the chip or its orders: enrolment is recorded order first.
TEST_P(RecordsTest, AHeldChipComesWithTheHeadOfItsStream) {
  const auto heads = [&] {
    std::string out;
    const std::vector<HeldChip> all_held = *records->held_page({0, 10});
    for (const HeldChip& held : all_held) {
      EXPECT_EQ(held.head, *records->head(held.chip.chip));
      out += std::to_string(held.head.seq);
    }
    return out;
  };
  add(1, {{chip(1), 1}});
  ASSERT_TRUE(records->put_chip({chip(1), {}, 0, "", "", false}));
  ASSERT_TRUE(records->put_chip({chip(2), {}, 1, "", "", false}));
  EXPECT_EQ(heads(), "10");
  add(2, {{std::nullopt, 1}, {chip(1), 2}, {chip(2), 1}});
  EXPECT_EQ(heads(), "21");
  EXPECT_FALSE(
      records->add_order(order_of(3), std::vector<StreamPlace>{{chip(2), 2}, {chip(1), 2}}));
  EXPECT_EQ(heads(), "21") << "a refused order moves no head";
  ASSERT_TRUE(records->put_chip({chip(1), {}, 0, "", "", true}));
  reopen();
  EXPECT_EQ(heads(), "21");
}

TEST_P(RecordsTest, ARefusedOrderLeavesNoGapInThePages) {
  add(1, {{chip(1), 1}});
  EXPECT_FALSE(records->add_order(order_of(2), std::vector<StreamPlace>{{chip(1), 1}}));
  add(3, {});
  const auto page = records->orders_page({1, 10});
  ASSERT_EQ(page->size(), 1U);
  EXPECT_EQ(page->front().hash, order_of(3).hash);
}

TEST_P(RecordsTest, AProbeChangesNothing) {
  ASSERT_TRUE(records->probe({1000}));
  ASSERT_TRUE(records->probe({500}));
  EXPECT_TRUE(records->orders()->empty());
  EXPECT_EQ(*records->cosigned_head(""), "");
}

/// What one kind of records shows, as text.
std::string shown(Records& records) {
  std::string out;
  const auto put_order = [&](const StoredOrder& order) {
    out += to_hex(order.hash).substr(0, 4) + (order.publication ? order.publication->proof : "-");
  };
  const auto put_all = [&](const std::vector<StoredOrder>& orders) {
    std::ranges::for_each(orders, put_order);
    out += "|";
  };
  put_all(*records.orders());
  put_all(*records.pending_orders());
  put_all(*records.orders_page({2, 3}));
  for (const std::optional<ChipId>& owner :
       {std::optional<ChipId>{}, std::optional(chip(1)), std::optional(chip(2))}) {
    put_all(*records.stream_after({owner, 1}));
    const order::StreamHead head = *records.head(owner);
    out += std::to_string(head.seq) + to_hex(head.hash).substr(0, 4) + "|";
  }
  for (const ChipId& id : {chip(1), chip(2)}) {
    const std::vector<Document> all_documents = *records.documents(DocumentKind::receipt, id);
    for (const Document& document : all_documents)
      out += to_hex(document.subject) + to_hex(document.body);
    out += "|";
  }
  const std::vector<IssuedBatch> all_batches = *records.batches({.slot = 1, .limit = 3});
  for (const IssuedBatch& batch : all_batches)
    out += std::to_string(batch.place.number) + to_hex(batch.order).substr(0, 4);
  out += std::to_string(*records.last_batch_number());
  const std::vector<ChipRecord> all_chips_page = *records.chips_page({0, 2});
  for (const ChipRecord& record : all_chips_page)
    out += std::to_string(record.slot) + record.model;
  const std::vector<HeldChip> all_held = *records.held_page({0, 8});
  for (const HeldChip& held : all_held)
    out += held.chip.model + std::to_string(held.head.seq) + to_hex(held.head.hash).substr(0, 4);
  const RecordCounts counts = *records.counts();
  out += std::to_string(counts.chips) + std::to_string(counts.orders_pending);
  return out;
}

/// One random step; says how it ended.
std::string step(Records& records, const std::tuple<int, Byte, Byte>& what) {
  const auto& [kind, a, b] = what;
  const std::vector<Byte> bytes{a, b};
  switch (kind) {
    case 0:
      return std::string(testing::verdict(records.add_order(
          order_of(a),
          std::vector<StreamPlace>{{b == 0 ? std::optional<ChipId>{} : chip(b), a % 4U + 1U}})));
    case 1:
      return std::string(testing::verdict(
          records.publish_order(order_of(a).hash, {{b}, "p" + to_hex(bytes), {1}, {2}})));
    case 2:
      return std::string(testing::verdict(records.add_licence(order_of(a), {Digest{b}, b, 1, a})));
    case 3:
      return std::string(testing::verdict(
          records.put_document({DocumentKind::receipt, chip(b), {a}, bytes, {1}})));
    default:
      return std::string(testing::verdict(
          records.put_chip({chip(a), {{a}}, a, "m" + std::to_string(b), "", false})));
  }
}

TEST_P(RecordsTest, CountsAreThoseOfTheLists) {
  EXPECT_EQ(*records->counts(), RecordCounts{});
  add(1, {{chip(1), 1}});
  add(2, {});
  ASSERT_TRUE(records->publish_order(order_of(1).hash, {{1}, "proof", {1}, {2}}));
  ASSERT_TRUE(records->put_chip({chip(1), {}, 0, "", "", false}));
  ASSERT_TRUE(records->put_chip({chip(2), {}, 1, "", "", true}));
  ASSERT_TRUE(records->put_chip({chip(3), {}, 2, "", "", false}));
  const RecordCounts counts = *records->counts();
  EXPECT_EQ(counts.chips, 3U);
  EXPECT_EQ(counts.chips_released, 1U);
  EXPECT_EQ(counts.orders_pending, 1U);
  EXPECT_EQ(counts.orders[static_cast<std::size_t>(order_of(1).kind)], 2U);
}

/// Whatever is asked of them, in whatever order: the database and the plain one agree.
RC_GTEST_PROP(RecordsAgree, OverRandomHistories, ()) {
  const auto history = *rc::gen::container<std::vector<std::tuple<int, Byte, Byte>>>(rc::gen::tuple(
      rc::gen::inRange(0, 5), rc::gen::inRange<Byte>(0, 8), rc::gen::inRange<Byte>(0, 3)));
  const testing::QuickFolder folder;
  const auto sqlite = open_sqlite_records(folder.path() + "/records");
  RC_ASSERT(sqlite.has_value());
  testing::MemoryRecords memory;
  for (const auto& what : history)
    RC_ASSERT(step(**sqlite, what) == step(memory, what));
  RC_ASSERT(shown(**sqlite) == shown(memory));
}

}  // namespace
}  // namespace daymark::authority
