#include "daymark/order/explain.h"

#include <gtest/gtest.h>

#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/order/order_testing.h"

namespace daymark::order {
namespace {

using testing::World;

TEST(Explain, Golden) {
  const World world;
  const auto expected =
      read_text(std::string(DAYMARK_SOURCE_DIR) + "/tests/vectors/order/explain.txt");
  ASSERT_TRUE(expected);
  EXPECT_EQ(explain_charter(world.charter()), *expected);
  EXPECT_NE(expected->find("Fingerprint " + to_hex(world.charter().hash)), std::string::npos);
}

TEST(Explain, SpeaksChinese) {
  const World world;
  const std::string simplified = explain_charter(world.charter(), Language::simplified_chinese);
  EXPECT_NE(simplified.find("记入日志 3 天 之后方可生效"), std::string::npos);
  EXPECT_NE(simplified.find("owner + maker；或 owner + regulator-a"), std::string::npos);
  const std::string traditional = explain_charter(world.charter(), Language::traditional_chinese);
  EXPECT_NE(traditional.find("記入日誌 3 天 之後方可生效"), std::string::npos);
  // Nothing is left out in translation.
  const auto lines = [](const std::string& text) { return std::ranges::count(text, '\n'); };
  EXPECT_EQ(lines(simplified), lines(explain_charter(world.charter())));
  EXPECT_EQ(lines(traditional), lines(simplified));
}

TEST(Explain, SaysWhatIsMissing) {
  World world;
  Charter source = world.source();
  source.quorums[static_cast<std::size_t>(OrderKind::transfer)] = {};
  source.parties[1].spare = source.parties[1].key;
  source.parties[4].reads = 0b100;
  source.parties[3].reads = 0;
  source.silence.action = OnSilence::observe;
  source.bounds.notice = hours(73);
  world.set_charter(source);
  const std::string text = explain_charter(world.charter());
  EXPECT_NE(text.find("transfer (moves a chip to another fleet): nobody\n"), std::string::npos);
  EXPECT_NE(text.find("maker: maker; has no spare key"), std::string::npos);
  EXPECT_NE(text.find("authority: authority; has a spare key; reads license\n"), std::string::npos);
  EXPECT_NE(text.find("regulator-b: regulator; has a spare key; reads no content\n"),
            std::string::npos);
  EXPECT_NE(text.find("without licence or denial, only observes."), std::string::npos);
  EXPECT_NE(text.find("binds 3 d 1 h after"), std::string::npos);
}

TEST(Explain, ShortensLongLists) {
  World world;
  Charter source = world.source();
  source.quorums[static_cast<std::size_t>(OrderKind::suspend)] =
      "group g 2 owner maker regulator-a regulator-b authority\nquorum g";
  source.party_count = 5;
  world.set_charter(source);
  EXPECT_EQ(explain_charter(world.charter()).find("more sets"), std::string::npos);
  for (int i = 0; i < 2; ++i) {
    Party extra = source.parties[4];
    extra.name = world.keep("auditor-" + std::to_string(i));
    extra.role = Role::auditor;
    extra.key.bytes = world.random().draw<32>();
    extra.spare.bytes = world.random().draw<32>();
    source.parties[source.party_count++] = extra;
  }
  source.quorums[static_cast<std::size_t>(OrderKind::suspend)] =
      "group g 3 owner maker regulator-a regulator-b authority auditor-0 auditor-1\nquorum g";
  world.set_charter(source);
  EXPECT_NE(explain_charter(world.charter()).find("; and 23 more sets\n"), std::string::npos);
}

}  // namespace
}  // namespace daymark::order
