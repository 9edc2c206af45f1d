#include "daymark/order/describe.h"

#include <gtest/gtest.h>

#include "daymark/base/hex.h"
#include "daymark/order/order_testing.h"

namespace daymark::order {
namespace {

using testing::World;
using testing::world_start;

class DescribeTest : public ::testing::Test {
 protected:
  OrderView view(const OrderFile& file) {
    order = *parse_order(file.payload);
    content = file.content;
    return {&order, &world.charter(), content, *verify_signatures(file, world.charter()), {}};
  }

  World world;
  Order order;
  std::vector<Byte> content;
};

TEST_F(DescribeTest, GoldenDraft) {
  OrderFile file = world.suspend_chip({World::chip(1).id, 2, {}}, days(4));
  world.sign(file, {"owner"});
  const OrderView draft = view(file);
  EXPECT_EQ(describe_order(draft),
            "suspend: pauses chips until a stated end\n"
            "Chips named: 1\n"
            "  chip " +
                to_hex(World::chip(1).id.view()) +
                ", order 2 of its stream\n"
                "Reason: test of a stop\n"
                "Order " +
                to_hex(order.hash) +
                "\n"
                "Issued 2026-03-01T12:00:00Z; must be logged before 2026-03-02T12:00:00Z\n"
                "Signed by owner\n"
                "It needs owner + maker; or owner + regulator-a; or maker + regulator-a; or owner "
                "+ regulator-b; or maker + regulator-b; or regulator-a + regulator-b.\n"
                "Binds 3 d after it is logged, and not before 2026-03-01T12:00:00Z\n"
                "Ends by itself 2026-03-08T12:00:00Z\n"
                "Lifted earlier by resume, signed by owner; or regulator-a; or regulator-b\n"
                "The owner may appeal; unless its quorum confirms it, it ends 7 d after the appeal "
                "was logged\n");
}

TEST_F(DescribeTest, SaysWhenALoggedOrderBinds) {
  OrderFile file = world.suspend_fleet(days(4));
  world.sign(file, {"owner", "maker"});
  OrderView logged = view(file);
  logged.logged_at = world_start + minutes(1);
  const std::string text = describe_order(logged);
  EXPECT_NE(text.find("Scope: the whole fleet\n"), std::string::npos);
  EXPECT_NE(text.find("These signatures suffice.\n"), std::string::npos);
  EXPECT_NE(text.find("Logged 2026-03-01T12:01:00Z\nBinds 2026-03-04T12:01:00Z\n"),
            std::string::npos);
  EXPECT_NE(order_to_json(logged).find("\"binds\": \"2026-03-04T12:01:00Z\""), std::string::npos);
}

TEST_F(DescribeTest, BindingTimeIsThatOfTheProof) {
  auto scratch = std::make_unique<ProofScratch>();
  const auto check = [&](const testing::Logged& logged) {
    const auto proven = prove_order(logged.message(), world.charter(), *scratch);
    ASSERT_TRUE(proven);
    EXPECT_EQ(binding_time(proven->order(), world.charter().bounds, proven->logged_at()),
              proven->binds_at());
  };
  check(world.prove(world.suspend_fleet(days(4)), {"owner", "maker"}));
  check(world.prove(world.scope_order(OrderKind::resume, {}), {"owner"}));
  std::vector<testing::LeafDelivery> deliveries;
  const std::vector<std::vector<Byte>> leaves = {{1}};
  check(world.prove(world.batch(leaves, deliveries), {"authority"}));
}

TEST_F(DescribeTest, SealedContentIsNotGuessed) {
  const OrderFile file = world.suspend_fleet(days(4));
  OrderView sealed = view(file);
  sealed.content = {};
  const std::string text = describe_order(sealed);
  EXPECT_NE(text.find("Content: sealed"), std::string::npos);
  EXPECT_EQ(text.find("fleet-wide stop"), std::string::npos);
  EXPECT_NE(text.find("Signed by nobody\n"), std::string::npos);
  EXPECT_NE(order_to_json(sealed).find("\"content\": null"), std::string::npos);
}

TEST_F(DescribeTest, EveryKindInThreeLanguages) {
  const auto chip = World::chip(1);
  std::vector<testing::LeafDelivery> deliveries;
  const std::vector<std::vector<Byte>> leaves = {{1}};
  const std::vector<std::pair<OrderFile, std::string>> cases = {
      {world.enrol(chip, {1}), to_hex(chip.id.view())},
      {world.batch(leaves, deliveries), "1 leaves"},
      {world.policy({{"trainer", {1}}}), "program trainer 01"},
      {world.firmware({5}, 12), "version 12"},
      {world.suspend_fleet(days(1)), "fleet-wide"},
      {world.scope_order(OrderKind::resume, {{chip.id, 4, {}}}), "order 4 of its stream"},
      {world.transfer({chip.id, 4, {}}, chip, world.other_fleet()), "New fleet"},
      {world.amend(world.successor()), "revision 2"},
      {world.scope_order(OrderKind::release, {}), "Binds at once"}};
  for (const auto& [file, expected] : cases) {
    const OrderView shown = view(file);
    const std::string english = describe_order(shown);
    EXPECT_NE(english.find(expected), std::string::npos) << english;
    const auto lines = [](const std::string& text) { return std::ranges::count(text, '\n'); };
    EXPECT_EQ(lines(describe_order(shown, Language::simplified_chinese)), lines(english));
    EXPECT_EQ(lines(describe_order(shown, Language::traditional_chinese)), lines(english));
    EXPECT_EQ(order_to_json(shown).find("\"content\": null"), std::string::npos);
  }
}

}  // namespace
}  // namespace daymark::order
