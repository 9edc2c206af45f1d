#include "daymark/beacon/delay_relay.h"

#include <thread>

#include <gtest/gtest.h>

#include "daymark/beacon/errors.h"
#include "daymark/beacon/stamp.h"
#include "daymark/beacon/udp_chip_testing.h"
#include "daymark/net/errors.h"

namespace daymark::beacon {

namespace {

using testing::milli;
using testing::RunningBeacon;
using testing::UdpChip;

/// Relays until it goes out of scope.
struct RunningRelay {
  explicit RunningRelay(const RelayOptions& options) {
    auto opened = DelayRelay::open(options);
    if (!opened) return;
    relay.emplace(*std::move(opened));
    thread = std::thread([this] { (void)relay->run(); });
  }

  RunningRelay(const RunningRelay&) = delete;
  RunningRelay& operator=(const RunningRelay&) = delete;

  ~RunningRelay() {
    if (!relay) return;
    relay->stop();
    thread.join();
  }

  std::optional<DelayRelay> relay;
  std::thread thread;
};

RelayPair pair_to(const net::Endpoint& target, std::int64_t round_trip_nanos) {
  return {"127.0.0.1:0", net::print_endpoint(target), {round_trip_nanos}};
}

TEST(DelayRelay, MeasuredRoundTripIsTheConfiguredOneAndLittleMore) {
  RunningBeacon beacon;
  RelayOptions options;
  const std::int64_t configured[] = {3 * milli, 40 * milli, 137'300'000};
  for (const std::int64_t each : configured)
    options.pairs.push_back(pair_to(beacon.local(), each));
  RunningRelay relay(options);
  for (std::size_t i = 0; i < options.pairs.size(); ++i) {
    UdpChip chip(relay.relay->local(i));
    const auto receipt = chip.range(beacon.settings());
    ASSERT_TRUE(receipt);
    const std::int64_t added = receipt->least_round_trip.value - configured[i];
    EXPECT_GE(added, 0);
    EXPECT_LT(added, 20 * milli);  // generous: test machines are busy
    RecordProperty("added_nanos_" + std::to_string(i), std::to_string(added));
    std::printf("configured %.1f ms, added %.3f ms\n", static_cast<double>(configured[i]) / 1e6,
                static_cast<double>(added) / 1e6);
  }
}

TEST(DelayRelay, ClientsKeepApart) {
  RunningBeacon beacon;
  RelayOptions options;
  options.pairs = {pair_to(beacon.local(), 2 * milli)};
  RunningRelay relay(options);
  UdpChip first(relay.relay->local(0));
  UdpChip second(relay.relay->local(0));
  const auto cookie = first.ask(ranging::OpeningPacket{});
  const auto other = second.ask(ranging::OpeningPacket{});
  ASSERT_TRUE(cookie && other);
  // The beacon sees two sources, so it gives two cookies.
  EXPECT_NE(std::get_if<ranging::CookiePacket>(&*cookie)->cookie,
            std::get_if<ranging::CookiePacket>(&*other)->cookie);
  EXPECT_TRUE(second.range(beacon.settings()));
  EXPECT_TRUE(first.range(beacon.settings()));
}

TEST(DelayRelay, OldClientsMakeRoom) {
  RunningBeacon beacon;
  RelayOptions options;
  options.pairs = {pair_to(beacon.local(), 0)};
  options.clients_max = 2;
  RunningRelay relay(options);
  for (int i = 0; i < 5; ++i) {
    UdpChip chip(relay.relay->local(0));
    EXPECT_TRUE(chip.range(beacon.settings())) << i;
  }
}

TEST(DelayRelay, RefusesWhatItCannotServe) {
  const auto code = [](const RelayOptions& options) {
    return DelayRelay::open(options).error().error.code;
  };
  RelayOptions options;
  EXPECT_EQ(code(options), errc::relay_pairs);
  options.pairs = {{"127.0.0.1:0", "127.0.0.1:1", {-1}}};
  EXPECT_EQ(code(options), errc::relay_delay);
  options.pairs[0].round_trip = {10'000'000'001};
  EXPECT_EQ(code(options), errc::relay_delay);
  options.pairs[0].round_trip = {0};
  options.pairs[0].target = "nowhere";
  EXPECT_EQ(code(options), errc::net_address_malformed);
  options.pairs.assign(1025, {"127.0.0.1:0", "127.0.0.1:1", {0}});
  EXPECT_EQ(code(options), errc::relay_pairs);
}

}  // namespace

}  // namespace daymark::beacon
