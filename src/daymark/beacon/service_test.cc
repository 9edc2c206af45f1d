#include "daymark/beacon/service.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/beacon/beacon_testing.h"
#include "daymark/beacon/errors.h"
#include "daymark/ranging/errors.h"

namespace daymark::beacon {

namespace {

using testing::address;
using testing::code_of;
using testing::milli;
using testing::Scene;
using testing::settings;

TEST(BeaconService, MeasuresTheLeastRoundTripAndSignsIt) {
  Scene scene;
  ASSERT_TRUE(scene.open_session());
  const auto receipt = scene.run({30 * milli, 12 * milli, 25 * milli, 40 * milli});
  const auto verified = scene.verify(receipt);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->receipt().least_round_trip.value, 12 * milli + 1000);  // error added
  EXPECT_EQ(verified->receipt().exchanges, 4U);
  EXPECT_EQ(verified->receipt().time, scene.clock.time);
  EXPECT_EQ(verified->receipt().radius, scene.used.clock_radius);
  EXPECT_EQ(scene.service.counters().receipts, 1U);
}

TEST(BeaconService, RepeatsTheReceiptButNotTheSigning) {
  Scene scene;
  ASSERT_TRUE(scene.open_session());
  const auto receipt = scene.run({milli, milli, milli, milli});
  scene.clock.time.value += 5000;
  const auto again = scene.send(ranging::ReadyPacket{scene.id});
  const auto* packet = std::get_if<ranging::ReceiptPacket>(&*again);
  ASSERT_NE(packet, nullptr);
  EXPECT_TRUE(equal(packet->receipt, receipt));
  EXPECT_EQ(scene.service.counters().receipts, 1U);
}

TEST(BeaconService, NoReplyIsLargerThanItsRequestBeforeACookieCameBack) {
  Scene scene;
  ByteArray<ranging::packet_size_max> space{};
  const auto opening = scene.opening();
  const ranging::Packet requests[] = {
      ranging::OpeningPacket{}, ranging::OpeningPacket{{1}, opening},
      ranging::ReadyPacket{},   ranging::AnswerPacket{},
      ranging::ErrorPacket{},   ranging::CookiePacket{}};
  for (const ranging::Packet& request : requests) {
    const auto written = ranging::write_packet(request, space);
    ASSERT_TRUE(written);
    scene.send(*written);
    EXPECT_LE(scene.last.size(), written->size()) << request.index();
  }
  EXPECT_EQ(scene.service.open_sessions(), 0U);
}

/// The same over noise: whatever comes from an address without a cookie gets back less than it
/// sent.
RC_GTEST_PROP(BeaconService, NoiseIsNeverAmplified, ()) {
  static Scene scene;
  auto bytes = *rc::gen::container<std::vector<Byte>>(rc::gen::arbitrary<Byte>());
  const std::vector<Byte> head{
      'D', 'M', 'r', 'g', 1, *rc::gen::inRange<Byte>(0, 10), 0, static_cast<Byte>(bytes.size())};
  bytes.insert(bytes.begin(), head.begin(), head.end());
  scene.send(bytes);
  RC_ASSERT(scene.last.size() <= bytes.size());
  RC_ASSERT(scene.service.open_sessions() == 0U);
}

TEST(BeaconService, CookieIsBoundToItsAddressAndToTime) {
  Scene scene;
  const ranging::Cookie cookie = scene.ask_cookie();
  const auto opening = scene.opening();
  const auto is_cookie = [](const auto& reply) {
    return reply && std::holds_alternative<ranging::CookiePacket>(*reply);
  };
  scene.source = address(2);
  EXPECT_TRUE(is_cookie(scene.send(ranging::OpeningPacket{cookie, opening})));
  scene.source = address(1, 5001);
  EXPECT_TRUE(is_cookie(scene.send(ranging::OpeningPacket{cookie, opening})));
  scene.source = address();
  auto forged = cookie;
  forged[15] ^= 1;
  EXPECT_TRUE(is_cookie(scene.send(ranging::OpeningPacket{forged, opening})));
  scene.now += 121'000 * milli;
  EXPECT_TRUE(is_cookie(scene.send(ranging::OpeningPacket{cookie, opening})));
  scene.now -= 90'000 * milli;
  EXPECT_FALSE(is_cookie(scene.send(ranging::OpeningPacket{cookie, opening})));
}

TEST(BeaconService, LyingAnswersAreCountedAndIgnored) {
  Scene scene;
  ASSERT_TRUE(scene.open_session());
  const auto challenge = scene.ready();
  ASSERT_TRUE(challenge);
  scene.now += milli;
  for (std::size_t bit = 0; bit < 64; ++bit) {
    auto wrong = scene.answer_to(*challenge);
    wrong.tag[bit / 8] ^= static_cast<Byte>(1U << (bit % 8));
    EXPECT_FALSE(scene.send(wrong));
  }
  auto number = scene.answer_to(*challenge);
  number.number += 1;
  EXPECT_FALSE(scene.send(number));
  EXPECT_EQ(scene.service.counters().wrong_answers, 65U);
  scene.now += 9 * milli;
  EXPECT_TRUE(scene.send(scene.answer_to(*challenge)));  // the right one still counts
}

TEST(BeaconService, OnlyTheFirstValidAnswerCounts) {
  Scene scene;
  ASSERT_TRUE(scene.open_session());
  const auto first = scene.ready();
  scene.now += 20 * milli;
  ASSERT_TRUE(scene.send(scene.answer_to(*first)));
  EXPECT_FALSE(scene.send(scene.answer_to(*first)));  // replayed
  EXPECT_EQ(scene.service.counters().wrong_answers, 1U);
}

TEST(BeaconService, AnswerBeforeTheChallengeWasSentIsIgnored) {
  Scene scene;
  ASSERT_TRUE(scene.open_session());
  ByteArray<ranging::packet_size_max> space{};
  const auto ready = ranging::write_packet(ranging::ReadyPacket{scene.id}, space);
  const auto reply = scene.service.handle(*ready, scene.source, {scene.now});
  ASSERT_TRUE(reply && reply->timed);
  const auto packet = ranging::parse_packet(reply->view());
  const auto answer = scene.answer_to(*std::get_if<ranging::ChallengePacket>(&*packet));
  EXPECT_FALSE(scene.send(answer));  // not open: its sending has not been stamped
  scene.service.sent(*reply, {scene.now + 10 * milli});
  EXPECT_FALSE(scene.send(answer));  // came before it was sent
  scene.now += 11 * milli;
  EXPECT_TRUE(scene.send(answer));
}

/// Asking again must not let the answer to the first sending count for the second one.
TEST(BeaconService, NewChallengeReplacesTheOpenOne) {
  Scene scene;
  ASSERT_TRUE(scene.open_session());
  const auto first = scene.ready();
  scene.now += 100 * milli;
  const auto second = scene.ready();
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->number, second->number);
  EXPECT_NE(first->challenge, second->challenge);
  scene.now += milli;
  EXPECT_FALSE(scene.send(scene.answer_to(*first)));
  scene.now += 99 * milli;
  EXPECT_TRUE(scene.send(scene.answer_to(*second)));
}

