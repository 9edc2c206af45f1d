#include "daymark/beacon/server.h"

#include <chrono>
#include <ctime>
#include <thread>

#include <gtest/gtest.h>
#include <pthread.h>

#include "daymark/beacon/beacon_testing.h"
#include "daymark/beacon/errors.h"
#include "daymark/beacon/udp_chip_testing.h"
#include "daymark/net/errors.h"

namespace daymark::beacon {

namespace {

using testing::RunningBeacon;
using testing::UdpChip;

TEST(BeaconServer, AnswersOverRealSockets) {
  RunningBeacon beacon;
  UdpChip chip(beacon.local());
  const auto receipt = chip.range(beacon.settings());
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->exchanges, 4U);
  EXPECT_GT(receipt->least_round_trip.value, 0);
  EXPECT_LT(receipt->least_round_trip.value, 500 * testing::milli);
  EXPECT_EQ(receipt->time, beacon.clock.time);
}

/// Seconds of a core that the beacon used while `span` passed.
double seconds_used(RunningBeacon& beacon, std::chrono::milliseconds span) {
  clockid_t clock{};
  pthread_getcpuclockid(beacon.thread.native_handle(), &clock);
  timespec before{};
  timespec after{};
  ::clock_gettime(clock, &before);
  std::this_thread::sleep_for(span);
  ::clock_gettime(clock, &after);
  return static_cast<double>(after.tv_sec - before.tv_sec) +
         1e-9 * static_cast<double>(after.tv_nsec - before.tv_nsec);
}

TEST(BeaconServer, LooksWithoutSleepingForSoLongAsItIsTold) {
  BeaconOptions options;
  options.busy = Millis{400};
  RunningBeacon busy(options);
  EXPECT_LT(seconds_used(busy, std::chrono::milliseconds(100)), 0.01);
  UdpChip chip(busy.local());
  ASSERT_TRUE(chip.range(busy.settings()));
  EXPECT_GT(seconds_used(busy, std::chrono::milliseconds(400)), 0.02);
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  EXPECT_LT(seconds_used(busy, std::chrono::milliseconds(100)), 0.01);
}

TEST(BeaconServer, ProgramStampsAreStatedAsSuch) {
  BeaconOptions options;
  options.kernel_stamps = false;
  RunningBeacon beacon(options);
  UdpChip chip(beacon.local());
  const auto receipt = chip.range(beacon.settings());
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->quality, ranging::StampQuality::user_space);
}

TEST(BeaconServer, SurvivesNoise) {
  RunningBeacon beacon;
  UdpChip chip(beacon.local());
  crypto::SeededRandom random(5);
  // Few enough for the socket to hold them all while the beacon is not running.
  for (std::size_t size = 0; size < 1400; size += 31) {
    std::vector<Byte> noise(size);
    random.fill(noise);
    chip.send_raw(noise);
  }
  EXPECT_TRUE(chip.range(beacon.settings()));
}

TEST(BeaconServer, RefusesAddressesThatAreNotItsOwn) {
  testing::FixedClock clock;
  crypto::SeededRandom random(1);
  BeaconOptions options;
  options.settings = testing::settings();
  options.address = "0.0.0.0:0";
  EXPECT_EQ(BeaconServer::listen(options, clock, random).error().error.code,
            errc::net_address_public);
  options.address = "nonsense";
  EXPECT_EQ(BeaconServer::listen(options, clock, random).error().error.code,
            errc::net_address_malformed);
}

TEST(BeaconServer, StopsBeforeAndWhileRunning) {
  testing::FixedClock clock;
  crypto::SeededRandom random(1);
  BeaconOptions options;
  options.settings = testing::settings();
  auto server = BeaconServer::listen(options, clock, random);
  ASSERT_TRUE(server);
  server->stop();
  EXPECT_TRUE(server->run());
}

}  // namespace

}  // namespace daymark::beacon
