#include "daymark/bundle/bundle_testing.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "daymark/base/file.h"
#include "daymark/ranging/receipt_batch.h"

namespace daymark::bundle::testing {

using governor::testing::verdict;
using order::testing::Logged;

namespace {

constexpr std::size_t own_leaf = 2;

std::vector<Byte> evidence_file(const std::string& name) {
  const auto bytes = read_file(
      std::string(DAYMARK_SOURCE_DIR "/data/evidence/nvidia/h100-550.90.07/") + name, 1UL << 20);
  EXPECT_TRUE(bytes) << name;
  return bytes.value_or(std::vector<Byte>{});
}

}  // namespace

Life::Life(std::uint64_t chip)
    : device(world, chip), builder_(*Builder::begin(world.encoded_charter())) {
  enrol();
  device.range();
  const order::Program trainer{"trainer", crypto::sha256(bytes_of("trainer program"))};
  apply(world.prove(world.policy({trainer}), {"owner", "regulator-a"}));
  apply(world.prove(world.policy({}), {"owner", "regulator-b"}));
  apply(world.prove(world.suspend_chip(device.target(), days(2)), {"owner", "regulator-a"}));
  early_attestation = attest();
  license();
  range(1);
  range(0);
  builder_.add_attestation(attest());
  // Taken while the parts were collected: the bundle ends before them.
  apply(world.prove(world.policy({trainer}), {"owner", "regulator-a"}));
  apply(world.prove(world.suspend_chip(device.target(), days(2)), {"owner", "regulator-a"}));
  add_device();
  auto built = std::move(builder_).finish();
  EXPECT_EQ(verdict(built), "ok");
  if (built) parts = *std::move(built);
}

std::size_t Life::place_of(const std::string& name) const {
  const auto found = std::ranges::find(parts, name, &Part::name);
  EXPECT_NE(found, parts.end()) << name;
  return found == parts.end() ? 0 : static_cast<std::size_t>(found - parts.begin());
}

void Life::add_order(const Logged& order,
                     const Outcome<governor::Signed<governor::OrderReceipt>>& receipt) {
  ASSERT_EQ(verdict(receipt), "ok");
  ASSERT_EQ(verdict(builder_.add_order(governor::testing::parts_of(order))), "ok");
  builder_.add_receipt(receipt->bytes);
}

void Life::enrol() {
  const auto nonce = device.client().begin_enrolment();
  ASSERT_EQ(verdict(nonce), "ok");
  const Logged order = world.prove(world.enrol(device.chip, *nonce), {"owner", "authority"});
  add_order(order,
            device.client().enrol(governor::testing::parts_of(order), world.encoded_charter()));
}

void Life::apply(const Logged& order) {
  add_order(order, device.apply(order));
}

void Life::license() {
  const auto request = device.client().request_renewal();
  ASSERT_EQ(verdict(request), "ok");
  const governor::LeafParts leaf = device.make_leaf(*request, {});
  ASSERT_EQ(verdict(device.client().accept_leaf(leaf)), "ok");
  // The device's batches hold its own leaf and one of nobody.
  ASSERT_EQ(verdict(builder_.add_leaf(leaf.batch, {leaf.leaf, leaf.index, TreeSize{2}, leaf.path})),
            "ok");
}

void Life::range(std::size_t beacon) {
  ranging::Receipt receipt;
  receipt.chip = device.chip.key;
  receipt.chip_nonce.fill(7);
  receipt.beacon_nonce.fill(8);
  receipt.place = world.charter().beacons[beacon].place;
  receipt.least_round_trip = RoundTripNanos{1'500'000};
  receipt.exchanges = 1;
  // Beacon 0 ranged first, though its receipt is added last.
  receipt.time = world.now + minutes(static_cast<std::int64_t>(beacon));
  receipt.radius = Millis{10};
  // One of a batch: sessions of other chips stand on both sides of it.
  std::vector<ranging::ReceiptLeaf> leaves(4, receipt);
  for (std::size_t i = 0; i < leaves.size(); ++i)
    if (i != own_leaf) leaves[i].beacon_nonce.fill(static_cast<Byte>(20 + i));
  const auto batch = ranging::sign_batch(leaves, receipt, world.beacon_key(beacon));
  ASSERT_TRUE(batch);
  builder_.add_ranging(batch->at(own_leaf));
}

std::vector<Byte> Life::attest() {
  const ByteArray<16> nonce{1, 2, 3};
  const auto attestation = device.client().attest(nonce);
  EXPECT_EQ(verdict(attestation), "ok");
  return attestation ? attestation->bytes : std::vector<Byte>{};
}

void Life::add_device() {
  const std::vector<Byte> chain = evidence_file("chain.pem");
  ASSERT_EQ(verdict(builder_.add_device(evidence_file("report.hex"), std::string(text_of(chain)))),
            "ok");
}

}  // namespace daymark::bundle::testing