TEST(BeaconService, ChallengesOfASessionAreBounded) {
  Scene scene;
  ASSERT_TRUE(scene.open_session());
  for (int i = 0; i < 16; ++i)
    EXPECT_TRUE(scene.ready()) << i;
  EXPECT_EQ(code_of(scene.send(ranging::ReadyPacket{scene.id})), errc::beacon_unanswered);
}

TEST(BeaconService, FewerExchangesAreSignedWhenChallengesRunOut) {
  Scene scene;
  ASSERT_TRUE(scene.open_session());
  const auto challenge = scene.ready();
  scene.now += 7 * milli;
  ASSERT_TRUE(scene.send(scene.answer_to(*challenge)));
  for (int i = 0; i < 14; ++i)
    EXPECT_TRUE(scene.ready()) << i;
  const auto reply = scene.send(ranging::ReadyPacket{scene.id});
  const auto* receipt = std::get_if<ranging::ReceiptPacket>(&*reply);
  ASSERT_NE(receipt, nullptr);
  EXPECT_EQ(scene.verify(receipt->receipt)->receipt().exchanges, 1U);
}

TEST(BeaconService, SessionBelongsToItsAddress) {
  Scene scene;
  ASSERT_TRUE(scene.open_session());
  const auto challenge = scene.ready();
  scene.source = address(7);
  EXPECT_EQ(code_of(scene.send(ranging::ReadyPacket{scene.id})), errc::beacon_session);
  EXPECT_EQ(code_of(scene.send(scene.answer_to(*challenge))), errc::beacon_session);
}

TEST(BeaconService, RepeatedOpeningGetsTheSameWelcome) {
  Scene scene;
  const auto cookie = scene.ask_cookie();
  const auto opening = scene.opening();
  ASSERT_TRUE(scene.send(ranging::OpeningPacket{cookie, opening}));
  const auto first = scene.last;
  ASSERT_TRUE(scene.send(ranging::OpeningPacket{cookie, opening}));
  EXPECT_EQ(scene.last, first);
  EXPECT_EQ(scene.service.open_sessions(), 1U);
  scene.source = address(3);
  const auto other = scene.ask_cookie();
  EXPECT_EQ(code_of(scene.send(ranging::OpeningPacket{other, opening})), errc::beacon_session);
}

