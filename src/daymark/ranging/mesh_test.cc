#include "daymark/ranging/mesh.h"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/cbor/encode.h"
#include "daymark/cbor/errors.h"
#include "daymark/ranging/errors.h"
#include "daymark/ranging/ranging_testing.h"

namespace daymark::ranging {

namespace {

using testing::copy_of;
using testing::flipped;

/// Three beacons, and what the first one publishes of the receipts that the others gave it.
struct Trio {
  crypto::SeededRandom random{21};
  std::array<crypto::SecretKey, 3> secrets{};
  std::array<order::BeaconEntry, 3> beacons{};
  Mesh mesh;

  Trio() {
    constexpr std::array<std::string_view, 3> names{"a", "b", "c"};
    for (std::size_t i = 0; i < 3; ++i) {
      random.fill(secrets[i].seed);
      const auto step = static_cast<std::int32_t>(i);
      beacons[i] = {names[i],
                    names[i],
                    crypto::ed25519_public(secrets[i]),
                    {100'000'000 + step, -1'000'000'000 - step}};
    }
    mesh.beacon = beacons[0].key;
    mesh.place = beacons[0].place;
    mesh.time = {1'772'366'400'000};
    for (const std::size_t peer : {1U, 2U})
      mesh.entries.push_back(entry_of(peer, {5'000'000 * static_cast<std::int64_t>(peer)}));
  }

  /// A receipt by `peer` for the first beacon, as `peer`'s server signs it.
  [[nodiscard]] MeshEntry entry_of(std::size_t peer, RoundTripNanos round_trip) {
    Receipt receipt;
    receipt.chip = beacons[0].key;
    random.fill(receipt.chip_nonce);
    random.fill(receipt.beacon_nonce);
    receipt.place = beacons[peer].place;
    receipt.least_round_trip = round_trip;
    receipt.exchanges = 10;
    receipt.time = mesh.time;
    receipt.radius = {20};
    return {beacons[peer].key, receipt.chip_nonce, *sign_receipt(receipt, secrets[peer])};
  }

  [[nodiscard]] std::vector<Byte> message() const { return sign_mesh(mesh, secrets[0]).value(); }

  [[nodiscard]] Result<VerifiedMesh> verify() const { return verify_mesh(message(), beacons); }
};

TEST(Mesh, WrittenAndVerified) {
  const Trio trio;
  const auto verified = trio.verify();
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->beacon(), 0U);
  EXPECT_EQ(verified->time(), trio.mesh.time);
  ASSERT_EQ(verified->timings().size(), 2U);
  for (const VerifiedMesh::Timing& timing : verified->timings()) {
    EXPECT_EQ(timing.receipt.least_round_trip.value,
              5'000'000 * static_cast<std::int64_t>(timing.peer));
    EXPECT_EQ(timing.receipt.place, trio.beacons[timing.peer].place);
  }
  EXPECT_LE(trio.message().size(), mesh_size_max);
}

TEST(Mesh, HasOneForm) {
  Trio trio;
  const auto payload = write_mesh(trio.mesh);
  ASSERT_TRUE(payload);
  std::ranges::reverse(trio.mesh.entries);
  EXPECT_EQ(payload, write_mesh(trio.mesh));
  const auto parsed = parse_mesh(*payload);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(write_mesh(*parsed), payload);
  EXPECT_LT(parsed->entries[0].peer, parsed->entries[1].peer);
}

/// The offsets of docs/formats/mesh.md.
TEST(Mesh, LiesAsItIsDrawn) {
  const Trio trio;
  const auto payload = write_mesh(trio.mesh).value();
  EXPECT_EQ(payload[0], 0x86);
  EXPECT_EQ(payload[1], 0x01);
  EXPECT_TRUE(equal(ByteView(payload).subspan(4, 32), trio.mesh.beacon.bytes));
  // Latitude and longitude of five bytes each here, time of nine.
  EXPECT_EQ(payload[36], 0x1a);
  EXPECT_EQ(payload[41], 0x3a);
  EXPECT_EQ(payload[46], 0x1b);
  EXPECT_EQ(payload[55], 0x82);
  EXPECT_EQ(payload[56], 0x83);
}

TEST(Mesh, NoBitCanBeChanged) {
  const Trio trio;
  const auto message = trio.message();
  for (std::size_t bit = 0; bit < message.size() * 8; bit += 7)
    EXPECT_FALSE(verify_mesh(flipped(message, bit), trio.beacons)) << bit;
  for (std::size_t size = 0; size < message.size(); size += 11)
    EXPECT_FALSE(verify_mesh(ByteView(message).first(size), trio.beacons));
}

TEST(Mesh, IsByABeaconOfTheCharter) {
  const Trio trio;
  const auto message = trio.message();
  const std::span<const order::BeaconEntry> others(trio.beacons.data() + 1, 2);
  EXPECT_EQ(verify_mesh(message, others).error().code, errc::mesh_beacon);
  // Another beacon's key over this one's mesh, and another purpose.
  EXPECT_EQ(verify_mesh(*sign_mesh(trio.mesh, trio.secrets[1]), trio.beacons).error().code,
            errc::mesh_beacon);
  const auto payload = *write_mesh(trio.mesh);
  EXPECT_EQ(verify_mesh(cbor::sign1(payload, receipt_root_purpose, trio.secrets[0]), trio.beacons)
                .error()
                .code,
            errc::cose_signature);
}

TEST(Mesh, StatesTheChartersPlace) {
  Trio trio;
  trio.mesh.place.latitude += 1;
  EXPECT_EQ(trio.verify().error().code, errc::mesh_place);
}

TEST(Mesh, HoldsOnlyReceiptsThatVerify) {
  Trio trio;
  const Mesh good = trio.mesh;
  // A receipt of another session: the nonce is not the one that was drawn.
  trio.mesh.entries[0].nonce[0] ^= 1;
  EXPECT_EQ(trio.verify().error().code, errc::receipt_nonce);
  // One that another peer signed.
  trio.mesh = good;
  trio.mesh.entries[0].receipt = good.entries[1].receipt;
  EXPECT_EQ(trio.verify().error().code, errc::receipt_beacon);
  // One about another beacon: published by the third, it was given to the first.
  trio.mesh = good;
  trio.mesh.beacon = trio.beacons[2].key;
  trio.mesh.place = trio.beacons[2].place;
  trio.mesh.entries = {good.entries[0]};
  EXPECT_EQ(verify_mesh(*sign_mesh(trio.mesh, trio.secrets[2]), trio.beacons).error().code,
            errc::receipt_chip);
  // A peer that signs another place than the charter's.
  trio.mesh = good;
  trio.beacons[1].place.longitude += 1;
  trio.mesh.entries[0] = trio.entry_of(1, {1});
  trio.beacons[1].place.longitude -= 1;
  EXPECT_EQ(trio.verify().error().code, errc::receipt_place);
}

TEST(Mesh, NamesEachPeerOnce) {
  Trio trio;
  const Mesh good = trio.mesh;
  trio.mesh.entries.push_back(good.entries[0]);
  EXPECT_EQ(write_mesh(trio.mesh).error().code, errc::mesh_peer);
  trio.mesh = good;
  trio.mesh.entries[0].peer = trio.mesh.beacon;
  EXPECT_EQ(write_mesh(trio.mesh).error().code, errc::mesh_peer);
  trio.mesh = good;
  trio.mesh.entries[0].peer.bytes[0] ^= 1;
  EXPECT_EQ(trio.verify().error().code, errc::mesh_peer);
}

TEST(Mesh, IsBounded) {
  Trio trio;
  const MeshEntry entry = trio.mesh.entries[0];
  trio.mesh.entries.assign(mesh_peers_max, entry);
  for (std::size_t i = 0; i < mesh_peers_max; ++i)
    trio.mesh.entries[i].peer.bytes = {static_cast<Byte>(i), 1};
  for (MeshEntry& full : trio.mesh.entries)
    full.receipt.resize(receipt_size_max);
  ASSERT_TRUE(write_mesh(trio.mesh));
  EXPECT_LE(trio.message().size(), mesh_size_max);
  trio.mesh.entries[0].receipt.push_back(0);
  EXPECT_EQ(write_mesh(trio.mesh).error().code, errc::mesh_malformed);
  trio.mesh.entries[0].receipt.clear();
  EXPECT_EQ(write_mesh(trio.mesh).error().code, errc::mesh_malformed);
  trio.mesh.entries[0] = entry;
  trio.mesh.entries.push_back(entry);
  EXPECT_EQ(write_mesh(trio.mesh).error().code, errc::mesh_malformed);
  trio.mesh.entries.clear();
  trio.mesh.time = {-1};
  EXPECT_EQ(write_mesh(trio.mesh).error().code, errc::mesh_malformed);
}

/// Whatever is within the bounds comes back as it was.
RC_GTEST_PROP(Mesh, ComesBack, ()) {
  crypto::SeededRandom random(*rc::gen::arbitrary<std::uint64_t>());
  Mesh mesh;
  random.fill(mesh.beacon.bytes);
  mesh.place = {*rc::gen::inRange(-900'000'000, 900'000'001),
                *rc::gen::inRange(-1'800'000'000, 1'800'000'001)};
  mesh.time = {*rc::gen::inRange<std::int64_t>(0, 253'402'300'800'000)};
  mesh.entries.resize(*rc::gen::inRange<std::size_t>(0, 6));
  for (MeshEntry& entry : mesh.entries) {
    random.fill(entry.peer.bytes);
    random.fill(entry.nonce);
    entry.receipt.resize(*rc::gen::inRange<std::size_t>(1, receipt_size_max + 1));
    random.fill(entry.receipt);
  }
  std::ranges::sort(mesh.entries, {}, &MeshEntry::peer);
  const auto written = write_mesh(mesh);
  RC_ASSERT(written.has_value());
  const auto parsed = parse_mesh(*written);
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(*parsed == mesh);
  // Never a byte more.
  std::vector<Byte> longer = *written;
  longer.push_back(0);
  RC_ASSERT(!parse_mesh(longer));
}

}  // namespace

}  // namespace daymark::ranging
