#include "daymark/order/explain.h"

#include <gtest/gtest.h>

#include "daymark/base/hex.h"
#include "daymark/order/order_testing.h"

namespace daymark::order {
namespace {

using testing::World;

TEST(Explain, Golden) {
  const World world;
  const std::string expected =
      "Charter \"Test fleet\", revision 1\n"
      "Fleet " +
      to_hex(world.charter().fleet.view()) +
      "\n"
      "Fingerprint " +
      to_hex(world.charter().hash) + "\n" + R"(
Parties
  owner: owner; has a spare key; reads every content
  maker: maker; has a spare key; reads every content
  regulator-a: regulator; has a spare key; reads every content
  regulator-b: regulator; has a spare key; reads every content
  authority: authority; has a spare key; reads every content

Who can do what, and with whose signatures
  enrol (brings a chip under this charter): owner + authority
  license (grants licences to chips): regulator-a; or authority
  policy (sets approved programs and duties to report): owner + regulator-a; or owner + regulator-b
    Public first; binds 3 d after it was logged, not sooner.
  firmware (approves an image of the governor): owner + maker
    Public first; binds 3 d after it was logged, not sooner.
  suspend (pauses chips until a stated end): owner + maker; or owner + regulator-a; or maker + regulator-a; or owner + regulator-b; or maker + regulator-b; or regulator-a + regulator-b
    Public first; binds 3 d after it was logged, not sooner.
    At most 14 d at a time and 30 d in any 365 days; ends by itself. The owner may appeal: unconfirmed, it ends after 7 d.
  resume (ends a suspension early): owner; or regulator-a; or regulator-b
    Binds at once, before it is logged.
  transfer (moves a chip to another fleet): owner + regulator-a; or owner + regulator-b
    Public first; binds 3 d after it was logged, not sooner.
  amend (replaces this charter): owner + regulator-a; or owner + regulator-b
    Public first; binds 3 d after it was logged, not sooner.
  release (ends governance of a chip for good): owner; or regulator-a; or regulator-b
    Binds at once, before it is logged.

If licences stop coming
  A licence lasts at most V = 7 d and is renewed every R = 4 d; grace is G = 1 d of powered time.
  Chips stop between V-R+G = 4 d and V+G = 8 d after issuing stops; an outage of up to 4 d stops none.
  Without a denial it lapses for at most 30 d, then only observes.
  Every chip is released on 2028-11-25T12:00:00Z unless the charter is renewed with the owner's signature.
  The owner may issue emergency permits for 8 chip-hours.

Where orders become public
  Log: log.daymark.example
  Witnesses: witness-0 + witness-1; or witness-0 + witness-2; or witness-1 + witness-2
  Mirrors: mirror-0; or mirror-1

Time and place
  beacon-0 of op-0 at 50.1109, 8.6821
  beacon-1 of op-1 at 48.8566, 2.3522
  beacon-2 of op-2 at 52.3676, 4.9041
  Right while at most f = 1 of 3 operators lie.
  A time counts for 2 d, a place for 2 d; then there is only grace.
)";
  EXPECT_EQ(explain_charter(world.charter()), expected);
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
  EXPECT_NE(text.find("Without a denial it only observes."), std::string::npos);
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
