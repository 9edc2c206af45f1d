#include "daymark/ranging/receipt.h"

#include <functional>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/cbor/encode.h"
#include "daymark/cbor/errors.h"
#include "daymark/ranging/errors.h"
#include "daymark/ranging/ranging_testing.h"
#include "daymark/ranging/receipt_batch.h"
#include "daymark/tlog/merkle.h"

namespace daymark::ranging {

namespace {

using testing::copy_of;
using testing::flipped;

/// A receipt of one alone and what its reader expects.
struct Signed {
  crypto::SeededRandom random{11};
  crypto::SecretKey secret{random.draw<32>()};
  order::BeaconEntry beacon{"hk", "op-a", crypto::ed25519_public(secret), {223'379'000, -1}};
  Receipt receipt;

  Signed() {
    random.fill(receipt.chip.bytes);
    random.fill(receipt.chip_nonce);
    random.fill(receipt.beacon_nonce);
    receipt.place = beacon.place;
    receipt.least_round_trip = {12'345'678};
    receipt.exchanges = 4;
    receipt.time = {1'772'366'400'000};
    receipt.radius = {50};
    receipt.quality = StampQuality::kernel_software;
  }

  [[nodiscard]] std::vector<Byte> message() const {
    return sign_receipt(receipt, secret).value_or(std::vector<Byte>{});
  }

  [[nodiscard]] std::vector<Byte> leaf() const {
    ByteArray<receipt_leaf_size_max> space{};
    return copy_of(*write_receipt_leaf(receipt, space));
  }

  /// The payload of the root over this leaf alone.
  [[nodiscard]] std::vector<Byte> root_payload() const {
    const Digest hash = tlog::hash_leaf(leaf(), tlog::receipt_tree);
    ByteArray<receipt_root_size_max> space{};
    return copy_of(*write_batch_root({receipt, TreeSize{1}, hash}, space));
  }

