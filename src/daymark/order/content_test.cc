// Writers and parsers of contents agree; parsers refuse what is off by one item, length or order.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/cbor/encode.h"
#include "daymark/order/errors.h"
#include "daymark/order/order_testing.h"
#include "daymark/tlog/tree.h"

namespace daymark::order {
namespace {

using testing::verdict;
using testing::World;

TEST(Scope, RoundTrip) {
  ScopeContent scope;
  for (std::uint64_t i = 0; i < targets_max; ++i)
    scope.targets[scope.target_count++] = {World::chip(i).id, i, {static_cast<Byte>(i)}};
  scope.reason = "延迟 späte report";
  const Digest finding = {1, 2};
  scope.finding = finding;
  const auto bytes = write_scope(scope);
  const auto parsed = parse_scope(bytes);
  ASSERT_EQ(verdict(parsed), "ok");
  EXPECT_EQ(parsed->target_count, targets_max);
  EXPECT_TRUE(std::ranges::is_sorted(parsed->target_list(), {}, &Target::chip));
  EXPECT_EQ(parsed->reason, scope.reason);
  EXPECT_TRUE(equal(parsed->finding, finding));
  EXPECT_EQ(write_scope(*parsed), bytes);
}

TEST(Scope, RefusesUnprintableReasons) {
  ScopeContent scope;
  for (const char* reason : {"", "a\nb", "\x1b[2J", "\x7f"}) {
    scope.reason = reason;
    EXPECT_EQ(verdict(parse_scope(write_scope(scope))), "order_content") << reason;
  }
  const std::string longest(reason_size_max + 1, 'x');
  scope.reason = longest;
  EXPECT_EQ(verdict(parse_scope(write_scope(scope))), "cbor_length");
}

TEST(Scope, RefusesAFindingThatIsNoDigest) {
  ScopeContent scope;
  scope.reason = "x";
  const Byte three[] = {1, 2, 3};
  scope.finding = three;
  EXPECT_EQ(verdict(parse_scope(write_scope(scope))), "cbor_length");
}

TEST(Contents, EveryPrefixIsRefused) {
  World world;
  const auto chip = World::chip(1);
  const OrderFile enrol = world.enrol(chip, {1});
  const OrderFile firmware = world.firmware({1}, 2);
  const OrderFile policy = world.policy({{"a", {1}}, {"b", {2}}});
  const OrderFile transfer = world.transfer({chip.id, 1, {}}, chip, world.other_fleet());
  for (std::size_t size = 0; size < enrol.content.size(); ++size)
    EXPECT_FALSE(parse_enrol(ByteView(enrol.content).first(size)));
  for (std::size_t size = 0; size < firmware.content.size(); ++size)
    EXPECT_FALSE(parse_firmware(ByteView(firmware.content).first(size)));
  for (std::size_t size = 0; size < policy.content.size(); ++size)
    EXPECT_FALSE(parse_policy(ByteView(policy.content).first(size)));
  for (std::size_t size = 0; size < transfer.content.size(); ++size)
    EXPECT_FALSE(parse_transfer(ByteView(transfer.content).first(size)));
}

TEST(Contents, TrailingBytesAreRefused) {
  auto batch = write_batch({{1}, 2});
  ASSERT_TRUE(parse_batch(batch));
  batch.push_back(0);
  EXPECT_EQ(verdict(parse_batch(batch)), "cbor_trailing");
  EXPECT_EQ(verdict(parse_amend({})), "order_content");
}

TEST(Firmware, RoundTrip) {
  World world;
  const OrderFile file = world.firmware({7}, 3);
  const auto parsed = parse_firmware(file.content);
  ASSERT_EQ(verdict(parsed), "ok");
  EXPECT_EQ(parsed->image, Digest{7});
  EXPECT_EQ(parsed->version, 3U);
  EXPECT_EQ(write_firmware(*parsed), file.content);
}

TEST(Programs, MustAscend) {
  const auto list = [](std::initializer_list<Byte> digests) {
    return cbor::encode([&](cbor::Writer& out) {
      out.open_array(digests.size());
      for (const Byte byte : digests) {
        out.open_array(2);
        out.put_text("p");
        out.put_bytes(Digest{byte});
      }
    });
  };
  EXPECT_EQ(verdict(parse_programs(list({1, 2, 3}))), "ok");
  EXPECT_EQ(verdict(parse_programs(list({2, 1}))), "order_content");
  EXPECT_EQ(verdict(parse_programs(list({1, 1}))), "order_content");
  EXPECT_EQ(verdict(parse_programs(write_batch({{}, 1}))), "cbor_type");
}

TEST(Programs, AtMost24) {
  std::vector<Program> programs;
  for (Byte i = 0; i < programs_max; ++i)
    programs.push_back({"p", {i}});
  EXPECT_EQ(verdict(parse_policy(write_policy({programs, 0, hours(1)}))), "ok");
  programs.push_back({"p", {0xFF}});
  const auto content = write_policy({programs, 0, hours(1)});
  const auto policy = parse_policy(content);
  ASSERT_TRUE(policy);
  EXPECT_FALSE(parse_programs(policy->programs));
}

/// tlog::Tree is the second implementation of the program tree.
RC_GTEST_PROP(Programs, RootAgreesWithTheTree, ()) {
  const auto count = *rc::gen::inRange<std::size_t>(0, programs_max + 1);
  std::vector<Program> programs;
  for (std::size_t i = 0; i < count; ++i)
    programs.push_back({"name", {static_cast<Byte>(i), *rc::gen::arbitrary<Byte>()}});
  const auto content = write_policy({programs, 0, hours(1)});
  const auto policy = parse_policy(content);
  RC_ASSERT(policy.has_value());
  const auto list = parse_programs(policy->programs);
  RC_ASSERT(list.has_value());
  tlog::Tree tree(tlog::program_tree);
  for (const ByteView leaf : std::span(list->encoded).first(list->count))
    tree.append(leaf);
  RC_ASSERT(tree.head().root == policy->program_root);
}

TEST(CountBucket, IsThePowerOfTenAbove) {
  EXPECT_EQ(count_bucket(0), 0U);
  EXPECT_EQ(count_bucket(1), 1U);
  EXPECT_EQ(count_bucket(2), 10U);
  EXPECT_EQ(count_bucket(10), 10U);
  EXPECT_EQ(count_bucket(11), 100U);
  EXPECT_EQ(count_bucket(32), 100U);
}

}  // namespace
}  // namespace daymark::order