TEST(BeaconService, SessionsEndByThemselves) {
  Scene scene;
  ASSERT_TRUE(scene.open_session());
  scene.now += scene.used.limits.session_nanos;
  EXPECT_EQ(code_of(scene.send(ranging::ReadyPacket{scene.id})), errc::beacon_session);
  EXPECT_EQ(scene.service.open_sessions(), 0U);
}

TEST(BeaconService, SessionsWithAReceiptLeaveEarly) {
  Scene scene;
  ASSERT_TRUE(scene.open_session());
  const auto receipt = scene.run({milli, milli, milli, milli});
  ASSERT_FALSE(receipt.empty());
  // Lost on the way: it is there for a while.
  scene.now += scene.used.limits.linger_nanos - 1;
  const auto again = scene.send(ranging::ReadyPacket{scene.id});
  ASSERT_TRUE(again && std::holds_alternative<ranging::ReceiptPacket>(*again));
  EXPECT_EQ(scene.service.open_sessions(), 1U);
  // Asking doesn't keep it.
  scene.now += 1;
  EXPECT_EQ(code_of(scene.send(ranging::ReadyPacket{scene.id})), errc::beacon_session);
  EXPECT_EQ(scene.service.open_sessions(), 0U);
}

TEST(BeaconService, AReceiptNeverKeepsASessionLonger) {
  BeaconSettings brief = settings();
  brief.limits.session_nanos = 100 * milli;
  Scene scene(brief);
  ASSERT_TRUE(scene.open_session());
  const std::int64_t opened = scene.now;
  ASSERT_FALSE(scene.run({milli, milli, milli, milli}).empty());
  scene.now = opened + brief.limits.session_nanos;
  EXPECT_EQ(code_of(scene.send(ranging::ReadyPacket{scene.id})), errc::beacon_session);
}

