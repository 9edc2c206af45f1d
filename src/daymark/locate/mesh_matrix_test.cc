#include "daymark/locate/mesh_matrix.h"

#include <array>

#include <gtest/gtest.h>

#include "daymark/crypto/random.h"
#include "daymark/locate/errors.h"
#include "daymark/locate/locate_testing.h"
#include "daymark/locate/suspects.h"
#include "daymark/ranging/receipt_batch.h"

namespace daymark::locate {
namespace {

constexpr std::size_t count = 4;

/// Beacons at true places with declared ones, and the meshes that they publish.
struct Landmarks {
  std::array<geo::LatLon, count> truth{at(1.35, 103.82), at(-6.2, 106.8), at(13.75, 100.5),
                                       at(22.3, 114.2)};
  std::array<std::string_view, count> names{"singapore", "jakarta", "bangkok", "hong kong"};
  std::array<crypto::SecretKey, count> secrets{};
  std::array<order::BeaconEntry, count> beacons{};
  double stretch = 1.5;  ///< of paths of glass

  Landmarks() {
    for (std::size_t i = 0; i < count; ++i) {
      secrets[i].seed[0] = static_cast<Byte>(i + 1);
      beacons[i] = {names[i], "op", crypto::ed25519_public(secrets[i]), {}};
      declare(i, truth[i]);
    }
  }

  void declare(std::size_t beacon, geo::LatLon place) {
    beacons[beacon].place = {static_cast<std::int32_t>(place.latitude() * 1e7),
                             static_cast<std::int32_t>(place.longitude() * 1e7)};
  }

  [[nodiscard]] RoundTripNanos round_trip(std::size_t a, std::size_t b) const {
    const double km = geo::distance(truth[a], truth[b]).value / 1000;
    return {static_cast<std::int64_t>(stretch * 2 * km / fiber.km_per_ms * 1e6)};
  }

  /// Signed by the beacons as their servers sign.
  [[nodiscard]] ranging::VerifiedMesh mesh_of(std::size_t self) {
    ranging::Mesh mesh{beacons[self].key, beacons[self].place, {1'000}, {}};
    for (std::size_t peer = 0; peer < count; ++peer) {
      if (peer == self) continue;
      ranging::Receipt receipt;
      receipt.chip = beacons[self].key;
      random.fill(receipt.chip_nonce);
      receipt.place = beacons[peer].place;
      receipt.least_round_trip = round_trip(self, peer);
      receipt.exchanges = 10;
      mesh.entries.push_back(
          {beacons[peer].key, receipt.chip_nonce, *ranging::sign_receipt(receipt, secrets[peer])});
    }
    return ranging::verify_mesh(*ranging::sign_mesh(mesh, secrets[self]), beacons).value();
  }

  [[nodiscard]] DelayMatrix matrix() {
    std::vector<ranging::VerifiedMesh> meshes;
    for (std::size_t i = 0; i < count; ++i)
      meshes.push_back(mesh_of(i));
    return matrix_of(meshes, beacons).value();
  }

  crypto::SystemRandom random;
};

TEST(MeshMatrix, HoldsEachOrderedPair) {
  Landmarks landmarks;
  const DelayMatrix matrix = landmarks.matrix();
  EXPECT_EQ(matrix.nodes.nodes().size(), count);
  EXPECT_EQ(matrix.nodes.find("hong kong"), 3U);
  ASSERT_EQ(matrix.delays.size(), count * (count - 1));
  for (const Delay& delay : matrix.delays) {
    const auto expected = landmarks.round_trip(delay.source, delay.target);
    EXPECT_NEAR(delay.rtt_ms, static_cast<double>(expected.value) * 1e-6, 1e-9);
  }
}

/// The peer timed the beacon: it is the source.
TEST(MeshMatrix, TakesTheLeastOfSeveralMeshes) {
  Landmarks landmarks;
  std::vector<ranging::VerifiedMesh> meshes{landmarks.mesh_of(1)};
  landmarks.stretch = 1.2;
  meshes.push_back(landmarks.mesh_of(1));
  landmarks.stretch = 3;
  meshes.push_back(landmarks.mesh_of(1));
  const DelayMatrix matrix = matrix_of(meshes, landmarks.beacons).value();
  ASSERT_EQ(matrix.delays.size(), count - 1);
  landmarks.stretch = 1.2;
  for (const Delay& delay : matrix.delays) {
    EXPECT_EQ(delay.target, 1U);
    const auto expected = landmarks.round_trip(delay.source, 1);
    EXPECT_NEAR(delay.rtt_ms, static_cast<double>(expected.value) * 1e-6, 1e-9);
  }
}

TEST(MeshMatrix, NamesTheBeaconWithAWrongPlace) {
  Landmarks landmarks;
  EXPECT_TRUE(find_suspects(landmarks.matrix(), light).suspects.empty());
  landmarks.declare(2, at(48.2, 16.4));  // Bangkok says that it is Vienna
  const SuspectReport report = find_suspects(landmarks.matrix(), light);
  ASSERT_EQ(report.suspects.size(), 1U);
  EXPECT_EQ(report.suspects.front().node, 2U);
  EXPECT_EQ(report.suspects.front().doubt, Doubt::certain);
  EXPECT_EQ(report.suspects.front().evidence.size(), 2 * (count - 1));
}

/// Delay can hide a wrong place and never accuses a right one.
TEST(MeshMatrix, DelayAccusesNobody) {
  Landmarks landmarks;
  for (const double stretch : {1.0, 2.0, 10.0, 100.0}) {
    landmarks.stretch = stretch;
    EXPECT_TRUE(find_suspects(landmarks.matrix(), light).suspects.empty());
  }
}

TEST(MeshMatrix, PrintsWhatTheParsersRead) {
  Landmarks landmarks;
  landmarks.names[0] = "a,b";
  landmarks.beacons[0].name = landmarks.names[0];
  const DelayMatrix matrix = landmarks.matrix();
  const auto nodes = NodeTable::parse(print_nodes(matrix.nodes), "nodes");
  ASSERT_TRUE(nodes);
  EXPECT_EQ(nodes->nodes().front().id, "a b");
  const auto delays = parse_delays(print_delays(matrix), *nodes, "delays");
  ASSERT_TRUE(delays);
  ASSERT_EQ(delays->size(), matrix.delays.size());
  for (std::size_t i = 0; i < delays->size(); ++i)
    EXPECT_NEAR((*delays)[i].rtt_ms, matrix.delays[i].rtt_ms, 1e-6);
}

TEST(MeshMatrix, RefusesTwoBeaconsOfOneName) {
  Landmarks landmarks;
  landmarks.beacons[1].name = landmarks.beacons[0].name;
  const std::vector<ranging::VerifiedMesh> none;
  EXPECT_EQ(matrix_of(none, landmarks.beacons).error().error.code, errc::locate_node_duplicate);
}

}  // namespace
}  // namespace daymark::locate
