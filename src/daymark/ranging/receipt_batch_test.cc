#include "daymark/ranging/receipt_batch.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/cbor/cose.h"
#include "daymark/cbor/encode.h"
#include "daymark/cbor/errors.h"
#include "daymark/ranging/errors.h"
#include "daymark/ranging/ranging_testing.h"
#include "daymark/tlog/errors.h"

namespace daymark::ranging {

namespace {

using testing::Batch;
using testing::copy_of;
using testing::flipped;

/// RFC 6962 §2.1, word for word: the hash of a list of leaves behind the receipts' prefixes.
Digest naive_root(std::span<const std::vector<Byte>> leaves) {
  std::vector<Byte> input;
  if (leaves.size() == 1) {
    input.push_back(0x14);
    input.insert(input.end(), leaves[0].begin(), leaves[0].end());
    return crypto::sha256(input);
  }
  std::size_t split = 1;
  while (2 * split < leaves.size())
    split *= 2;
  const Digest left = naive_root(leaves.first(split));
  const Digest right = naive_root(leaves.subspan(split));
  input.push_back(0x15);
  input.insert(input.end(), left.begin(), left.end());
  input.insert(input.end(), right.begin(), right.end());
  return crypto::sha256(input);
}

/// A receipt in pieces that a test may change one by one.
struct Pieces {
  std::vector<Byte> leaf;
  LeafIndex index;
  std::vector<Byte> path;
  std::vector<Byte> root;

  explicit Pieces(ByteView message) {
    const auto parts = split_receipt(message);
    EXPECT_TRUE(parts);
    if (!parts) return;
    leaf = copy_of(parts->leaf);
    index = parts->index;
    path = copy_of(parts->path);
    root = copy_of(parts->root);
  }

