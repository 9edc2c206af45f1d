// Finished sessions under one root: who waits for whom, and for how long.
#include <algorithm>
#include <array>
#include <map>
#include <thread>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/beacon/beacon_testing.h"
#include "daymark/beacon/errors.h"
#include "daymark/beacon/udp_chip_testing.h"

namespace daymark::beacon {

namespace {

using testing::address;
using testing::code_of;
using testing::milli;
using testing::RunningBeacon;
using testing::Scene;
using testing::settings;
using testing::UdpChip;

BeaconSettings waiting(Millis interval, std::size_t most = ranging::batch_receipts_max) {
  BeaconSettings out = settings();
  out.batch_interval = interval;
  out.limits.batch = most;
  return out;
}

/// A session that has been measured.
struct Measured {
  ranging::SessionId id;
  net::Endpoint source;
  crypto::PublicKey chip;
  Digest nonce{};
  std::vector<Byte> receipt;  ///< empty where the beacon kept silent
};

/// Chip `number` from an address of its own; four exchanges of a microsecond each.
Measured measure(Scene& scene, Byte number) {
  scene.chip.seed[0] = number;
  scene.source = address(number);
  EXPECT_TRUE(scene.open_session());
  const auto receipt = scene.run({1000, 1000, 1000, 1000});
  return {scene.id, scene.source, crypto::ed25519_public(scene.chip), scene.session.nonce(),
          receipt};
}

Result<ranging::VerifiedReceipt> verify(const Scene& scene, const Measured& one, ByteView receipt) {
  const order::BeaconEntry entry{"b", "o", scene.beacon_key(), scene.used.place};
  return ranging::verify_receipt(receipt, {&entry, one.chip, one.nonce});
}

/// What the beacon sends by itself at `now`, by whom it is for.
std::map<net::Endpoint, std::vector<Byte>> sent_at(Scene& scene, std::int64_t now) {
  std::map<net::Endpoint, std::vector<Byte>> out;
  while (const auto next = scene.service.next_receipt(now)) {
    const auto packet = ranging::parse_packet(next->reply.view());
    const auto* receipt = packet ? std::get_if<ranging::ReceiptPacket>(&*packet) : nullptr;
    EXPECT_NE(receipt, nullptr);
    if (receipt == nullptr) continue;
    EXPECT_FALSE(out.contains(next->to));
    out[next->to] = {receipt->receipt.begin(), receipt->receipt.end()};
  }
  return out;
}

std::vector<Byte> root_of(ByteView receipt) {
  const auto parts = ranging::split_receipt(receipt);
  return parts ? std::vector<Byte>(parts->root.begin(), parts->root.end()) : std::vector<Byte>{};
}

TEST(BeaconBatch, SessionsThatEndTogetherShareOneRoot) {
  Scene scene(waiting({20}));
  std::vector<Measured> all;
  for (Byte chip = 1; chip <= 7; ++chip) {
    all.push_back(measure(scene, chip));
    EXPECT_TRUE(all.back().receipt.empty());
  }
  const auto due = scene.service.batch_due();
  ASSERT_TRUE(due);
  EXPECT_TRUE(sent_at(scene, *due - 1).empty());
  EXPECT_EQ(scene.service.counters().receipts, 0U);
  scene.clock.time.value += 3;
  const auto sent = sent_at(scene, *due);
  ASSERT_EQ(sent.size(), 7U);
  for (const Measured& one : all) {
    const auto verified = verify(scene, one, sent.at(one.source));
    ASSERT_TRUE(verified);
    EXPECT_EQ(verified->receipt().time, scene.clock.time);  // of the root, not of the session
    EXPECT_EQ(root_of(sent.at(one.source)), root_of(sent.begin()->second));
  }
  EXPECT_EQ(scene.service.counters().batches, 1U);
  EXPECT_EQ(scene.service.counters().receipts, 7U);
  EXPECT_FALSE(scene.service.batch_due());
}

TEST(BeaconBatch, TheFirstSessionSetsTheTime) {
  Scene scene(waiting({20}));
  measure(scene, 1);
  const std::int64_t due = scene.now + 20 * milli;
  EXPECT_EQ(scene.service.batch_due(), due);
  scene.now += 19 * milli;
  measure(scene, 2);
  EXPECT_EQ(scene.service.batch_due(), due);
  EXPECT_EQ(sent_at(scene, due).size(), 2U);
  // The next batch has a time of its own.
  scene.now = due + 5 * milli;
  measure(scene, 3);
  EXPECT_EQ(scene.service.batch_due(), scene.now + 20 * milli);
}

TEST(BeaconBatch, WhoeverWaitsIsNotAnsweredBefore) {
  Scene scene(waiting({20}));
  const Measured one = measure(scene, 1);
  EXPECT_FALSE(scene.send(ranging::ReadyPacket{one.id}));
  EXPECT_FALSE(scene.send(ranging::ReadyPacket{one.id}));
  EXPECT_EQ(scene.service.counters().refused, 0U);
  const auto sent = sent_at(scene, *scene.service.batch_due());
  ASSERT_EQ(sent.size(), 1U);
  // Lost on the way: it is asked for again, and signed once.
  const auto again = scene.send(ranging::ReadyPacket{one.id});
  const auto* packet = again ? std::get_if<ranging::ReceiptPacket>(&*again) : nullptr;
  ASSERT_NE(packet, nullptr);
  EXPECT_TRUE(equal(packet->receipt, sent.at(one.source)));
  EXPECT_EQ(scene.service.counters().batches, 1U);
}

TEST(BeaconBatch, AnswersOfWhoeverWaitsChangeNothing) {
  Scene scene(waiting({20}));
  const Measured one = measure(scene, 1);
  EXPECT_FALSE(scene.send(ranging::AnswerPacket{one.id, 3, {1, 2, 3}}));
  const auto sent = sent_at(scene, *scene.service.batch_due());
  EXPECT_EQ(verify(scene, one, sent.at(one.source))->receipt().exchanges, 4U);
}

TEST(BeaconBatch, AFullBatchIsSignedAtOnce) {
  Scene scene(waiting({1000}, 3));
  measure(scene, 1);
  measure(scene, 2);
  const Measured last = measure(scene, 3);
  EXPECT_FALSE(last.receipt.empty());  // or another one's: the first of three
  EXPECT_EQ(sent_at(scene, scene.now).size(), 2U);
  EXPECT_EQ(scene.service.counters().batches, 1U);
  measure(scene, 4);
  EXPECT_TRUE(sent_at(scene, scene.now).empty());
}

TEST(BeaconBatch, NoIntervalMeansNoWaiting) {
  Scene scene;
  const Measured one = measure(scene, 1);
  ASSERT_TRUE(verify(scene, one, one.receipt));
  EXPECT_FALSE(scene.service.batch_due());
}

TEST(BeaconBatch, SessionsThatEndedWhileTheyWaitedAreLeftOut) {
  BeaconSettings brief = waiting({20});
  brief.limits.session_nanos = 10 * milli;
  Scene scene(brief);
  measure(scene, 1);
  const std::int64_t due = *scene.service.batch_due();
  scene.now += 12 * milli;
  const Measured second = measure(scene, 2);
  const auto sent = sent_at(scene, due);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_TRUE(verify(scene, second, sent.at(second.source)));
  EXPECT_EQ(ranging::split_receipt(sent.at(second.source))->path.size(), 0U);
  // One that waits alone and is gone leaves nothing to sign.
  measure(scene, 3);
  scene.now += 30 * milli;
  scene.send(ranging::ReadyPacket{});
  EXPECT_TRUE(sent_at(scene, scene.now).empty());
  EXPECT_EQ(scene.service.counters().batches, 1U);
}

TEST(BeaconBatch, ATimeThatCannotBeSignedIsNot) {
  BeaconSettings absurd = settings();
  absurd.simulated_fault.time_shift = days(-100'000);
  Scene scene(absurd);
  EXPECT_TRUE(measure(scene, 1).receipt.empty());
  EXPECT_EQ(scene.service.counters().batches, 0U);
  EXPECT_EQ(scene.service.counters().refused, 1U);
  EXPECT_FALSE(scene.service.batch_due());
}

/// Each session once, whoever comes when: none is lost, none is signed twice, and a path is no
/// longer than its batch needs.
RC_GTEST_PROP(BeaconBatch, EverySessionGetsOneReceipt, ()) {
  Scene scene(waiting({20}, *rc::gen::inRange<std::size_t>(1, 6)));
  const auto count = *rc::gen::inRange<Byte>(1, 25);
  std::vector<Measured> all;
  std::map<net::Endpoint, std::vector<Byte>> got;
  for (Byte chip = 1; chip <= count; ++chip) {
    all.push_back(measure(scene, chip));
    // A full batch gives one receipt to whoever speaks next: Scene takes it for the last chip's.
    if (!all.back().receipt.empty()) {
      const auto claims = ranging::parse_receipt(all.back().receipt);
      const auto whose = std::ranges::find(all, claims->chip, &Measured::chip);
      got[whose->source] = std::exchange(all.back().receipt, {});
    }
    got.merge(sent_at(scene, scene.now));
    scene.now += *rc::gen::inRange<std::int64_t>(0, 15 * milli);
  }
  got.merge(sent_at(scene, scene.now + 20 * milli));
  RC_ASSERT(got.size() == all.size());
  for (const Measured& one : all)
    RC_ASSERT(verify(scene, one, got.at(one.source)).has_value());
  RC_ASSERT(scene.service.counters().receipts == all.size());
}

TEST(BeaconBatch, ALoneChipWaitsNoLongerThanTheInterval) {
  BeaconOptions options;
  options.settings.batch_interval = Millis{60};
  RunningBeacon beacon(options);
  UdpChip chip(beacon.local());
  SystemClock clock;
  const TickMillis start = clock.tick();
  EXPECT_TRUE(chip.range(beacon.settings()));
  const Millis took = clock.tick() - start;
  EXPECT_GE(took, Millis{59});
  EXPECT_LT(took, seconds(4));
}

TEST(BeaconBatch, ChipsAtOnceAreServedTogether) {
  BeaconOptions options;
  options.settings.batch_interval = Millis{400};
  options.settings.limits.batch = 4;
  RunningBeacon beacon(options);
  std::array<std::optional<ranging::Receipt>, 4> got;
  {
    std::vector<std::jthread> threads;
    for (auto& one : got)
      threads.emplace_back([&] { one = UdpChip(beacon.local()).range(beacon.settings()); });
  }
  for (const auto& one : got)
    EXPECT_TRUE(one);
}

}  // namespace

}  // namespace daymark::beacon
