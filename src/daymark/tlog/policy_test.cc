#include "daymark/tlog/policy.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/tlog/errors.h"
#include "daymark/tlog/note_writer.h"
#include "daymark/tlog/tlog_testing.h"

namespace daymark::tlog {
namespace {

using testing::signer_of;

std::string log_vkey(int number) {
  return format_vkey(signer_of("log" + std::to_string(number), static_cast<Byte>(number)),
                     type_ed25519);
}

std::string witness_vkey(int number) {
  return format_vkey(signer_of("w" + std::to_string(number), static_cast<Byte>(number)),
                     type_cosignature);
}

std::string witness_line(const std::string& name, int number) {
  return "witness " + name + " " + witness_vkey(number) + "\n";
}

/// The example of C2SP tlog-policy.
std::string example() {
  std::string text = "# a comment\n\n \t \nlog " + log_vkey(100) + " https://log.example/\n";
  for (int i = 1; i <= 3; ++i)
    text += witness_line("X" + std::to_string(i), i);
  text += "\tgroup X-witnesses\t2  X1 X2 X3 \n";
  for (int i = 1; i <= 3; ++i)
    text += witness_line("Y" + std::to_string(i), 10 + i);
  text += "group Y-witnesses any Y1 Y2 Y3\ngroup X-and-Y all X-witnesses Y-witnesses\n";
  return text + "  # another comment\nquorum X-and-Y\n";
}

Errc code_of(const std::string& text) {
  const auto parsed = Policy::parse(text);
  return parsed ? Errc{} : parsed.error().code;
}

TEST(Policy, ReadsTheExampleOfTheSpecification) {
  const std::string text = example();
  const auto policy = Policy::parse(text);
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->logs().size(), 1U);
  EXPECT_EQ(policy->log_url(0), "https://log.example/");
  EXPECT_EQ(policy->member_count(), 6U);
  EXPECT_EQ(policy->member_name(3), "Y1");
  EXPECT_EQ(policy->witness_key(0).name, "w1");
  EXPECT_TRUE(policy->witness_url(0).empty());
}

TEST(Policy, CountsLikeItsFormula) {
  const std::string text = example();
  const auto policy = Policy::parse(text);
  ASSERT_TRUE(policy);
  for (MemberSet signers = 0; signers < 64; ++signers) {
    const bool x = std::popcount(signers & 7U) >= 2;
    const bool y = (signers & 56U) != 0;
    EXPECT_EQ(policy->met_by(signers), x && y) << signers;
  }
  EXPECT_FALSE(policy->met_by(~MemberSet{63}));
}

TEST(Policy, QuorumMayBeNoneOrOneWitness) {
  const std::string none = "quorum none\n";
  EXPECT_TRUE(Policy::parse(none)->met_by(0));
  const std::string one = witness_line("a", 1) + witness_line("b", 2) + "quorum b";
  const auto policy = Policy::parse(one);
  ASSERT_TRUE(policy);
  EXPECT_FALSE(policy->met_by(1));
  EXPECT_TRUE(policy->met_by(2));
}

TEST(Policy, KeepsUrls) {
  const std::string text = "witness a " + witness_vkey(1) + " https://a.example/x\nquorum a\n";
  EXPECT_EQ(Policy::parse(text)->witness_url(0), "https://a.example/x");
}

TEST(Policy, RefusesAnotherForm) {
  const std::string a = witness_line("a", 1);
  const std::string b = witness_line("b", 2);
  const std::vector<std::string> wrong{
      "",
      a,
      "quorum\n",
      a + "quorum a\nquorum a\n",
      a + "quorum a a\n",
      a + "unknown a\nquorum a\n",
      a + "group g\nquorum a\n",
      a + "group g any\nquorum a\n",
      a + "group g 0 a\nquorum g\n",
      a + "group g 2 a\nquorum g\n",
      a + b + "group g 01 a b\nquorum g\n",
      a + "group g some a\nquorum g\n",
      a + "group g -1 a\nquorum g\n",
      "witness\nquorum none\n",
      "witness a " + witness_vkey(1) + " url more\nquorum a\n",
      "log " + log_vkey(1) + " url more\nquorum none\n",
      a + "quorum a\r\n",
      a + "quorum a\x7F\n",
      a + std::string("# \0\n", 4) + "quorum a\n",
  };
  for (const std::string& text : wrong)
    EXPECT_EQ(code_of(text), errc::policy_malformed) << text;
}

TEST(Policy, RefusesNames) {
  const std::string a = witness_line("a", 1);
  const std::string b = witness_line("b", 2);
  const std::vector<std::string> wrong{
      a + witness_line("a", 2) + "quorum a\n",
      witness_line("none", 1) + "quorum none\n",
      a + "group a any a\nquorum a\n",
      a + "group none any a\nquorum none\n",
      a + "group g any none\nquorum g\n",
      a + "group g any unknown\nquorum g\n",
      a + "quorum unknown\n",
      "quorum a\n" + a,
      "group g any a\n" + a + "quorum g\n",
      a + "group g any g\nquorum g\n",
      a + "group g 2 a a\nquorum g\n",
      a + b + "group g any a\ngroup h all a b\nquorum h\n",
      a + b + "group g any a\ngroup h any g\ngroup i all g b\nquorum i\n",
  };
  for (const std::string& text : wrong)
    EXPECT_EQ(code_of(text), errc::policy_name) << text;
}

TEST(Policy, RefusesKeys) {
  EXPECT_EQ(code_of(witness_line("a", 1) + witness_line("b", 1) + "quorum a\n"), errc::policy_key);
  const std::string other_name =
      "witness b " + format_vkey(signer_of("other", 1), type_cosignature) + "\n";
  EXPECT_EQ(code_of(witness_line("a", 1) + other_name + "quorum a\n"), errc::policy_key);
  const std::string log = "log " + log_vkey(1) + "\n";
  EXPECT_EQ(code_of(log + log + "quorum none\n"), errc::policy_key);
  EXPECT_EQ(code_of("log " + witness_vkey(1) + "\nquorum none\n"), errc::note_vkey);
  EXPECT_EQ(code_of("witness a " + log_vkey(1) + "\nquorum a\n"), errc::note_vkey);
  EXPECT_EQ(code_of("witness a\nquorum a\n"), errc::note_vkey);
}

TEST(Policy, HasLimits) {
  std::string witnesses;
  for (int i = 0; i < 16; ++i)
    witnesses += witness_line("w" + std::to_string(i), i);
  EXPECT_EQ(code_of(witnesses + "quorum w0\n"), Errc{});
  EXPECT_EQ(code_of(witnesses + witness_line("more", 16) + "quorum w0\n"), errc::policy_size);
  std::string groups = witnesses;
  for (int i = 0; i < 16; ++i)
    groups += "group g" + std::to_string(i) + " any w" + std::to_string(i) + "\n";
  EXPECT_EQ(code_of(groups + "quorum g0\n"), Errc{});
  EXPECT_EQ(code_of(groups + "group more any g0\nquorum more\n"), errc::policy_size);
  std::string logs;
  for (int i = 0; i < 5; ++i)
    logs += "log " + log_vkey(i) + "\n";
  EXPECT_EQ(code_of(logs + "quorum none\n"), errc::policy_size);
}

TEST(Policy, TellsTheLine) {
  const std::string text = witness_line("a", 1) + "nonsense\nquorum a\n";
  const auto parsed = Policy::parse(text);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().field, field::note_line);
  EXPECT_EQ(parsed.error().offset, text.find("nonsense"));
}

