#include "daymark/agent/ranging_client.h"

#include <thread>

#include <gtest/gtest.h>

#include "daymark/agent/scripted_peer_testing.h"
#include "daymark/beacon/delay_relay.h"
#include "daymark/beacon/errors.h"
#include "daymark/beacon/udp_chip_testing.h"
#include "daymark/net/errors.h"
#include "daymark/ranging/errors.h"

namespace daymark::agent {

namespace {

using beacon::testing::milli;
using beacon::testing::RunningBeacon;
using testing::ScriptedPeer;

/// A governor that holds one key and checks every receipt.
class TestGovernor final : public GovernorPort {
 public:
  explicit TestGovernor(const beacon::BeaconSettings& of)
      : entry_{"b", "o", crypto::ed25519_public(of.key), of.place} {}

  Outcome<std::vector<Byte>> open(std::size_t) override {
    ByteArray<ranging::opening_size_max> space{};
    DAYMARK_TRY(const ByteView message, session_.open(chip_, entry_.key, random_, space));
    ++openings;
    return std::vector<Byte>(message.begin(), message.end());
  }

  Outcome<void> accept(std::size_t, ByteView welcome) override {
    return about(session_.accept(welcome), "welcome");
  }

  Outcome<ranging::AnswerTag> answer(std::size_t, std::uint32_t number,
                                     const ranging::Challenge& challenge) override {
    return about(session_.answer(number, challenge), "challenge");
  }

  Outcome<void> deliver(std::size_t, ByteView receipt) override {
    const ranging::ReceiptExpectation expected{&entry_, crypto::ed25519_public(chip_),
                                               session_.nonce()};
    DAYMARK_TRY(const auto verified, ranging::verify_receipt(receipt, expected));
    delivered = verified.receipt();
    return {};
  }

  std::optional<Outcome<std::vector<Byte>>> run_session(const BeaconRoute&,
                                                        const RangingPatience&) override {
    return own;
  }

  int openings = 0;
  std::optional<ranging::Receipt> delivered;
  std::optional<Outcome<std::vector<Byte>>> own;  ///< what a session on its own socket gave

 private:
  order::BeaconEntry entry_;
  crypto::SystemRandom random_;
  crypto::SecretKey chip_{{7}};
  ranging::ChipSession session_;
};

BeaconRoute route_to(const net::Endpoint& peer) {
  return {0, net::print_endpoint(peer)};
}

constexpr RangingPatience hasty{{50}, 3, {1000}};

TEST(RangingClient, BringsTheReceiptToTheGovernor) {
  RunningBeacon beacon;
  TestGovernor governor(beacon.settings());
  const auto receipt = range_with(route_to(beacon.local()), governor);
  ASSERT_TRUE(receipt);
  ASSERT_TRUE(governor.delivered);
  EXPECT_EQ(governor.delivered->exchanges, 4U);
  EXPECT_EQ(governor.openings, 1);
  EXPECT_EQ(ranging::parse_receipt(*receipt)->time, beacon.clock.time);
}

TEST(RangingClient, LooksWithoutSleepingWhereItIsTold) {
  RunningBeacon beacon;
  TestGovernor governor(beacon.settings());
  RangingPatience patience;
  patience.busy = true;
  ASSERT_TRUE(range_with(route_to(beacon.local()), governor, patience));
  EXPECT_EQ(governor.delivered->exchanges, 4U);
  // A silent beacon ends it all the same, at the same time.
  ScriptedPeer silent([](const net::Datagram&) { return std::vector<Byte>{}; });
  RangingPatience short_patience = hasty;
  short_patience.busy = true;
  EXPECT_EQ(
      range_with(route_to(silent.socket.local()), governor, short_patience).error().error.code,
      errc::net_timeout);
}

TEST(RangingClient, WorksThroughTheDelayRelay) {
  RunningBeacon beacon;
  beacon::RelayOptions options;
  options.pairs = {{"127.0.0.1:0", net::print_endpoint(beacon.local()), {25 * milli}}};
  auto relay = beacon::DelayRelay::open(options);
  ASSERT_TRUE(relay);
  std::thread thread([&relay] { (void)relay->run(); });
  TestGovernor governor(beacon.settings());
  const auto receipt = range_with(route_to(relay->local(0)), governor);
  relay->stop();
  thread.join();
  ASSERT_TRUE(receipt);
  EXPECT_GE(governor.delivered->least_round_trip.value, 25 * milli);
}

TEST(RangingClient, OutlivesLostPackets) {
  RunningBeacon beacon;
  auto onward = net::UdpSocket::bind({});
  ASSERT_TRUE(onward);
  int count = 0;
  // Every third request of the chip is lost, the first one too.
  ScriptedPeer lossy([&](const net::Datagram& request) -> std::vector<Byte> {
    if (++count % 3 == 1) return {};
    ByteArray<2048> buffer{};
    (void)onward->send_to(beacon.local(), request.content);
    const auto got = onward->receive(buffer, {500});
    if (!got || !*got) return {};
    return {(*got)->content.begin(), (*got)->content.end()};
  });
  TestGovernor governor(beacon.settings());
  const auto receipt =
      range_with(route_to(lossy.socket.local()), governor, {{100}, 4, seconds(20)});
  ASSERT_TRUE(receipt) << static_cast<int>(receipt.error().error.code);
  EXPECT_EQ(governor.openings, 1);
}

TEST(RangingClient, GivesUpOnASilentBeacon) {
  ScriptedPeer silent([](const net::Datagram&) { return std::vector<Byte>{}; });
  TestGovernor governor(beacon::testing::settings());
  const auto receipt = range_with(route_to(silent.socket.local()), governor, hasty);
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().error.code, errc::net_timeout);
  EXPECT_EQ(receipt.error().subject, net::print_endpoint(silent.socket.local()));
  EXPECT_EQ(silent.requests, 3);
  EXPECT_EQ(governor.openings, 0);  // nothing was signed for an address that didn't answer
}

TEST(RangingClient, EndsWhenItIsStopped) {
  ScriptedPeer silent([](const net::Datagram&) { return std::vector<Byte>{}; });
  for (const bool busy : {false, true}) {
    TestGovernor governor(beacon::testing::settings());
    std::stop_source stop;
    RangingPatience patience;
    patience.busy = busy;
    std::jthread stopper([&stop] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      stop.request_stop();
    });
    SystemClock clock;
    const TickMillis start = clock.tick();
    EXPECT_FALSE(range_with(route_to(silent.socket.local()), governor, patience, stop.get_token()));
    EXPECT_LT(clock.tick() - start, patience.each);
  }
}

