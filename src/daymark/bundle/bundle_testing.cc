#include "daymark/bundle/bundle_testing.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "daymark/cbor/encode.h"
#include "daymark/order/leaf_file.h"
#include "daymark/ranging/receipt.h"

namespace daymark::bundle::testing {

using governor::testing::verdict;
using order::testing::Logged;

Life::Life(std::uint64_t chip) : device(world, chip) {
  const std::vector<Byte>& charter = world.encoded_charter();
  parts.push_back({PartKind::charter, "charter", charter});
  enrol();
  device.range();
  const order::Program trainer{"trainer", crypto::sha256(bytes_of("trainer program"))};
  apply("order 2: policy", world.prove(world.policy({trainer}), {"owner", "regulator-a"}));
  apply("order 3: policy", world.prove(world.policy({}), {"owner", "regulator-b"}));
  apply("order 4: suspend",
        world.prove(world.suspend_chip(device.target(), days(2)), {"owner", "regulator-a"}));
  early_attestation = attest();
  license();
  range();
  parts.push_back(attest());
}

std::size_t Life::place_of(const std::string& name) const {
  const auto found = std::ranges::find(parts, name, &Part::name);
  EXPECT_NE(found, parts.end()) << name;
  return found == parts.end() ? 0 : static_cast<std::size_t>(found - parts.begin());
}

void Life::add_order(const std::string& name, const Logged& order,
                     const Outcome<governor::Signed<governor::OrderReceipt>>& receipt) {
  ASSERT_EQ(verdict(receipt), "ok") << name;
  parts.push_back({PartKind::order, name, print_order_part(governor::testing::parts_of(order))});
  parts.push_back({PartKind::receipt, "receipt of " + name, receipt->bytes});
}

void Life::enrol() {
  const auto nonce = device.client().begin_enrolment();
  ASSERT_EQ(verdict(nonce), "ok");
  const Logged order = world.prove(world.enrol(device.chip, *nonce), {"owner", "authority"});
  add_order("order 1: enrol", order,
            device.client().enrol(governor::testing::parts_of(order), world.encoded_charter()));
}

void Life::apply(const std::string& name, const Logged& order) {
  add_order(name, order, device.apply(order));
}

void Life::license() {
  const auto request = device.client().request_renewal();
  ASSERT_EQ(verdict(request), "ok");
  const governor::LeafParts leaf = device.make_leaf(*request, {});
  ASSERT_EQ(verdict(device.client().accept_leaf(leaf)), "ok");
  parts.push_back({PartKind::batch, "batch", print_order_part(leaf.batch)});
  // The device's batches hold its own leaf and one of nobody.
  parts.push_back({PartKind::leaf, "leaf",
                   order::print_leaf_file({leaf.leaf, leaf.index, TreeSize{2}, leaf.path})});
}

void Life::range() {
  ranging::Receipt receipt;
  receipt.chip = device.chip.key;
  receipt.chip_nonce.fill(7);
  receipt.beacon_nonce.fill(8);
  receipt.place = world.charter().beacons.front().place;
  receipt.least_round_trip = RoundTripNanos{1'500'000};
  receipt.exchanges = 1;
  receipt.time = world.now;
  receipt.radius = Millis{10};
  ByteArray<ranging::receipt_size_max> space{};
  const auto payload = ranging::write_receipt(receipt, space);
  ASSERT_TRUE(payload);
  parts.push_back({PartKind::ranging, "ranging 1",
                   cbor::sign1(*payload, ranging::receipt_purpose, world.beacon_key(0))});
}

Part Life::attest() {
  const ByteArray<16> nonce{1, 2, 3};
  const auto attestation = device.client().attest(nonce);
  EXPECT_EQ(verdict(attestation), "ok");
  if (!attestation) return {};
  return {PartKind::attestation, "attestation", attestation->bytes};
}

}  // namespace daymark::bundle::testing