  [[nodiscard]] std::vector<Byte> join() const {
    ByteArray<2 * receipt_size_max> space{};
    return copy_of(*write_receipt({leaf, index, path, root}, space));
  }
};

Errc code_of(const Batch& batch, const Pieces& pieces, std::size_t whose) {
  const auto verified = verify_receipt(pieces.join(), batch.expected(whose));
  return verified ? Errc{} : verified.error().code;
}

TEST(ReceiptBatch, EachReceiptHoldsUnderOneRoot) {
  for (const std::size_t size : {1U, 2U, 3U, 5U, 8U, 33U}) {
    const Batch batch(size);
    ASSERT_EQ(batch.receipts.size(), size);
    for (std::size_t i = 0; i < size; ++i) {
      const auto verified = verify_receipt(batch.receipts[i], batch.expected(i));
      ASSERT_TRUE(verified) << i;
      EXPECT_EQ(verified->receipt().least_round_trip, batch.leaves[i].least_round_trip);
      EXPECT_EQ(verified->receipt().time, batch.statement.time);
      EXPECT_EQ(Pieces(batch.receipts[i]).root, Pieces(batch.receipts[0]).root);
    }
  }
}

TEST(ReceiptBatch, EveryFlippedBitIsRefused) {
  const Batch batch(5);
  for (std::size_t i = 0; i < batch.receipts.size(); ++i) {
    const std::vector<Byte>& message = batch.receipts[i];
    for (std::size_t bit = 0; bit < message.size() * 8; ++bit)
      EXPECT_FALSE(verify_receipt(flipped(message, bit), batch.expected(i))) << i << " " << bit;
  }
}

TEST(ReceiptBatch, NodesLeftOverOrMissingAreRefused) {
  const Batch batch(6);
  const Pieces whole(batch.receipts[2]);
  ASSERT_EQ(code_of(batch, whole, 2), Errc{});
  Pieces longer = whole;
  longer.path.insert(longer.path.end(), 32, Byte{0});
  EXPECT_EQ(code_of(batch, longer, 2), errc::tlog_path_length);
  for (std::size_t node = 0; node < whole.path.size() / 32; ++node) {
    Pieces shorter = whole;
    const auto at = shorter.path.begin() + static_cast<std::ptrdiff_t>(32 * node);
    shorter.path.erase(at, at + 32);
    EXPECT_EQ(code_of(batch, shorter, 2), errc::tlog_path_length) << node;
  }
  Pieces swapped = whole;
  std::swap_ranges(swapped.path.begin(), swapped.path.begin() + 32, swapped.path.begin() + 32);
  EXPECT_EQ(code_of(batch, swapped, 2), errc::tlog_root);
}

TEST(ReceiptBatch, AnotherPlaceInTheTreeIsRefused) {
  const Batch batch(6);
  for (std::size_t index = 0; index < 8; ++index) {
    Pieces moved(batch.receipts[2]);
    moved.index = LeafIndex{index};
    if (index == 2) continue;
    EXPECT_NE(code_of(batch, moved, 2), Errc{}) << index;
  }
  Pieces outside(batch.receipts[2]);
  outside.index = LeafIndex{6};
  EXPECT_EQ(code_of(batch, outside, 2), errc::tlog_index);
}

TEST(ReceiptBatch, AnotherRootIsRefused) {
  const Batch batch(4);
  const Batch later(4, 8);
  Batch elsewhere(4, 9);
  elsewhere.sign_with(crypto::SecretKey{{99}});
  const Pieces own(batch.receipts[1]);
  // The same beacon's root of another batch, with its own time.
  Pieces other_batch = own;
  other_batch.root = Pieces(later.receipts[1]).root;
  EXPECT_EQ(code_of(batch, other_batch, 1), errc::tlog_root);
  Pieces other_beacon = own;
  other_beacon.root = Pieces(elsewhere.receipts[1]).root;
  EXPECT_EQ(code_of(batch, other_beacon, 1), errc::receipt_beacon);
  // The leaf of one batch in the place of another's.
  Pieces other_leaf(later.receipts[1]);
  other_leaf.leaf = own.leaf;
  EXPECT_EQ(code_of(batch, other_leaf, 1), errc::tlog_root);
}

/// What a root says can't be said of it again by anybody else.
TEST(ReceiptBatch, TimeSizeAndPlaceAreTheSignedOnes) {
  const Batch batch(3);
  const Pieces own(batch.receipts[0]);
  const auto message = cbor::parse_sign1(own.root);
  ASSERT_TRUE(message);
  const BatchRoot root = parse_batch_root(message->payload).value();
  const auto resigned = [&](const BatchRoot& changed, const crypto::SecretKey& by) {
    ByteArray<receipt_root_size_max> space{};
    Pieces out = own;
    out.root = cbor::sign1(*write_batch_root(changed, space), receipt_root_purpose, by);
    return out;
  };
  EXPECT_EQ(code_of(batch, resigned(root, batch.secret), 0), Errc{});
  BatchRoot late = root;
  late.time = late.time + hours(1);
  EXPECT_EQ(code_of(batch, resigned(late, crypto::SecretKey{{99}}), 0), errc::receipt_beacon);
  BatchRoot larger = root;
  larger.size = TreeSize{5};
  EXPECT_EQ(code_of(batch, resigned(larger, batch.secret), 0), errc::tlog_path_length);
  BatchRoot moved = root;
  moved.place.longitude += 1;
  EXPECT_EQ(code_of(batch, resigned(moved, batch.secret), 0), errc::receipt_place);
  BatchRoot empty = root;
  empty.size = TreeSize{0};
  EXPECT_EQ(code_of(batch, resigned(empty, batch.secret), 0), errc::receipt_malformed);
  BatchRoot huge = root;
  huge.size = TreeSize{batch_receipts_max + 1};
  EXPECT_NE(code_of(batch, resigned(huge, batch.secret), 0), Errc{});
}

TEST(ReceiptBatch, EmptyFullAndTwofoldBatchesAreRefused) {
  const Batch batch(3);
  const auto code = [&](std::span<const ReceiptLeaf> leaves) {
    const auto made = sign_batch(leaves, batch.statement, batch.secret);
    return made ? Errc{} : made.error().code;
  };
  EXPECT_EQ(code({}), errc::receipt_batch);
  std::vector<ReceiptLeaf> twice = batch.leaves;
  twice.push_back(twice.front());
  EXPECT_EQ(code(twice), errc::receipt_batch);
  twice.back().beacon_nonce[0] ^= 1;
  EXPECT_EQ(code(twice), Errc{});
  twice.resize(batch_receipts_max + 1);
  EXPECT_EQ(code(twice), errc::receipt_batch);
}

/// The longest receipt that there can be, and that the bound is no larger than need be.
TEST(ReceiptBatch, TheLargestReceiptFits) {
  Batch batch(batch_receipts_max);
  const auto most = std::numeric_limits<std::int64_t>::max();
  for (ReceiptLeaf& leaf : batch.leaves) {
    leaf.least_round_trip = {most};
    leaf.exchanges = std::numeric_limits<std::uint32_t>::max();
    leaf.quality = StampQuality::hardware;
  }
  batch.statement = {{-900'000'000, -1'800'000'000}, {253'402'300'799'999}, {253'402'300'799'999}};
  batch.beacon.place = batch.statement.place;
  batch.sign_with(batch.secret);
  ASSERT_EQ(batch.receipts.size(), batch_receipts_max);
  const std::vector<Byte>& last = batch.receipts.back();
  EXPECT_LE(last.size(), receipt_size_max);
  EXPECT_GE(last.size() + 8, receipt_size_max);
  EXPECT_TRUE(verify_receipt(last, batch.expected(batch_receipts_max - 1)));
}

RC_GTEST_PROP(ReceiptBatch, AgreesWithANaiveTree, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(1, 40);
  const Batch batch(size, *rc::gen::inRange<std::uint64_t>(1, 1000));
  RC_ASSERT(batch.receipts.size() == size);
  std::vector<std::vector<Byte>> leaves;
  for (const auto& receipt : batch.receipts)
    leaves.push_back(Pieces(receipt).leaf);
  const auto signed_root = Pieces(batch.receipts.front()).root;
  const auto root = parse_batch_root(cbor::parse_sign1(signed_root)->payload);
  RC_ASSERT(root.has_value());
  RC_ASSERT(root->size.value == size);
  RC_ASSERT(root->hash == naive_root(leaves));
  const auto whose = *rc::gen::inRange<std::size_t>(0, size);
  RC_ASSERT(verify_receipt(batch.receipts[whose], batch.expected(whose)).has_value());
  const auto other = *rc::gen::inRange<std::size_t>(0, size);
  RC_ASSERT(verify_receipt(batch.receipts[whose], batch.expected(other)).has_value() ==
            (whose == other));
}

/// No other bytes are a receipt of this chip: one encoding, one place, one path.
RC_GTEST_PROP(ReceiptBatch, WhateverIsChangedIsRefused, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(1, 20);
  const Batch batch(size);
  const auto whose = *rc::gen::inRange<std::size_t>(0, size);
  std::vector<Byte> message = batch.receipts[whose];
  const auto changes = *rc::gen::inRange(1, 4);
  for (int i = 0; i < changes; ++i)
    message[*rc::gen::inRange<std::size_t>(0, message.size())] = *rc::gen::arbitrary<Byte>();
  RC_PRE(message != batch.receipts[whose]);
  RC_ASSERT(!verify_receipt(message, batch.expected(whose)).has_value());
}

}  // namespace

}  // namespace daymark::ranging
