#include "daymark/authority/views.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daymark/authority/chip_testing.h"
#include "daymark/base/hex.h"

namespace daymark::authority {
namespace {

using governor::testing::Device;
using order::testing::World;
using testing::verdict;
using Json = nlohmann::json;

Json parsed(const Outcome<std::string>& text) {
  EXPECT_EQ(verdict(text), "ok");
  return text ? Json::parse(*text) : Json();
}

StoredOrder stored_of(order::OrderFile file, const World& world,
                      std::initializer_list<std::string> names) {
  world.sign(file, names);
  const order::Order order = order::parse_order(file.payload).value();
  return {order.hash, order.kind, order::print_order_file(file), {}};
}

class OrderViewTest : public ::testing::Test {
 protected:
  World world;
  order::testing::Chip chip = World::chip(1);
};

TEST_F(OrderViewTest, ShowsAnOrderBeforeAndAfterItIsPublic) {
  StoredOrder stored = stored_of(world.suspend_chip({chip.id, 3, Digest{1}}, days(1)), world,
                                 {"owner", "regulator-a.spare"});
  Json out = parsed(order_view({stored, {}, {}}, world.charter()));
  EXPECT_EQ(out["hash"], to_hex(stored.hash));
  EXPECT_EQ(out["kind"], "suspend");
  EXPECT_EQ(out["stream"], "chip");
  EXPECT_EQ(out["signers"], Json({"owner", "regulator-a"}));
  EXPECT_EQ(out["chips"], Json({to_hex(chip.id.view())}));
  EXPECT_EQ(out["reason"], "test of a stop");
  EXPECT_EQ(out["issued"], "2026-03-01T12:00:00Z");
  EXPECT_EQ(out["until"], "2026-03-05T12:00:00Z");
  for (const char* name : {"index", "logged_at", "binds_at"})
    EXPECT_TRUE(out[name].is_null()) << name;
  stored.publication = {{4}, "proof", world.now, world.now + hours(72)};
  out = parsed(order_view({stored, {}, {}}, world.charter()));
  EXPECT_EQ(out["index"], 4);
  EXPECT_EQ(out["binds_at"], "2026-03-04T12:00:00Z");
}

TEST_F(OrderViewTest, ASignerWhomTheCharterDoesNotKnowIsShownByKey) {
  const StoredOrder stored = stored_of(world.policy({}), world, {"owner", "regulator-a"});
  const World other(2);
  const Json out = parsed(order_view({stored, {}, {}}, other.charter()));
  ASSERT_EQ(out["signers"].size(), 2U);
  const crypto::PublicKey owner = crypto::ed25519_public(world.party("owner").key.sign);
  EXPECT_EQ(out["signers"][0], to_hex(crypto::key_id(owner).view()));
}

TEST_F(OrderViewTest, EnrolmentsAndTransfersNameTheirChip) {
  const std::string id = to_hex(chip.id.view());
  const StoredOrder enrolment =
      stored_of(world.enrol(chip, Digest{1}), world, {"owner", "authority"});
  EXPECT_EQ(parsed(order_view({enrolment, {}, {}}, world.charter()))["chips"], Json({id}));
  const StoredOrder transfer =
      stored_of(world.transfer({chip.id, 2, Digest{2}}, chip, world.other_fleet()), world,
                {"owner", "regulator-a"});
  EXPECT_EQ(parsed(order_view({transfer, {}, {}}, world.charter()))["chips"], Json({id}));
  const StoredOrder policy = stored_of(world.policy({}), world, {"owner", "regulator-a"});
  EXPECT_EQ(parsed(order_view({policy, {}, {}}, world.charter()))["chips"], Json::array());
}

TEST_F(OrderViewTest, AListHasAllAndOneDamagedRecordIsAnError) {
  std::vector<StoredOrder> all{stored_of(world.policy({}), world, {"owner", "regulator-a"}),
                               stored_of(world.suspend_fleet(days(1)), world, {"owner", "maker"})};
  const Json out = parsed(orders_view(all, world.charter()));
  ASSERT_EQ(out["items"].size(), 2U);
  EXPECT_EQ(out["items"][1]["stream"], "fleet");
  EXPECT_EQ(parsed(orders_view({}, world.charter()))["items"], Json::array());
  all.front().file.pop_back();
  EXPECT_FALSE(orders_view(all, world.charter()));
  EXPECT_FALSE(order_view({all.front(), {}, {}}, world.charter()));
}

class ChipViewTest : public ::testing::Test {
 protected:
  ChipFacts facts() {
    ChipFacts out;
    out.chip = fleet.office.records->chips()->front();
    out.own = fleet.office.records->head(device.chip.id).value();
    return out;
  }

