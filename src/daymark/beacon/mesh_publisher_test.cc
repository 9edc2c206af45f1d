#include "daymark/beacon/mesh_publisher.h"

#include <array>
#include <filesystem>
#include <map>

#include <gtest/gtest.h>
#include <unistd.h>

#include "daymark/base/file.h"
#include "daymark/beacon/beacon_testing.h"
#include "daymark/net/errors.h"
#include "daymark/ranging/errors.h"

namespace daymark::beacon {

namespace {

using testing::milli;

/// A beacon that peers range without sockets: each packet takes the round trip that it is told.
class SimulatedPeer {
 public:
  SimulatedPeer(std::string_view name, Byte seed, std::int32_t latitude) {
    settings_.key.seed[0] = seed;
    settings_.place = {latitude, 0};
    settings_.exchanges = 2;
    entry_ = {name, name, crypto::ed25519_public(settings_.key), settings_.place};
    service_.emplace(settings_, clock_, random_);
  }

  [[nodiscard]] const order::BeaconEntry& entry() const { return entry_; }

  [[nodiscard]] const BeaconSettings& settings() const { return settings_; }

  /// A whole session with whoever asks.
  Outcome<void> serve(PeerSession& chip) {
    const auto cookie = send(ranging::OpeningPacket{});
    DAYMARK_TRY(const auto opening, chip.open());
    const auto welcome =
        send(ranging::OpeningPacket{std::get<ranging::CookiePacket>(*cookie).cookie, opening});
    const auto& answered = std::get<ranging::WelcomePacket>(*welcome);
    DAYMARK_CHECK(chip.accept(answered.welcome));
    const ranging::SessionId session = answered.session;
    auto reply = send(ranging::ReadyPacket{session});
    while (const auto* challenge = std::get_if<ranging::ChallengePacket>(&*reply)) {
      DAYMARK_TRY(const auto tag, chip.answer(challenge->number, challenge->challenge));
      now_ += round_trip;
      reply = send(ranging::AnswerPacket{session, challenge->number, tag});
    }
    return chip.deliver(std::get<ranging::ReceiptPacket>(*reply).receipt);
  }

  std::int64_t round_trip = 3 * milli;

 private:
  std::optional<ranging::Packet> send(const ranging::Packet& packet) {
    ByteArray<ranging::packet_size_max> space{};
    const auto written = ranging::write_packet(packet, space);
    auto reply = service_->handle(*written, testing::address(), {now_});
    if (!reply) reply = service_->next_receipt(now_).value().reply;
    service_->sent(*reply, {now_});
    last_.assign(reply->view().begin(), reply->view().end());
    return ranging::parse_packet(last_).value();
  }

  testing::FixedClock clock_;
  crypto::SeededRandom random_{5};
  BeaconSettings settings_ = testing::settings();
  order::BeaconEntry entry_;
  std::optional<BeaconService> service_;
  std::int64_t now_ = 1'000'000'000;
  std::vector<Byte> last_;
};

struct MeshScene {
  MeshScene() {
    folder = std::filesystem::temp_directory_path() /
             ("mesh-" + std::to_string(crypto::SystemRandom().draw<4>()[0]) + "-" +
              std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    options.key = self.settings().key;
    options.place = self.settings().place;
    options.file = folder / "a.mesh";
    options.peers = {{b.entry(), "b"}, {c.entry(), "c"}};
  }

  MeshScene(const MeshScene&) = delete;
  MeshScene& operator=(const MeshScene&) = delete;

  ~MeshScene() { std::filesystem::remove_all(folder); }

  [[nodiscard]] MeshPublisher publisher() {
    return {options, clock, random, [this](const std::string& address, PeerSession& session) {
              if (gone == address) return Outcome<void>(refuse(errc::net_timeout, address));
              return address == "b" ? b.serve(session) : c.serve(session);
            }};
  }

  [[nodiscard]] Outcome<ranging::VerifiedMesh> published() const {
    DAYMARK_TRY(const auto message, read_file(options.file));
    const std::array beacons{self.entry(), b.entry(), c.entry()};
    return about(ranging::verify_mesh(message, beacons), options.file);
  }

  SimulatedPeer self{"a", 1, 10};
  SimulatedPeer b{"b", 2, 20};
  SimulatedPeer c{"c", 3, 30};
  testing::FixedClock clock;
  crypto::SystemRandom random;
  std::filesystem::path folder;
  MeshOptions options;
  std::string gone;
};

bool always() {
  return true;
}

TEST(MeshPublisher, PublishesWhatItsPeersSigned) {
  MeshScene scene;
  scene.c.round_trip = 7 * milli;
  const auto problems = scene.publisher().round(always);
  ASSERT_TRUE(problems);
  EXPECT_TRUE(problems->empty());
  const auto mesh = scene.published();
  ASSERT_TRUE(mesh);
  EXPECT_EQ(mesh->beacon(), 0U);
  EXPECT_EQ(mesh->time(), scene.clock.time);
  std::map<std::size_t, std::int64_t> round_trips;
  for (const auto& timing : mesh->timings())
    round_trips[timing.peer] = timing.receipt.least_round_trip.value;
  const std::int64_t error = scene.b.settings().stamp_error.value;
  EXPECT_EQ(round_trips,
            (std::map<std::size_t, std::int64_t>{{1, 3 * milli + error}, {2, 7 * milli + error}}));
}

TEST(MeshPublisher, KeepsTheLastReceiptOfAPeerThatIsGone) {
  MeshScene scene;
  MeshPublisher publisher = scene.publisher();
  ASSERT_TRUE(publisher.round(always));
  scene.gone = "b";
  scene.c.round_trip = 1 * milli;
  const auto problems = publisher.round(always);
  ASSERT_TRUE(problems);
  ASSERT_EQ(problems->size(), 1U);
  EXPECT_EQ(problems->front().peer, "b");
  EXPECT_EQ(problems->front().failure.error.code, errc::net_timeout);
  const auto mesh = scene.published();
  ASSERT_TRUE(mesh);
  ASSERT_EQ(mesh->timings().size(), 2U);
  for (const auto& timing : mesh->timings())
    EXPECT_EQ(timing.receipt.least_round_trip.value < 2 * milli, timing.peer == 2);
}

TEST(MeshPublisher, PublishesNothingWithoutReceipts) {
  MeshScene scene;
  scene.options.peers = {{scene.b.entry(), "b"}};
  scene.gone = "b";
  ASSERT_TRUE(scene.publisher().round(always));
  EXPECT_FALSE(std::filesystem::exists(scene.options.file));
}

TEST(MeshPublisher, TakesNoReceiptOfAnotherPlace) {
  MeshScene scene;
  scene.options.peers[0].beacon.place.latitude += 1;
  const auto problems = scene.publisher().round(always);
  ASSERT_TRUE(problems);
  ASSERT_EQ(problems->size(), 1U);
  EXPECT_EQ(problems->front().failure.error.code, errc::receipt_place);
  EXPECT_EQ(scene.published()->timings().size(), 1U);
}

TEST(MeshPublisher, StopsBetweenPeers) {
  MeshScene scene;
  int asked = 0;
  ASSERT_TRUE(scene.publisher().round([&asked] { return ++asked < 2; }));
  EXPECT_EQ(asked, 2);
  EXPECT_FALSE(std::filesystem::exists(scene.options.file));
}

TEST(MeshPublisher, SaysThatItCannotWrite) {
  MeshScene scene;
  scene.options.file = scene.folder / "missing" / "a.mesh";
  EXPECT_FALSE(scene.publisher().round(always));
}

}  // namespace

}  // namespace daymark::beacon
