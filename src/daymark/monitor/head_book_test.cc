#include "daymark/monitor/head_book.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/file.h"
#include "daymark/monitor/errors.h"
#include "daymark/monitor/monitor_testing.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/note_writer.h"
#include "daymark/tlog/tlog_testing.h"

namespace daymark::monitor {
namespace {

using tlog::testing::signer_of;
using tlog::testing::vector_path;

constexpr const char* origin = "log.example";

/// A log, two witnesses of which both must sign, and heads that they sign.
class Heads : public ::testing::Test {
 protected:
  Heads() {
    text_ = "log " + tlog::format_vkey(log_, tlog::type_ed25519) + "\nwitness a " +
            tlog::format_vkey(a_, tlog::type_cosignature) + "\nwitness b " +
            tlog::format_vkey(b_, tlog::type_cosignature) + "\ngroup both all a b\nquorum both\n";
    policy_ = *tlog::Policy::parse(text_);
  }

  static tlog::Tree tree_of(std::size_t count, const std::string& word = "entry") {
    tlog::Tree out;
    for (std::size_t i = 0; i < count; ++i)
      out.append(bytes_of(word + std::to_string(i)));
    return out;
  }

  [[nodiscard]] std::string note(const tlog::TreeHead& head, bool by_log = true,
                                 int witnesses = 2) const {
    const std::string body = tlog::checkpoint_body(origin, head);
    std::string lines = by_log ? tlog::sign_body(log_, body) : std::string{};
    if (witnesses > 0) lines += tlog::cosign_body(a_, body, {10'000});
    if (witnesses > 1) lines += tlog::cosign_body(b_, body, {20'000});
    return tlog::make_note(body, lines);
  }

  KnownHead known(const tlog::TreeHead& head) const {
    return *book_.authenticate(note(head), "here");
  }

  tlog::NoteSigner log_ = signer_of(origin, 1);
  tlog::NoteSigner a_ = signer_of("a.example", 2);
  tlog::NoteSigner b_ = signer_of("b.example", 3);
  std::string text_;
  tlog::Policy policy_;
  HeadBook book_{{&policy_, nullptr}};
};

TEST_F(Heads, CountOnlyWhereSomebodyKnownSigned) {
  const tlog::TreeHead head = tree_of(3).head();
  const auto full = book_.authenticate(note(head), "x");
  ASSERT_TRUE(full);
  EXPECT_TRUE(full->by_log);
  EXPECT_EQ(UnixMillis{20'000}, full->witnessed_at);
  const auto one = book_.authenticate(note(head, true, 1), "x");
  ASSERT_TRUE(one);
  EXPECT_FALSE(one->witnessed_at);
  const auto unsigned_by_log = book_.authenticate(note(head, false, 1), "x");
  ASSERT_TRUE(unsigned_by_log);
  EXPECT_FALSE(unsigned_by_log->by_log);

  const std::string body = tlog::checkpoint_body(origin, head);
  const std::string stranger = tlog::make_note(body, tlog::sign_body(signer_of(origin, 9), body));
  EXPECT_EQ(errc::checkpoint_unsigned, book_.authenticate(stranger, "x").error().code);
  const std::string elsewhere = tlog::checkpoint_body("other.example", head);
  const std::string other =
      tlog::make_note(elsewhere, tlog::sign_body(signer_of("other.example", 1), elsewhere));
  EXPECT_EQ(errc::proof_log_unknown, book_.authenticate(other, "x").error().code);
  std::string forged = note(head);
  forged[body.find('\n') + 1] = '4';
  EXPECT_EQ(errc::note_signature, book_.authenticate(forged, "x").error().code);
}

TEST_F(Heads, OfOneHistoryRaiseNothing) {
  const tlog::Tree tree = tree_of(40);
  for (std::uint64_t size = 1; size <= 40; ++size)
    EXPECT_TRUE(book_.add(known(*tree.head_at({size})), tree).empty()) << size;
  EXPECT_EQ(TreeSize{40}, book_.newest_of(tree)->head.size);
  EXPECT_TRUE(book_.compare(tree, {0}).empty());
}

TEST_F(Heads, OfOneSizeWithTwoRootsAreASplit) {
  const tlog::Tree empty;
  EXPECT_TRUE(book_.add(known(tree_of(5).head()), empty).empty());
  EXPECT_TRUE(book_.add(known(tree_of(5).head()), empty).empty());
  const auto alarms = book_.add(known(tree_of(5, "other").head()), empty);
  ASSERT_EQ("log_split", testing::names(alarms));
  // Both texts are handed out: they alone convince a stranger.
  ASSERT_EQ(2U, alarms[0].evidence.size());
  EXPECT_TRUE(book_.authenticate(alarms[0].evidence[0], "x"));
  EXPECT_TRUE(book_.authenticate(alarms[0].evidence[1], "x"));
}

TEST_F(Heads, ThatDoNotContinueOneAnotherAreFoundOnceTheEntriesAreThere) {
  const tlog::Tree none;
  EXPECT_TRUE(book_.add(known(tree_of(5, "other").head()), none).empty());
  EXPECT_TRUE(book_.add(known(tree_of(9).head()), none).empty());
  EXPECT_EQ("monitor_history", testing::names(book_.compare(tree_of(9), {0})));
  EXPECT_EQ("monitor_history",
            testing::names(book_.add(known(tree_of(4, "other").head()), tree_of(9))));
}

TEST_F(Heads, BoundTheTimeOfAnEntry) {
  const tlog::Tree tree = tree_of(9);
  static_cast<void>(book_.add(known(*tree.head_at({4})), tree));
  EXPECT_EQ(UnixMillis{20'000}, book_.logged({3}, tree).latest);
  EXPECT_EQ(UnixMillis{0}, book_.logged({3}, tree).earliest);
  EXPECT_EQ(UnixMillis{20'000}, book_.logged({4}, tree).earliest);
  // A head of another history says nothing about this one.
  static_cast<void>(book_.add(known(tree_of(6, "other").head()), tree));
  EXPECT_GT(book_.logged({4}, tree).latest, UnixMillis{20'000});
}

/// Against a second way to say it: two sizes of two histories that part at `fork` contradict each
/// other exactly if both are beyond the fork.
RC_GTEST_FIXTURE_PROP(Heads, ContradictExactlyBeyondTheFork, ()) {
  const auto fork = *rc::gen::inRange<std::uint64_t>(0, 20);
  const auto mine = *rc::gen::inRange<std::uint64_t>(1, 20);
  const auto theirs = *rc::gen::inRange<std::uint64_t>(1, mine + 1);
  tlog::Tree ours;
  tlog::Tree others;
  for (std::uint64_t i = 0; i < mine; ++i) {
    ours.append(bytes_of(std::to_string(i)));
    others.append(bytes_of((i < fork ? "" : "x") + std::to_string(i)));
  }
  HeadBook book({&policy_, nullptr});
  RC_ASSERT(book.add(known(ours.head()), ours).empty());
  const auto alarms = book.add(known(*others.head_at({theirs})), ours);
  RC_ASSERT(alarms.empty() == (theirs <= fork));
}

TEST(SharedPair, IsASplitView) {
  const std::string policy_text =
      "witness w witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN\n"
      "witness m mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O\n"
      "quorum none\n";
  const auto policy = tlog::Policy::parse(policy_text);
  ASSERT_TRUE(policy);
  HeadBook book({&*policy, nullptr});
  const auto a = read_text(vector_path("split-view/checkpoint-a"));
  const auto b = read_text(vector_path("split-view/checkpoint-b"));
  ASSERT_TRUE(a && b);
  auto first = book.authenticate(*a, "a");
  auto second = book.authenticate(*b, "b");
  ASSERT_TRUE(first && second);
  const tlog::Tree none;
  EXPECT_TRUE(book.add(*first, none).empty());
  EXPECT_TRUE(book.add(*first, none).empty());
  EXPECT_EQ("log_split", testing::names(book.add(*second, none)));
  // A flipped digit of the root makes the witness's signature fail: no proof of anything.
  std::string forged = *b;
  const std::size_t root = forged.find("gw31");
  ASSERT_NE(std::string::npos, root);
  forged[root] = 'h';
  EXPECT_EQ(errc::note_signature, book.authenticate(forged, "b").error().code);
}

}  // namespace
}  // namespace daymark::monitor