TEST(RangingClient, LeavesTheSessionToAGovernorWithASocket) {
  RunningBeacon beacon;
  TestGovernor governor(beacon.settings());
  const auto carried = range_with(route_to(beacon.local()), governor);
  ASSERT_TRUE(carried && governor.delivered);
  EXPECT_EQ(governor.openings, 1);
  // Nothing is carried from here on, but the receipt comes to the governor as any other.
  governor.delivered.reset();
  governor.own = carried;
  const auto again = range_with(route_to(beacon.local()), governor);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *carried);
  EXPECT_TRUE(governor.delivered);
  governor.delivered.reset();
  governor.own = refuse(errc::beacon_busy, "beacon");
  EXPECT_EQ(range_with(route_to(beacon.local()), governor).error().error.code, errc::beacon_busy);
  governor.own = std::vector<Byte>{1, 2, 3};
  EXPECT_FALSE(range_with(route_to(beacon.local()), governor));
  EXPECT_FALSE(governor.delivered);
  EXPECT_EQ(governor.openings, 1);
}

TEST(RangingClient, IgnoresNoise) {
  ScriptedPeer noisy([](const net::Datagram&) { return std::vector<Byte>{1, 2, 3}; });
  TestGovernor governor(beacon::testing::settings());
  EXPECT_EQ(range_with(route_to(noisy.socket.local()), governor, hasty).error().error.code,
            errc::net_timeout);
}

TEST(RangingClient, PassesOnWhyTheBeaconRefused) {
  RunningBeacon beacon;
  beacon::BeaconSettings other = beacon.settings();
  other.key.seed[0] = 1;
  TestGovernor governor(other);  // opens for another key than this beacon's
  EXPECT_EQ(range_with(route_to(beacon.local()), governor).error().error.code,
            errc::ranging_opening);
}

TEST(RangingClient, GovernorHasTheLastWord) {
  RunningBeacon beacon;
  beacon::BeaconSettings elsewhere = beacon.settings();
  elsewhere.place.latitude += 1;
  TestGovernor governor(elsewhere);
  const auto receipt = range_with(route_to(beacon.local()), governor);
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().error.code, errc::receipt_place);
  EXPECT_FALSE(governor.delivered);
}

TEST(RangingClient, RefusesAddressesThatAreNone) {
  TestGovernor governor(beacon::testing::settings());
  EXPECT_EQ(range_with({0, "beacon.example:1"}, governor).error().error.code,
            errc::net_address_malformed);
}

}  // namespace

}  // namespace daymark::agent
