// Sessions that the governor's process runs on a socket of its own, over real sockets.
#include "daymark/agent/burst.h"

#include <set>

#include <gtest/gtest.h>

#include "daymark/agent/errors.h"
#include "daymark/agent/process_testing.h"
#include "daymark/agent/scripted_peer_testing.h"
#include "daymark/beacon/errors.h"
#include "daymark/beacon/udp_chip_testing.h"
#include "daymark/governor/errors.h"
#include "daymark/net/errors.h"
#include "daymark/ranging/packet.h"

namespace daymark::agent {
namespace {

using beacon::testing::RunningBeacon;
using governor::testing::verdict;
using governor::testing::World;
using testing::ScriptedPeer;

using Bytes = std::vector<Byte>;

constexpr RangingPatience impatient{{50}, 3, {600}};

class BurstTest : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::pin_first_beacon(world, crypto::ed25519_public(beacon.settings().key),
                              beacon.settings().place);
    start();
  }

  void start() {
    auto opened = GovernorProcess::open(folder.options(world), clock, random);
    ASSERT_EQ(verdict(opened), "ok");
    process.emplace(*std::move(opened));
    host = testing::transport_to(folder.options(world).socket);
    client.emplace(host);
  }

  void enrol() {
    const auto nonce = client->begin_enrolment();
    ASSERT_EQ(verdict(nonce), "ok");
    ASSERT_EQ(verdict(testing::enrol_with(world, *client, *nonce)), "ok");
  }

  [[nodiscard]] static BeaconRoute route_to(const net::Endpoint& peer) {
    return {0, net::print_endpoint(peer)};
  }

  /// What a session on the governor's own socket gave.
  [[nodiscard]] Outcome<Bytes> burst(const net::Endpoint& peer,
                                     const RangingPatience& patience = {}) const {
    auto done = ask_burst(host, route_to(peer), patience);
    return done ? *std::move(done) : refuse(errc::gov_operation, "no socket");
  }

  [[nodiscard]] std::uint32_t begin(const net::Endpoint& peer, const RangingPatience& patience) {
    const auto response = host(print_burst_request(BurstBegin{route_to(peer), patience}));
    return response ? parse_burst_number(*response).value_or(0) : 0;
  }

  [[nodiscard]] std::string_view refusal_of(const BurstRequest& request) {
    const auto response = host(print_burst_request(request));
    if (!response) return verdict(response);
    const auto state = parse_burst_state(*response);
    return state ? "ok" : entry_of(state.error().code).name;
  }

  World world;
  RunningBeacon beacon;
  SystemClock clock;
  crypto::SystemRandom random;
  testing::ProcessFolder folder{"burst"};
  std::optional<testing::RunningProcess> process;
  governor::Transport host;
  std::optional<governor::Client> client;
};

/// A governor that is only carried to, over the same socket.
class CarriedPort final : public GovernorPort {
 public:
  explicit CarriedPort(governor::Client& client) : client_(client) {}

  Outcome<Bytes> open(std::size_t) override { return client_.open_ranging(0); }

  Outcome<void> accept(std::size_t, ByteView welcome) override {
    return client_.accept_welcome(0, welcome);
  }

  Outcome<ranging::AnswerTag> answer(std::size_t, std::uint32_t number,
                                     const ranging::Challenge& challenge) override {
    return client_.answer(0, number, challenge);
  }

  Outcome<void> deliver(std::size_t, ByteView receipt) override {
    const auto reading = client_.accept_receipt(0, receipt);
    return reading ? Outcome<void>{} : std::unexpected(reading.error());
  }

 private:
  governor::Client& client_;
};