TEST(Policy, ServesNamedParties) {
  constexpr std::array<std::string_view, 3> parties{"owner", "regulator", "insurer"};
  const std::string text = "group others any regulator insurer\ngroup q all owner others\nquorum q";
  const auto policy = Policy::parse_over(text, parties);
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->member_count(), 3U);
  EXPECT_FALSE(policy->met_by(0b001));
  EXPECT_FALSE(policy->met_by(0b110));
  EXPECT_TRUE(policy->met_by(0b101));
  EXPECT_TRUE(policy->met_by(0b011));
}

TEST(Policy, PartiesBringNoKeys) {
  constexpr std::array<std::string_view, 1> parties{"owner"};
  EXPECT_EQ(Policy::parse_over(witness_line("a", 1) + "quorum owner\n", parties).error().code,
            errc::policy_malformed);
  EXPECT_EQ(Policy::parse_over("log " + log_vkey(1) + "\nquorum owner\n", parties).error().code,
            errc::policy_malformed);
  constexpr std::array<std::string_view, 2> twice{"owner", "owner"};
  EXPECT_EQ(Policy::parse_over("quorum owner", twice).error().code, errc::policy_name);
  constexpr std::array<std::string_view, 1> none{"none"};
  EXPECT_EQ(Policy::parse_over("quorum none", none).error().code, errc::policy_name);
  const std::vector<std::string_view> many(17, "x");
  EXPECT_EQ(Policy::parse_over("quorum x", many).error().code, errc::policy_size);
}

RC_GTEST_PROP(PolicyProperty, MoreSignersNeverHurt, (MemberSet signers, MemberSet more)) {
  static const std::string text = example();
  static const auto policy = Policy::parse(text);
  const bool lost = policy->met_by(signers) && !policy->met_by(signers | more);
  RC_ASSERT(!lost);
}

RC_GTEST_PROP(PolicyProperty, ThresholdsCount, ()) {
  const auto members = *rc::gen::inRange<unsigned>(1, 17);
  const auto needed = *rc::gen::inRange<unsigned>(1, members + 1);
  const auto signers = *rc::gen::arbitrary<std::uint16_t>();
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (char c = 'a'; c < 'a' + 16; ++c)
      out.emplace_back(1, c);
    return out;
  }();
  const std::vector<std::string_view> views(names.begin(), names.begin() + members);
  std::string text = "group all-of-them " + std::to_string(needed);
  for (const std::string_view name : views)
    text += " " + std::string(name);
  const std::string whole = text + "\nquorum all-of-them\n";
  const auto policy = Policy::parse_over(whole, views);
  RC_ASSERT(policy.has_value());
  const MemberSet within = signers & ((MemberSet{1} << members) - 1);
  const bool enough = static_cast<unsigned>(std::popcount(within)) >= needed;
  RC_ASSERT(policy->met_by(within) == enough);
}

}  // namespace
}  // namespace daymark::tlog
