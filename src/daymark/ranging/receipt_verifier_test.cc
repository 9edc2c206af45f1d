#include "daymark/ranging/receipt_verifier.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/cbor/errors.h"
#include "daymark/ranging/errors.h"
#include "daymark/ranging/ranging_testing.h"
#include "daymark/tlog/errors.h"

namespace daymark::ranging {

namespace {

using testing::Batch;
using testing::flipped;

Errc verdict_code(const Result<VerifiedReceipt>& verified) {
  return verified ? Errc{} : verified.error().code;
}

/// Eight beacons of eight keys, each with a batch in which the same place is asked for.
std::vector<Batch> eight_beacons() {
  std::vector<Batch> out;
  for (std::uint64_t i = 0; i < 8; ++i) {
    out.emplace_back(9 + i, 20 + i);
    out.back().sign_with(crypto::SecretKey{{static_cast<Byte>(i + 1)}});
  }
  return out;
}

TEST(ReceiptVerifier, EightBeaconsCostEightPathsAndTheirRootsOnce) {
  const std::vector<Batch> beacons = eight_beacons();
  ReceiptVerifier verifier;
  for (const Batch& beacon : beacons)
    ASSERT_TRUE(verifier.verify(beacon.receipts[3], beacon.expected(3)));
  EXPECT_EQ(verifier.costs().signatures, 8U);
  EXPECT_EQ(verifier.costs().paths, 8U);
  // Another chip's proof out of the same eight batches.
  for (const Batch& beacon : beacons)
    ASSERT_TRUE(verifier.verify(beacon.receipts[5], beacon.expected(5)));
  EXPECT_EQ(verifier.costs().signatures, 8U);
  EXPECT_EQ(verifier.costs().paths, 16U);
}

TEST(ReceiptVerifier, ABatchCostsOneSignature) {
  const Batch batch(100);
  ReceiptVerifier verifier;
  for (std::size_t i = 0; i < 100; ++i)
    ASSERT_TRUE(verifier.verify(batch.receipts[i], batch.expected(i)));
  EXPECT_EQ(verifier.costs().signatures, 1U);
  EXPECT_EQ(verifier.costs().paths, 100U);
}

TEST(ReceiptVerifier, AKnownRootIsKnownUnderItsKeyAlone) {
  const Batch batch(4);
  ReceiptVerifier verifier;
  ASSERT_TRUE(verifier.verify(batch.receipts[0], batch.expected(0)));
  Batch other(4);
  other.beacon.key = crypto::ed25519_public(crypto::SecretKey{{99}});
  EXPECT_EQ(verdict_code(verifier.verify(batch.receipts[0], other.expected(0))),
            errc::receipt_beacon);
  EXPECT_EQ(verifier.known_roots(), 1U);
}

TEST(ReceiptVerifier, KnownRootsHideNoForgery) {
  const Batch batch(5);
  ReceiptVerifier verifier;
  ASSERT_TRUE(verifier.verify(batch.receipts[2], batch.expected(2)));
  for (std::size_t bit = 0; bit < batch.receipts[2].size() * 8; ++bit) {
    EXPECT_FALSE(verifier.verify(flipped(batch.receipts[2], bit), batch.expected(2))) << bit;
  }
  EXPECT_EQ(verifier.known_roots(), 1U);
  EXPECT_EQ(verdict_code(verifier.verify(batch.receipts[2], batch.expected(3))),
            errc::receipt_chip);
}

TEST(ReceiptVerifier, MemoryIsBoundedAndTheOldestIsForgotten) {
  const std::vector<Batch> beacons = eight_beacons();
  ReceiptVerifier verifier(3);
  for (const Batch& beacon : beacons)
    ASSERT_TRUE(verifier.verify(beacon.receipts[0], beacon.expected(0)));
  EXPECT_EQ(verifier.known_roots(), 3U);
  ASSERT_TRUE(verifier.verify(beacons[7].receipts[1], beacons[7].expected(1)));
  EXPECT_EQ(verifier.costs().signatures, 8U);
  ASSERT_TRUE(verifier.verify(beacons[0].receipts[1], beacons[0].expected(1)));
  EXPECT_EQ(verifier.costs().signatures, 9U);
  ReceiptVerifier forgetful(0);
  ASSERT_TRUE(forgetful.verify(beacons[0].receipts[0], beacons[0].expected(0)));
  ASSERT_TRUE(forgetful.verify(beacons[0].receipts[0], beacons[0].expected(0)));
  EXPECT_EQ(forgetful.costs().signatures, 2U);
  EXPECT_EQ(forgetful.known_roots(), 0U);
}

/// With and without memory, whatever is asked: one verdict, one receipt.
RC_GTEST_PROP(ReceiptVerifier, JudgesAsVerifyReceiptDoes, ()) {
  const std::vector<Batch> batches{Batch(3, 1), Batch(3, 2), Batch(4, 2)};
  ReceiptVerifier verifier(2);
  for (int i = 0; i < 30; ++i) {
    const Batch& batch = batches[*rc::gen::inRange<std::size_t>(0, batches.size())];
    const Batch& asked = batches[*rc::gen::inRange<std::size_t>(0, batches.size())];
    const auto which = *rc::gen::inRange<std::size_t>(0, 3);
    const auto whose = *rc::gen::inRange<std::size_t>(0, 3);
    std::vector<Byte> message = batch.receipts[which];
    if (*rc::gen::inRange(0, 3) == 0)
      message = flipped(message, *rc::gen::inRange<std::size_t>(0, message.size() * 8));
    const auto plain = verify_receipt(message, asked.expected(whose));
    const auto cached = verifier.verify(message, asked.expected(whose));
    RC_ASSERT(verdict_code(plain) == verdict_code(cached));
    if (plain) RC_ASSERT(plain->receipt().least_round_trip == cached->receipt().least_round_trip);
  }
}

}  // namespace

}  // namespace daymark::ranging