TEST_F(BurstTest, GivesTheReceiptThatCarryingGives) {
  enrol();
  for (const bool busy : {false, true}) {
    RangingPatience patience;
    patience.busy = busy;
    const auto own = burst(beacon.local(), patience);
    ASSERT_EQ(verdict(own), "ok");
    // The core takes it once, as it takes any other.
    ASSERT_EQ(verdict(client->accept_receipt(0, *own)), "ok");
    EXPECT_EQ(verdict(client->accept_receipt(0, *own)), "gov_no_session");
    CarriedPort port(*client);
    const auto carried = range_with(route_to(beacon.local()), port, patience);
    ASSERT_EQ(verdict(carried), "ok");
    const auto a = ranging::parse_receipt(*own);
    const auto b = ranging::parse_receipt(*carried);
    ASSERT_TRUE(a && b);
    EXPECT_EQ(a->chip, process->chip());
    EXPECT_EQ(a->chip, b->chip);
    EXPECT_EQ(a->beacon, b->beacon);
    EXPECT_EQ(a->place, b->place);
    EXPECT_EQ(a->exchanges, b->exchanges);
    EXPECT_EQ(a->quality, b->quality);
    EXPECT_NE(a->chip_nonce, b->chip_nonce);
  }
}

TEST_F(BurstTest, CountsNoRefusal) {
  enrol();
  ASSERT_EQ(verdict(burst(beacon.local())), "ok");
  const auto status = client->status();
  ASSERT_EQ(verdict(status), "ok");
  EXPECT_EQ(status->status.refusal_total, 0U);
}

TEST_F(BurstTest, EndsInPatienceWhereTheBeaconIsDead) {
  enrol();
  ScriptedPeer silent([](const net::Datagram&) { return Bytes{}; });
  for (const bool busy : {false, true}) {
    RangingPatience patience = impatient;
    patience.busy = busy;
    const auto done = burst(silent.socket.local(), patience);
    EXPECT_EQ(verdict(done), "net_timeout");
    EXPECT_EQ(done.error().subject, net::print_endpoint(silent.socket.local()));
  }
  EXPECT_EQ(verdict(burst(*net::parse_endpoint("127.0.0.1:9"), impatient)), "net_timeout");
}

TEST_F(BurstTest, IsWaitedForUntilTheAskerStops) {
  enrol();
  std::stop_source stop;
  ScriptedPeer silent([&](const net::Datagram&) {
    stop.request_stop();
    return Bytes{};
  });
  const TickMillis begin = clock.tick();
  const RangingPatience patient{seconds(20), 1, seconds(20)};
  const auto done = ask_burst(host, route_to(silent.socket.local()), patient, stop.get_token());
  ASSERT_TRUE(done);
  EXPECT_EQ(verdict(*done), "net_timeout");
  EXPECT_LT(clock.tick() - begin, seconds(15));
  // It goes on, and ends with its own patience or with the process.
  EXPECT_EQ(refusal_of(BurstBegin{route_to(beacon.local()), {}}), "agent_burst_runs");
}

TEST_F(BurstTest, RefusesByNameWhatHasNoSession) {
  EXPECT_EQ(verdict(burst(beacon.local())), "gov_unprovisioned");
  enrol();
  const auto nowhere =
      ask_burst(host, {order::beacons_max, net::print_endpoint(beacon.local())}, RangingPatience{});
  ASSERT_TRUE(nowhere);
  EXPECT_EQ(verdict(*nowhere), "gov_beacon");
  const auto no_address = ask_burst(host, {0, "beacon.example:1"}, RangingPatience{});
  ASSERT_TRUE(no_address);
  EXPECT_EQ(verdict(*no_address), "net_address_malformed");
  // Opened for another key than this beacon's.
  const auto other = ask_burst(host, {1, net::print_endpoint(beacon.local())}, RangingPatience{});
  ASSERT_TRUE(other);
  EXPECT_EQ(verdict(*other), "ranging_opening");
}

TEST_F(BurstTest, IgnoresPacketsOfOthers) {
  enrol();
  ByteArray<ranging::packet_size_max> space{};
  const auto error = ranging::write_packet(ranging::ErrorPacket{errc::beacon_busy}, space);
  ASSERT_TRUE(error);
  auto stranger = net::UdpSocket::bind();
  ASSERT_TRUE(stranger);
  ScriptedPeer silent([&](const net::Datagram& request) {
    (void)stranger->send_to(request.from, *error);
    return Bytes{};
  });
  EXPECT_EQ(verdict(burst(silent.socket.local(), impatient)), "net_timeout");
  // The beacon's own word would have ended it.
  ScriptedPeer honest([&](const net::Datagram&) { return Bytes(error->begin(), error->end()); });
  EXPECT_EQ(verdict(burst(honest.socket.local(), impatient)), "beacon_busy");
}