/// Chips that come one after another: as many a second as sessions find room.
TEST(BeaconService, RoomTurnsOverWithReceipts) {
  BeaconSettings small = settings();
  small.limits.sessions = 24;
  small.limits.per_chip = {10'000, 1};
  Scene scene(small);
  std::size_t receipts = 0;
  std::size_t busy = 0;
  const std::int64_t end = scene.now + 60'000 * milli;
  for (; scene.now < end; scene.now += 500 * milli) {
    if (scene.open_session()) {
      receipts += scene.run({milli, milli, milli, milli}).empty() ? 0U : 1U;
    } else {
      ++busy;
    }
  }
  // One every half second: 20 in ten seconds find room, 120 in a minute would not.
  EXPECT_EQ(busy, 0U);
  EXPECT_GT(receipts, 100U);
  EXPECT_LE(scene.service.open_sessions(), small.limits.sessions);
}

TEST(BeaconService, SignsNoRoundTripThatIsOld) {
  BeaconSettings slow = settings();
  slow.limits.session_nanos = 60'000 * milli;
  Scene scene(slow);
  ASSERT_TRUE(scene.open_session());
  // The least one is the first, and the others take so long that it is too old at the end.
  EXPECT_TRUE(scene.run({milli, 4'000 * milli, 4'000 * milli, 4'000 * milli}).empty());
  EXPECT_EQ(scene.service.counters().receipts, 0U);
  // Measured anew, and young then.
  const auto receipt = scene.run({2 * milli, 3 * milli, 3 * milli, 3 * milli});
  const auto verified = scene.verify(receipt);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->receipt().least_round_trip.value, 2 * milli + 1000);
  EXPECT_EQ(verified->receipt().exchanges, 4U);
}

TEST(BeaconService, SignsUpToTheOldestRoundTripThatCounts) {
  for (const std::int64_t late : {0, 1}) {
    BeaconSettings slow = settings();
    slow.limits.session_nanos = 60'000 * milli;
    Scene scene(slow);
    ASSERT_TRUE(scene.open_session());
    const std::int64_t rest = to_nanos(measured_age_max) - 3 * milli + late;
    EXPECT_EQ(scene.run({milli, milli, milli, rest}).empty(), late == 1);
  }
}

TEST(BeaconService, SessionsWithoutAReceiptHoldTheirRoom) {
  BeaconSettings small = settings();
  small.limits.sessions = 2;
  Scene scene(small);
  ASSERT_TRUE(scene.open_session());
  ASSERT_TRUE(scene.open_session());
  scene.now += small.limits.linger_nanos;
  EXPECT_FALSE(scene.open_session());
  scene.now += small.limits.session_nanos - small.limits.linger_nanos;
  EXPECT_TRUE(scene.open_session());
}

TEST(BeaconService, TableOfSessionsIsBounded) {
  BeaconSettings small = settings();
  small.limits.sessions = 3;
  Scene scene(small);
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(scene.open_session());
  const auto cookie = scene.ask_cookie();
  const auto opening = scene.opening();
  EXPECT_EQ(code_of(scene.send(ranging::OpeningPacket{cookie, opening})), errc::beacon_busy);
  scene.now += small.limits.session_nanos;
  EXPECT_TRUE(scene.open_session());
}

TEST(BeaconService, ChipsAndAddressesAreLimited) {
  BeaconSettings strict = settings();
  strict.limits.per_chip = {2, 1'000 * milli};
  strict.limits.per_address = {4, 1'000 * milli};
  Scene scene(strict);
  const auto next = [&] {
    const auto cookie = scene.ask_cookie();
    const auto opening = scene.opening();
    return code_of(scene.send(ranging::OpeningPacket{cookie, opening}));
  };
  EXPECT_EQ(next(), Errc{});
  EXPECT_EQ(next(), Errc{});
  EXPECT_EQ(next(), errc::beacon_rate);  // the chip
  scene.chip.seed[0] = 10;
  EXPECT_EQ(next(), Errc{});
  scene.chip.seed[0] = 11;
  scene.source = address(1, 6000);  // another port is the same address
  EXPECT_EQ(next(), errc::beacon_rate);
  scene.source = address(2);
  EXPECT_EQ(next(), Errc{});
  scene.source = address();
  scene.now += 1'000 * milli;
  EXPECT_EQ(next(), Errc{});
}

TEST(BeaconService, BadOpeningsAreRefusedByName) {
  Scene scene;
  const auto cookie = scene.ask_cookie();
  auto opening = scene.opening();
  opening.back() ^= 1;
  EXPECT_NE(code_of(scene.send(ranging::OpeningPacket{cookie, opening})), Errc{});
  BeaconSettings other = settings();
  other.key.seed[0] = 1;
  Scene stranger(other);
  const auto meant_for_other = stranger.opening();
  EXPECT_EQ(code_of(scene.send(ranging::OpeningPacket{cookie, meant_for_other})),
            errc::ranging_opening);
  EXPECT_EQ(scene.service.counters().refused, 2U);
}

TEST(BeaconService, QualityIsThatOfTheWorseStamp) {
  Scene scene;
  ASSERT_TRUE(scene.open_session());
  auto challenge = scene.ready();
  std::optional<Reply> reply;
  for (int i = 0; i < 4; ++i) {
    ByteArray<ranging::packet_size_max> space{};
    scene.now += milli;
    const auto written = ranging::write_packet(scene.answer_to(*challenge), space);
    const auto quality = ranging::StampQuality::kernel_software;
    reply = scene.handle(*written, {scene.now, quality});
    ASSERT_TRUE(reply);
    scene.service.sent(*reply, {scene.now, quality});
    const auto packet = ranging::parse_packet(reply->view());
    const auto* next = std::get_if<ranging::ChallengePacket>(&*packet);
    if (next != nullptr) challenge = *next;
  }
  // The first challenge was stamped by the program, but a later exchange was not longer.
  const auto packet = ranging::parse_packet(reply->view());
  const auto* receipt = std::get_if<ranging::ReceiptPacket>(&*packet);
  ASSERT_NE(receipt, nullptr);
  EXPECT_EQ(scene.verify(receipt->receipt)->receipt().quality, ranging::StampQuality::user_space);
}

TEST(BeaconService, SimulatedFaultsAreSigned) {
  BeaconSettings lying = settings();
  lying.simulated_fault.claimed_round_trip = RoundTripNanos{milli};
  lying.simulated_fault.time_shift = hours(-2);
  Scene scene(lying);
  EXPECT_TRUE(lying.simulated_fault.any());
  EXPECT_FALSE(settings().simulated_fault.any());
  ASSERT_TRUE(scene.open_session());
  const auto receipt = scene.run({90 * milli, 90 * milli, 90 * milli, 90 * milli});
  const auto verified = scene.verify(receipt);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->receipt().least_round_trip.value, milli);
  EXPECT_EQ(verified->receipt().time, scene.clock.time - hours(2));
}

/// Whatever the delays, the receipt never states less than the least true round trip.
RC_GTEST_PROP(BeaconService, NeverStatesLessThanTheTrueRoundTrip, ()) {
  Scene scene;
  RC_ASSERT(scene.open_session());
  std::vector<std::int64_t> trips;
  for (int i = 0; i < 4; ++i)
    trips.push_back(*rc::gen::inRange<std::int64_t>(1, 400 * milli));
  const auto verified = scene.verify(scene.run(trips));
  RC_ASSERT(verified.has_value());
  const std::int64_t least = *std::ranges::min_element(trips);
  RC_ASSERT(verified->receipt().least_round_trip.value == least + 1000);
}

}  // namespace

}  // namespace daymark::beacon
