#include "daymark/ranging/receipt.h"

#include <functional>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/cbor/encode.h"
#include "daymark/cbor/errors.h"
#include "daymark/ranging/errors.h"
#include "daymark/ranging/ranging_testing.h"

namespace daymark::ranging {

namespace {

using testing::copy_of;
using testing::flipped;

/// A signed receipt and what its reader expects.
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

  [[nodiscard]] std::vector<Byte> payload() const {
    ByteArray<receipt_size_max> space{};
    return copy_of(*write_receipt(receipt, space));
  }

  [[nodiscard]] std::vector<Byte> message() const {
    return cbor::sign1(payload(), receipt_purpose, secret);
  }

  [[nodiscard]] ReceiptExpectation expected() const {
    return {&beacon, receipt.chip, receipt.chip_nonce};
  }
};

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

TEST(Receipt, OfAnotherPurposeIsRefused) {
  const Signed given;
  const auto message = cbor::sign1(given.payload(), "daymark ranging welcome v1", given.secret);
  EXPECT_EQ(verify_receipt(message, given.expected()).error().code, errc::cose_signature);
}

TEST(Receipt, FormIsStrict) {
  const Signed given;
  std::vector<Byte> longer = given.payload();
  longer.push_back(0);
  EXPECT_EQ(parse_receipt(longer).error().code, errc::cbor_trailing);
  for (std::size_t size = 0; size < given.payload().size(); ++size)
    EXPECT_FALSE(parse_receipt(ByteView(given.payload()).first(size))) << size;
  const std::vector<Byte> huge(receipt_size_max + 1);
  EXPECT_EQ(verify_receipt(huge, given.expected()).error().code, errc::receipt_malformed);
}

TEST(Receipt, RefusesImpossibleValues) {
  const auto refused = [](const std::function<void(Receipt&)>& change) {
    Signed given;
    change(given.receipt);
    return !parse_receipt(given.payload());
  };
  EXPECT_TRUE(refused([](Receipt& r) { r.place.latitude = 900'000'001; }));
  EXPECT_TRUE(refused([](Receipt& r) { r.place.latitude = -900'000'001; }));
  EXPECT_TRUE(refused([](Receipt& r) { r.place.longitude = 1'800'000'001; }));
  EXPECT_TRUE(refused([](Receipt& r) { r.time = {253'402'300'800'000}; }));
  EXPECT_TRUE(refused([](Receipt& r) { r.quality = static_cast<StampQuality>(3); }));
}

TEST(Receipt, WriterRefusesNegativesAndSmallBuffers) {
  Signed given;
  ByteArray<receipt_size_max> space{};
  EXPECT_EQ(write_receipt(given.receipt, std::span(space).first(20)).error().code,
            errc::buffer_too_small);
  given.receipt.least_round_trip = {-1};
  EXPECT_EQ(write_receipt(given.receipt, space).error().code, errc::receipt_malformed);
}

RC_GTEST_PROP(Receipt, WhatIsWrittenIsRead, ()) {
  Signed given;
  given.receipt.place = {*rc::gen::inRange(-900'000'000, 900'000'001),
                         *rc::gen::inRange(-1'800'000'000, 1'800'000'001)};
  given.receipt.least_round_trip = {*rc::gen::nonNegative<std::int64_t>()};
  given.receipt.exchanges = *rc::gen::arbitrary<std::uint32_t>();
  given.receipt.time = {*rc::gen::inRange<std::int64_t>(0, 253'402'300'800'000)};
  const auto read = parse_receipt(given.payload());
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->place == given.receipt.place);
  RC_ASSERT(read->least_round_trip == given.receipt.least_round_trip);
  RC_ASSERT(read->exchanges == given.receipt.exchanges);
  RC_ASSERT(read->time == given.receipt.time);
}

}  // namespace

}  // namespace daymark::ranging