  [[nodiscard]] ReceiptExpectation expected() const {
    return {&beacon, receipt.chip, receipt.chip_nonce};
  }
};

std::vector<Byte> joined(const ReceiptParts& parts) {
  ByteArray<2 * receipt_size_max> space{};
  return copy_of(*write_receipt(parts, space));
}

TEST(Receipt, WrittenAndVerified) {
  const Signed given;
  const auto message = given.message();
  EXPECT_LE(message.size(), receipt_size_max);
  const auto verified = verify_receipt(message, given.expected());
  ASSERT_TRUE(verified);
  const Receipt& receipt = verified->receipt();
  EXPECT_EQ(receipt.chip, given.receipt.chip);
  EXPECT_EQ(receipt.beacon_nonce, given.receipt.beacon_nonce);
  EXPECT_EQ(receipt.place, given.receipt.place);
  EXPECT_EQ(receipt.least_round_trip, given.receipt.least_round_trip);
  EXPECT_EQ(receipt.exchanges, 4U);
  EXPECT_EQ(receipt.time, given.receipt.time);
  EXPECT_EQ(receipt.radius, given.receipt.radius);
  EXPECT_EQ(receipt.quality, StampQuality::kernel_software);
  EXPECT_EQ(receipt.beacon, crypto::key_id(given.beacon.key));
}

TEST(Receipt, ClaimsAreReadWithoutVerifying) {
  Signed given;
  given.secret.seed[0] ^= 1;
  const auto message = given.message();
  EXPECT_FALSE(verify_receipt(message, given.expected()));
  const auto claimed = parse_receipt(message);
  ASSERT_TRUE(claimed);
  EXPECT_EQ(claimed->chip_nonce, given.receipt.chip_nonce);
  EXPECT_EQ(claimed->time, given.receipt.time);
  EXPECT_EQ(claimed->beacon, crypto::key_id(crypto::ed25519_public(given.secret)));
}

TEST(Receipt, EachMismatchHasItsOwnReason) {
  const Signed given;
  const auto message = given.message();
  ReceiptExpectation other_chip = given.expected();
  other_chip.chip.bytes[0] ^= 1;
  EXPECT_EQ(verify_receipt(message, other_chip).error().code, errc::receipt_chip);
  ReceiptExpectation other_nonce = given.expected();
  other_nonce.chip_nonce[31] ^= 1;
  EXPECT_EQ(verify_receipt(message, other_nonce).error().code, errc::receipt_nonce);
  Signed moved;
  moved.beacon.place.latitude += 1;
  EXPECT_EQ(verify_receipt(message, moved.expected()).error().code, errc::receipt_place);
  Signed other_beacon;
  other_beacon.beacon.key = crypto::ed25519_public({other_beacon.random.draw<32>()});
  EXPECT_EQ(verify_receipt(message, other_beacon.expected()).error().code, errc::receipt_beacon);
}

TEST(Receipt, WithoutAMeasurementIsRefused) {
  Signed none;
  none.receipt.exchanges = 0;
  EXPECT_EQ(verify_receipt(none.message(), none.expected()).error().code, errc::receipt_round_trip);
  Signed zero;
  zero.receipt.least_round_trip = {0};
  EXPECT_EQ(verify_receipt(zero.message(), zero.expected()).error().code, errc::receipt_round_trip);
}

TEST(Receipt, EveryFlippedBitIsRefused) {
  const Signed given;
  const auto message = given.message();
  for (std::size_t bit = 0; bit < message.size() * 8; ++bit)
    EXPECT_FALSE(verify_receipt(flipped(message, bit), given.expected())) << bit;
}

TEST(Receipt, RootOfAnotherPurposeIsRefused) {
  const Signed given;
  const auto leaf = given.leaf();
  const auto root = cbor::sign1(given.root_payload(), receipt_root_purpose, given.secret);
  EXPECT_EQ(joined({leaf, {}, {}, root}), given.message());
  const auto other = cbor::sign1(given.root_payload(), "daymark receipt v1", given.secret);
  EXPECT_EQ(verify_receipt(joined({leaf, {}, {}, other}), given.expected()).error().code,
            errc::cose_signature);
}

TEST(Receipt, FormIsStrict) {
  const Signed given;
  std::vector<Byte> longer = given.message();
  longer.push_back(0);
  EXPECT_EQ(split_receipt(longer).error().code, errc::cbor_trailing);
  const auto message = given.message();
  for (std::size_t size = 0; size < message.size(); ++size)
    EXPECT_FALSE(parse_receipt(ByteView(message).first(size))) << size;
  const std::vector<Byte> huge(receipt_size_max + 1);
  EXPECT_EQ(verify_receipt(huge, given.expected()).error().code, errc::receipt_malformed);
}

TEST(Receipt, LeafAndRootAreStrict) {
  const Signed given;
  const auto leaf = given.leaf();
  const auto root = given.root_payload();
  ASSERT_TRUE(parse_receipt_leaf(leaf));
  ASSERT_TRUE(parse_batch_root(root));
  EXPECT_FALSE(parse_receipt_leaf(root));
  EXPECT_FALSE(parse_batch_root(leaf));
  for (std::size_t size = 0; size < leaf.size(); ++size)
    EXPECT_FALSE(parse_receipt_leaf(ByteView(leaf).first(size))) << size;
  for (std::size_t size = 0; size < root.size(); ++size)
    EXPECT_FALSE(parse_batch_root(ByteView(root).first(size))) << size;
  auto longer = leaf;
  longer.push_back(0);
  EXPECT_EQ(parse_receipt_leaf(longer).error().code, errc::cbor_trailing);
  longer = root;
  longer.push_back(0);
  EXPECT_EQ(parse_batch_root(longer).error().code, errc::cbor_trailing);
  auto version = leaf;
  version[1] = 2;
  EXPECT_EQ(parse_receipt_leaf(version).error().code, errc::receipt_malformed);
  version = root;
  version[1] = 2;
  EXPECT_EQ(parse_batch_root(version).error().code, errc::receipt_malformed);
}

TEST(Receipt, PartsAreBounded) {
  const Signed given;
  const auto leaf = given.leaf();
  const auto root = cbor::sign1(given.root_payload(), receipt_root_purpose, given.secret);
  const std::vector<Byte> path(receipt_nodes_max * sizeof(Digest) + 32);
  const ByteView most = ByteView(path).first(receipt_nodes_max * sizeof(Digest));
  EXPECT_TRUE(split_receipt(joined({leaf, {batch_receipts_max - 1}, most, root})));
  EXPECT_FALSE(split_receipt(joined({leaf, {batch_receipts_max}, most, root})));
  EXPECT_FALSE(split_receipt(joined({{}, {}, {}, root})));
  EXPECT_FALSE(split_receipt(joined({leaf, {}, {}, {}})));
  EXPECT_EQ(split_receipt(joined({leaf, {}, most.first(31), root})).error().code,
            errc::receipt_malformed);
  const std::vector<Byte> long_leaf(receipt_leaf_size_max + 1);
  const std::vector<Byte> long_root(receipt_root_size_max + 1);
  EXPECT_EQ(split_receipt(joined({long_leaf, {}, {}, root})).error().code, errc::cbor_length);
  EXPECT_EQ(split_receipt(joined({leaf, {}, {}, long_root})).error().code, errc::cbor_length);
  EXPECT_FALSE(split_receipt(joined({leaf, {}, path, root})));
}

TEST(Receipt, RefusesImpossibleValues) {
  const auto refused = [](const std::function<void(Receipt&)>& change) {
    Signed given;
    change(given.receipt);
    return !parse_receipt_leaf(given.leaf()) || !parse_batch_root(given.root_payload());
  };
  EXPECT_FALSE(refused([](Receipt&) {}));
  EXPECT_TRUE(refused([](Receipt& r) { r.place.latitude = 900'000'001; }));
  EXPECT_TRUE(refused([](Receipt& r) { r.place.latitude = -900'000'001; }));
  EXPECT_TRUE(refused([](Receipt& r) { r.place.longitude = 1'800'000'001; }));
  EXPECT_TRUE(refused([](Receipt& r) { r.time = {253'402'300'800'000}; }));
  EXPECT_TRUE(refused([](Receipt& r) { r.quality = static_cast<StampQuality>(3); }));
}

TEST(Receipt, WriterRefusesNegativesAndSmallBuffers) {
  Signed given;
  ByteArray<receipt_leaf_size_max> space{};
  EXPECT_EQ(write_receipt_leaf(given.receipt, std::span(space).first(20)).error().code,
            errc::buffer_too_small);
  given.receipt.least_round_trip = {-1};
  EXPECT_EQ(write_receipt_leaf(given.receipt, space).error().code, errc::receipt_malformed);
  EXPECT_EQ(sign_receipt(given.receipt, given.secret).error().code, errc::receipt_malformed);
  given.receipt.least_round_trip = {1};
  given.receipt.time = {-1};
  EXPECT_EQ(sign_receipt(given.receipt, given.secret).error().code, errc::receipt_malformed);
}

RC_GTEST_PROP(Receipt, WhatIsWrittenIsRead, ()) {
  Signed given;
  given.receipt.place = {*rc::gen::inRange(-900'000'000, 900'000'001),
                         *rc::gen::inRange(-1'800'000'000, 1'800'000'001)};
  given.receipt.least_round_trip = {*rc::gen::nonNegative<std::int64_t>()};
  given.receipt.exchanges = *rc::gen::arbitrary<std::uint32_t>();
  given.receipt.time = {*rc::gen::inRange<std::int64_t>(0, 253'402'300'800'000)};
  const auto read = parse_receipt(given.message());
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->place == given.receipt.place);
  RC_ASSERT(read->least_round_trip == given.receipt.least_round_trip);
  RC_ASSERT(read->exchanges == given.receipt.exchanges);
  RC_ASSERT(read->time == given.receipt.time);
}

}  // namespace

}  // namespace daymark::ranging