TEST_F(BurstTest, SendsNothingButPacketsOfRanging) {
  enrol();
  auto onward = net::UdpSocket::bind();
  ASSERT_TRUE(onward);
  std::set<std::size_t> kinds;
  std::set<net::Endpoint> sources;
  {
    ScriptedPeer between([&](const net::Datagram& request) {
      const auto packet = ranging::parse_packet(request.content);
      kinds.insert(packet ? packet->index() : std::variant_npos);
      sources.insert(request.from);
      (void)onward->send_to(beacon.local(), request.content);
      ByteArray<2048> buffer{};
      const auto got = onward->receive(buffer, seconds(5));
      return got && *got ? Bytes((*got)->content.begin(), (*got)->content.end()) : Bytes{};
    });
    EXPECT_EQ(verdict(burst(between.socket.local())), "ok");
  }
  const auto index = [](const ranging::Packet& packet) { return packet.index(); };
  const std::set<std::size_t> listed{index(ranging::OpeningPacket{}), index(ranging::ReadyPacket{}),
                                     index(ranging::AnswerPacket{})};
  EXPECT_EQ(kinds, listed);
  EXPECT_EQ(sources.size(), 1U);
}

TEST_F(BurstTest, AnswersOthersMeanwhile) {
  enrol();
  ScriptedPeer silent([](const net::Datagram&) { return Bytes{}; });
  RangingPatience patience{seconds(1), 1, seconds(1)};
  patience.busy = true;
  const std::uint32_t number = begin(silent.socket.local(), patience);
  ASSERT_NE(number, 0U);
  governor::Client other = connect_governor(folder.options(world).socket);
  for (int i = 0; i < 20; ++i)
    ASSERT_EQ(verdict(other.status()), "ok");
  EXPECT_EQ(verdict(other.attest(bytes_of("12345678"))), "ok");
  // None of that waited for the burst, and a second one is not begun beside it.
  EXPECT_EQ(refusal_of(BurstQuery{number}), "ok");
  EXPECT_EQ(refusal_of(BurstBegin{route_to(beacon.local()), {}}), "agent_burst_runs");
}

TEST_F(BurstTest, KnowsTheNewestBurstAlone) {
  enrol();
  EXPECT_EQ(refusal_of(BurstQuery{0}), "agent_burst_unknown");
  EXPECT_EQ(refusal_of(BurstQuery{1}), "agent_burst_unknown");
  ASSERT_EQ(verdict(burst(beacon.local())), "ok");
  ASSERT_EQ(verdict(burst(beacon.local())), "ok");
  EXPECT_EQ(refusal_of(BurstQuery{1}), "agent_burst_unknown");
  EXPECT_EQ(refusal_of(BurstQuery{2}), "ok");
  EXPECT_EQ(refusal_of(BurstQuery{3}), "agent_burst_unknown");
}

TEST_F(BurstTest, EndsWithItsProcess) {
  enrol();
  ScriptedPeer silent([](const net::Datagram&) { return Bytes{}; });
  ASSERT_NE(begin(silent.socket.local(), {seconds(20), 1, seconds(20)}), 0U);
  const TickMillis start = clock.tick();
  process.reset();
  EXPECT_LT(clock.tick() - start, seconds(10));
}

TEST_F(BurstTest, IsNotOfferedByACoreAlone) {
  governor::testing::Device device(world);
  device.enrol();
  const governor::Transport core = [&device](ByteView request) -> Outcome<Bytes> {
    return device.exchange(request);
  };
  EXPECT_FALSE(ask_burst(core, route_to(beacon.local()), impatient));
}

}  // namespace
}  // namespace daymark::agent
