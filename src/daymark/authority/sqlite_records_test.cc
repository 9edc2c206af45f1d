// The contract of Records; another database takes the same tests by another `open`.
#include "daymark/authority/sqlite_records.h"

#include <gtest/gtest.h>

#include "daymark/authority/authority_testing.h"
#include "daymark/authority/errors.h"

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
  return out;
}

class RecordsTest : public ::testing::Test {
 protected:
  void SetUp() override { reopen(); }

  void reopen() {
    records.reset();
    auto opened = open_sqlite_records(folder.path() + "/records");
    ASSERT_TRUE(opened);
    records = std::move(*opened);
  }

  void add(Byte number, const std::vector<StreamPlace>& places) {
    EXPECT_TRUE(records->add_order(order_of(number), places));
  }

  testing::QuickFolder folder;
  std::unique_ptr<Records> records;
};

TEST_F(RecordsTest, AnEmptyDatabaseKnowsNothing) {
  EXPECT_TRUE(records->orders()->empty());
  EXPECT_TRUE(records->pending_orders()->empty());
  EXPECT_FALSE(records->order(Digest{1})->has_value());
  EXPECT_EQ(*records->head({}), order::StreamHead{});
  EXPECT_EQ(*records->head(chip(1)), order::StreamHead{});
  EXPECT_TRUE(records->chips()->empty());
  EXPECT_TRUE(records->request(chip(1))->empty());
  EXPECT_TRUE(records->draft(Digest{1})->empty());
  EXPECT_FALSE(records->leaf(chip(1))->has_value());
  EXPECT_TRUE(records->documents(DocumentKind::receipt, chip(1))->empty());
}

TEST_F(RecordsTest, OrdersStayInTheirSequence) {
  add(9, {{{}, 1}});
  add(3, {{chip(1), 1}, {chip(2), 4}});
  add(7, {{{}, 2}});
  reopen();
  const auto all = records->orders();
  ASSERT_EQ(all->size(), 3U);
  EXPECT_EQ((*all)[0].hash, order_of(9).hash);
  EXPECT_EQ((*all)[1].file, order_of(3).file);
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

TEST_F(RecordsTest, ATakenPlaceLeavesNothingOfTheOrder) {
  add(1, {{chip(1), 1}});
  const std::vector<StreamPlace> places{{chip(2), 1}, {chip(1), 1}};
  const auto refused = records->add_order(order_of(2), places);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error.code, errc::authority_stream_taken);
  EXPECT_EQ(records->orders()->size(), 1U);
  EXPECT_EQ(*records->head(chip(2)), order::StreamHead{});
  add(2, {{chip(2), 1}});
}

TEST_F(RecordsTest, AnOrderTwiceIsRefused) {
  add(1, {{{}, 1}});
  EXPECT_FALSE(records->add_order(order_of(1), std::vector<StreamPlace>{{{}, 2}}));
  EXPECT_EQ(records->head({})->seq, 1U);
}

TEST_F(RecordsTest, WhatHasNoPublicationIsPending) {
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

TEST_F(RecordsTest, TheNewestCosignedHeadOfEachLogIsKept) {
  EXPECT_EQ(*records->cosigned_head("log.example"), "");
  ASSERT_TRUE(records->put_cosigned_head("log.example", "first"));
  ASSERT_TRUE(records->put_cosigned_head("log.example", "second"));
  ASSERT_TRUE(records->put_cosigned_head("standby.example", "other"));
  reopen();
  EXPECT_EQ(*records->cosigned_head("log.example"), "second");
  EXPECT_EQ(*records->cosigned_head("standby.example"), "other");
}

TEST_F(RecordsTest, TheFirstPublicationIsKept) {
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

TEST_F(RecordsTest, ChipsComeBySlotAndAreReplaced) {
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

TEST_F(RecordsTest, RequestsAndDraftsAreReplaced) {
  for (const Byte content : {Byte{1}, Byte{2}}) {
    const std::vector<Byte> bytes(3, content);
    ASSERT_TRUE(records->put_request(chip(1), bytes));
    ASSERT_TRUE(records->put_draft(Digest{7}, bytes));
    EXPECT_EQ(*records->request(chip(1)), bytes);
    EXPECT_EQ(*records->draft(Digest{7}), bytes);
  }
  EXPECT_TRUE(records->draft(Digest{8})->empty());
}

TEST_F(RecordsTest, LeavesKeepTheirPaths) {
  LeafRecord leaf{chip(1), Digest{1}, {1, 2, 3}, {4}, {Digest{5}, Digest{6}}};
  ASSERT_TRUE(records->put_leaf(leaf));
  EXPECT_EQ((*records->leaf(chip(1)))->path, leaf.path);
  // The only leaf of a batch has no path.
  leaf.path.clear();
  leaf.index = {0};
  leaf.batch = Digest{2};
  ASSERT_TRUE(records->put_leaf(leaf));
  const auto stored = *records->leaf(chip(1));
  ASSERT_TRUE(stored);
  EXPECT_TRUE(stored->path.empty());
  EXPECT_EQ(stored->leaf, leaf.leaf);
  EXPECT_EQ(stored->batch, leaf.batch);
}

TEST_F(RecordsTest, LeavesOfFormerBatchesStay) {
  const auto put = [&](Byte batch, std::vector<Byte> leaf) {
    EXPECT_TRUE(records->put_leaf({chip(1), Digest{batch}, std::move(leaf), {0}, {}}));
  };
  put(1, {1});
  put(2, {2});
  put(1, {3});
  const auto all = *records->leaves(chip(1));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].leaf, std::vector<Byte>{2});
  EXPECT_EQ(all[1].leaf, std::vector<Byte>{1});
  EXPECT_EQ((*records->leaf(chip(1)))->leaf, all[0].leaf);
  EXPECT_TRUE(records->leaves(chip(2))->empty());
}

TEST_F(RecordsTest, DocumentsAreToldApartBySubject) {
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

}  // namespace
}  // namespace daymark::authority
