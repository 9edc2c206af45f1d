#include "daymark/ranging/session.h"

#include <set>

#include <gtest/gtest.h>

#include "daymark/cbor/encode.h"
#include "daymark/cbor/errors.h"
#include "daymark/ranging/errors.h"
#include "daymark/ranging/ranging_testing.h"

namespace daymark::ranging {

namespace {

using testing::copy_of;
using testing::flipped;
using testing::Pair;
using testing::welcome_of;

TEST(Session, BothSidesAgreeOnAnswers) {
  Pair pair;
  const Result<Opened> opened = accept_opening(pair.open(), pair.beacon_secret, pair.random);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->chip, pair.chip);
  EXPECT_EQ(opened->chip_nonce, pair.session.nonce());
  ASSERT_TRUE(pair.session.accept(welcome_of(*opened)));
  EXPECT_TRUE(pair.session.ready());
  const auto challenge = pair.random.draw<16>();
  EXPECT_EQ(*pair.session.answer(3, challenge), answer(opened->key, 3, challenge));
}

TEST(Session, AnswerDependsOnNumberAndEveryBit) {
  const SessionKey key{1, 2, 3};
  std::set<AnswerTag> seen{answer(key, 0, Challenge{})};
  for (std::uint32_t bit = 0; bit < 32; ++bit)
    seen.insert(answer(key, 1U << bit, Challenge{}));
  for (std::size_t bit = 0; bit < 128; ++bit) {
    Challenge challenge{};
    challenge[bit / 8] = static_cast<Byte>(1U << (bit % 8));
    seen.insert(answer(key, 0, challenge));
  }
  EXPECT_EQ(seen.size(), 1U + 32U + 128U);
}

TEST(Session, AnswersOnlyAfterTheWelcome) {
  Pair pair;
  EXPECT_EQ(pair.session.answer(0, {}).error().code, errc::ranging_not_ready);
  (void)pair.open();
  EXPECT_EQ(pair.session.answer(0, {}).error().code, errc::ranging_not_ready);
  ChipSession unopened;
  EXPECT_EQ(unopened.accept({}).error().code, errc::ranging_welcome);
}

TEST(Session, AnotherBeaconRefusesTheOpening) {
  Pair pair;
  const crypto::SecretKey other{pair.random.draw<32>()};
  const auto opened = accept_opening(pair.open(), other, pair.random);
  EXPECT_EQ(opened.error().code, errc::ranging_opening);
  EXPECT_EQ(opened.error().field, field::beacon_key);
}

TEST(Session, WelcomeOfAnotherBeaconIsRefused) {
  Pair pair;
  const crypto::SecretKey other_secret{pair.random.draw<32>()};
  ChipSession other;
  ByteArray<opening_size_max> space{};
  const auto opening =
      other.open(pair.chip_secret, crypto::ed25519_public(other_secret), pair.random, space);
  const Result<Opened> opened = accept_opening(*opening, other_secret, pair.random);
  ASSERT_TRUE(opened);
  (void)pair.open();
  EXPECT_EQ(pair.session.accept(welcome_of(*opened)).error().code, errc::cose_signature);
  EXPECT_FALSE(pair.session.ready());
}

TEST(Session, WelcomeForAnotherChipIsRefused) {
  Pair pair;
  const crypto::SecretKey other_chip{pair.random.draw<32>()};
  ChipSession other;
  ByteArray<opening_size_max> space{};
  const auto opening = other.open(other_chip, pair.beacon, pair.random, space);
  const Result<Opened> opened = accept_opening(*opening, pair.beacon_secret, pair.random);
  ASSERT_TRUE(opened);
  (void)pair.open();
  EXPECT_EQ(pair.session.accept(welcome_of(*opened)).error().code, errc::ranging_welcome);
}

TEST(Session, WelcomeOfAnEarlierSessionIsRefused) {
  Pair pair;
  const Result<Opened> earlier = accept_opening(pair.open(), pair.beacon_secret, pair.random);
  (void)pair.open();
  const auto refused = pair.session.accept(welcome_of(*earlier));
  EXPECT_EQ(refused.error().code, errc::ranging_welcome);
  EXPECT_EQ(refused.error().field, field::chip_nonce);
}

TEST(Session, OnlyTheFirstWelcomeCounts) {
  Pair pair;
  const ByteView opening = pair.open();
  const Result<Opened> first = accept_opening(opening, pair.beacon_secret, pair.random);
  const Result<Opened> second = accept_opening(opening, pair.beacon_secret, pair.random);
  EXPECT_NE(first->session, second->session);
  EXPECT_NE(first->key, second->key);
  ASSERT_TRUE(pair.session.accept(welcome_of(*first)));
  EXPECT_FALSE(pair.session.accept(welcome_of(*second)));
  EXPECT_EQ(*pair.session.answer(1, {}), answer(first->key, 1, {}));
}

TEST(Session, EveryFlippedBitOfAnOpeningIsRefused) {
  Pair pair;
  const std::vector<Byte> opening = copy_of(pair.open());
  for (std::size_t bit = 0; bit < opening.size() * 8; ++bit) {
    EXPECT_FALSE(accept_opening(flipped(opening, bit), pair.beacon_secret, pair.random)) << bit;
  }
}

TEST(Session, EveryFlippedBitOfAWelcomeIsRefused) {
  Pair pair;
  const Result<Opened> opened = accept_opening(pair.open(), pair.beacon_secret, pair.random);
  const ByteView welcome = welcome_of(*opened);
  for (std::size_t bit = 0; bit < welcome.size() * 8; ++bit)
    EXPECT_FALSE(pair.session.accept(flipped(welcome, bit))) << bit;
  EXPECT_TRUE(pair.session.accept(welcome));  // a refused one changes nothing
}

TEST(Session, TruncatedAndTrailingBytesAreRefused) {
  Pair pair;
  const std::vector<Byte> opening = copy_of(pair.open());
  for (std::size_t size = 0; size < opening.size(); ++size) {
    const ByteView part = ByteView(opening).first(size);
    EXPECT_FALSE(accept_opening(part, pair.beacon_secret, pair.random)) << size;
  }
  std::vector<Byte> longer = opening;
  longer.push_back(0);
  EXPECT_EQ(accept_opening(longer, pair.beacon_secret, pair.random).error().code,
            errc::cbor_trailing);
  longer.resize(opening_size_max + 1);
  EXPECT_EQ(accept_opening(longer, pair.beacon_secret, pair.random).error().code,
            errc::ranging_opening);
}

TEST(Session, LowOrderExchangeKeysAreRefused) {
  Pair pair;
  const std::vector<Byte> payload = cbor::encode([&](cbor::Writer& out) {
    out.open_array(5);
    out.put_unsigned(1);
    out.put_bytes(pair.beacon.bytes);
    out.put_bytes(Digest{});
    out.put_bytes(ByteArray<32>{});  // the point of order 2: every shared secret would be zero
    out.put_bytes(pair.chip.bytes);
  });
  const auto opening = cbor::sign1(payload, open_purpose, pair.chip_secret);
  EXPECT_EQ(accept_opening(opening, pair.beacon_secret, pair.random).error().code,
            errc::ranging_opening);
}

TEST(Session, SignatureOfAnotherPurposeIsRefused) {
  Pair pair;
  const std::vector<Byte> opening = copy_of(pair.open());
  const auto payload = cbor::parse_sign1(opening)->payload;
  const auto other = cbor::sign1(payload, "daymark receipt v1", pair.chip_secret);
  EXPECT_EQ(accept_opening(other, pair.beacon_secret, pair.random).error().code,
            errc::cose_signature);
}

TEST(Session, ChipKeyInsideMustBeTheSigner) {
  Pair pair;
  const std::vector<Byte> opening = copy_of(pair.open());
  const crypto::SecretKey thief{pair.random.draw<32>()};
  const auto payload = cbor::parse_sign1(opening)->payload;
  const auto stolen = cbor::sign1(payload, open_purpose, thief);
  EXPECT_EQ(accept_opening(stolen, pair.beacon_secret, pair.random).error().code,
            errc::cose_signature);
}

}  // namespace

}  // namespace daymark::ranging