  Json shown(const ChipFacts& chip) {
    return parsed(chip_view(chip, fleet.office.world.charter()));
  }

  testing::Fleet fleet;
  Device& device = fleet.enrol(1);
};

TEST_F(ChipViewTest, WhatIsNotKnownIsNull) {
  const Json out = shown(facts());
  EXPECT_EQ(out["chip"], to_hex(device.chip.id.view()));
  EXPECT_EQ(out["key"], to_hex(device.chip.key.bytes));
  EXPECT_EQ(out["own_seq"], 1);
  EXPECT_TRUE(out["leaf"].is_null());
  EXPECT_TRUE(out["attestation"].is_null());
  EXPECT_EQ(out["orders"], Json::array());
  EXPECT_EQ(out["verdicts"], Json::array());
}

TEST_F(ChipViewTest, AnAttestationIsDecoded) {
  ChipFacts chip = facts();
  chip.attestation = device.client().attest(Digest{1}).value().bytes;
  const Json out = shown(chip)["attestation"];
  EXPECT_EQ(out["state"], "observing");
  EXPECT_EQ(out["own_head"], to_hex(chip.own.hash));
  EXPECT_EQ(out["fence"], "none");
  EXPECT_EQ(out["checkpoint_size"], 1);
}

TEST_F(ChipViewTest, AnAttestationOfAnotherChipIsAnError) {
  ChipFacts chip = facts();
  Device other(fleet.office.world, 2);
  chip.attestation = other.client().attest(Digest{1}).value().bytes;
  EXPECT_FALSE(chip_view(chip, fleet.office.world.charter()));
  EXPECT_FALSE(chips_view(std::vector{chip}));
}

TEST_F(ChipViewTest, ALeafIsShownAsLicenceOrDenial) {
  ChipFacts chip = facts();
  order::Leaf leaf =
      order::testing::licence_for(device.chip, Digest{1}, fleet.office.world.now, days(7));
  leaf.allowance = {~std::uint64_t{0}};
  chip.leaf = LeafRecord{device.chip.id, Digest{9}, order::testing::encoded(leaf), {3}, {}};
  Json out = shown(chip)["leaf"];
  EXPECT_EQ(out["kind"], "licence");
  EXPECT_EQ(out["slot"], 3);
  EXPECT_EQ(out["not_after"], "2026-03-08T12:00:00Z");
  EXPECT_EQ(out["allowance_teraops"], "18446744073709551615");
  leaf.kind = order::LeafKind::denial;
  leaf.denial_reason = "broken \"seal\"";
  chip.leaf->leaf = order::testing::encoded(leaf);
  out = shown(chip)["leaf"];
  EXPECT_EQ(out["kind"], "denial");
  EXPECT_EQ(out["reason"], "broken \"seal\"");
  EXPECT_FALSE(out.contains("not_after"));
  chip.leaf->leaf.pop_back();
  EXPECT_FALSE(chip_view(chip, fleet.office.world.charter()));
}

TEST_F(ChipViewTest, AVerdictThatIsNoJsonIsShownAsText) {
  ChipFacts chip = facts();
  chip.verdict_json = {R"({"verdict":"fine"})", "not {json", "\xff\xfe"};
  const auto text = chip_view(chip, fleet.office.world.charter());
  const Json out = parsed(text)["verdicts"];
  ASSERT_EQ(out.size(), 3U);
  EXPECT_EQ(out[0]["verdict"], "fine");
  EXPECT_EQ(out[1], "not {json");
}

TEST_F(ChipViewTest, TheListHasTheShortForm) {
  const Json out = parsed(chips_view(std::vector{facts(), facts()}));
  ASSERT_EQ(out["items"].size(), 2U);
  EXPECT_FALSE(out["items"][0].contains("orders"));
  EXPECT_EQ(out["items"][0]["model"], "test");
}

}  // namespace
}  // namespace daymark::authority
