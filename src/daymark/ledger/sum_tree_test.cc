#include "daymark/ledger/sum_tree.h"

#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/base/hex.h"
#include "daymark/crypto/ports.h"
#include "daymark/ledger/errors.h"
#include "daymark/ledger/ledger_testing.h"
#include "daymark/ledger/path.h"

namespace daymark::ledger {
namespace {

constexpr auto greatest = std::numeric_limits<std::uint64_t>::max();

/// The format of sum_tree.h once more, naively, over byte vectors.
class Naive {
 public:
  static std::vector<Byte> leaf(const UsageRecord& record) {
    ByteArray<record_size_max> buffer{};
    const ByteView encoded = *encode(record, buffer);
    std::vector<Byte> text{0};
    text.insert(text.end(), encoded.begin(), encoded.end());
    return node(hash(text), record.use);
  }

  static std::vector<Byte> root(const std::vector<UsageRecord>& records) {
    if (records.size() == 1) return leaf(records[0]);
    std::size_t split = 1;
    while (split * 2 < records.size())
      split *= 2;
    const auto middle = records.begin() + static_cast<std::ptrdiff_t>(split);
    const auto left = root({records.begin(), middle});
    const auto right = root({middle, records.end()});
    std::vector<Byte> text{1};
    text.insert(text.end(), left.begin(), left.end());
    text.insert(text.end(), right.begin(), right.end());
    std::vector<Byte> out = hash(text);
    for (std::size_t i = 0; i < 4; ++i)
      put(out, number(left, i) + number(right, i));
    return out;
  }

  static std::vector<Byte> node(std::vector<Byte> hash, const Sums& sums) {
    put(hash, sums.ops_low.value);
    put(hash, sums.ops_high.value);
    put(hash, sums.joules.value);
    put(hash, sums.chip_millis.value);
    return hash;
  }

 private:
  static std::vector<Byte> hash(const std::vector<Byte>& text) {
    std::vector<Byte> whole;
    for (const char c : std::string_view("daymark ledger v1"))
      whole.push_back(static_cast<Byte>(c));
    whole.push_back(0);
    whole.insert(whole.end(), text.begin(), text.end());
    const Digest digest = crypto::sha256(ByteView(whole));
    return {digest.begin(), digest.end()};
  }

  static void put(std::vector<Byte>& out, std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8)
      out.push_back(static_cast<Byte>(value >> shift));
  }

  static std::uint64_t number(const std::vector<Byte>& node, std::size_t which) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i)
      value = value << 8 | node[32 + which * 8 + i];
    return value;
  }
};

struct Book {
  std::vector<UsageRecord> records;
  std::vector<Node> leaves;
  SumTree tree{test_peak};
};

Book book_of(std::uint64_t count) {
  Book out;
  for (std::uint64_t n = 0; n < count; ++n) {
    out.records.push_back(record_number(n));
    out.leaves.push_back(*leaf_of(out.records.back()));
    EXPECT_TRUE(out.tree.append(out.records.back()));
  }
  return out;
}

Result<void> verify(const Book& book, std::uint64_t index, std::span<const Node> nodes) {
  return verify_counted(book.records[index], {{index}, nodes}, book.tree.head(), test_peak);
}

TEST(SumTree, AgreesWithTheNaiveTreeAtEverySize) {
  Book book;
  for (std::uint64_t n = 0; n < 70; ++n) {
    book.records.push_back(record_number(n));
    ASSERT_TRUE(book.tree.append(book.records.back()));
    const Head head = book.tree.head();
    EXPECT_EQ(head.size.value, n + 1);
    EXPECT_EQ(Naive::node({head.root.begin(), head.root.end()}, head.totals),
              Naive::root(book.records));
  }
}

TEST(SumTree, EmptyLedgerHasNoUse) {
  const SumTree tree(test_peak);
  EXPECT_EQ(tree.head(), Head{});
  EXPECT_EQ(tree.totals(), Sums{});
}

TEST(SumTree, HeadHashBindsSizeRootAndTotals) {
  const Head head = book_of(3).tree.head();
  std::vector<Digest> hashes{head_hash(head)};
  for (Head other : {head, head, head, head, head, head}) {
    switch (hashes.size()) {
      case 1: ++other.size.value; break;
      case 2: other.root[31] ^= 1; break;
      case 3: ++other.totals.ops_low.value; break;
      case 4: ++other.totals.ops_high.value; break;
      case 5: ++other.totals.joules.value; break;
      default: ++other.totals.chip_millis.value;
    }
    hashes.push_back(head_hash(other));
  }
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j)
      EXPECT_NE(hashes[i], hashes[j]) << i << j;
  }
}

TEST(SumTree, RefusalChangesNothing) {
  Book book = book_of(5);
  const Head before = book.tree.head();
  UsageRecord record = record_number(9);
  record.use.ops_high = {60'000};
  EXPECT_EQ(book.tree.append(record).error().code, errc::ledger_above_peak);
  record = record_number(9);
  record.use.joules = {greatest};
  EXPECT_EQ(book.tree.append(record).error().code, errc::ledger_overflow);
  EXPECT_EQ(book.tree.head(), before);
  EXPECT_TRUE(book.tree.append(record_number(9)));
}

TEST(SumTree, SaltHidesTheContentOfALeaf) {
  UsageRecord record = record_number(1);
  const Node leaf = *leaf_of(record);
  record.salt[0] ^= 1;
  EXPECT_NE(leaf_of(record)->hash, leaf.hash);
}

RC_GTEST_PROP(SumTree, SavedStateGoesOnAsIfNothingHadHappened, ()) {
  const auto count = *rc::gen::inRange<std::uint64_t>(0, 40);
  const Book book = book_of(count);
  ByteArray<SumTree::state_size_max> buffer{};
  const ByteView state = *book.tree.save(buffer);
  auto restored = SumTree::load(state, test_peak);
  RC_ASSERT(restored.has_value());
  RC_ASSERT(restored->head() == book.tree.head());
  const UsageRecord next = *any_record();
  SumTree original = book.tree;
  RC_ASSERT(original.append(next).has_value() && restored->append(next).has_value());
  RC_ASSERT(restored->head() == original.head());
}

TEST(SumTree, StateOfAnotherLengthIsRefused) {
  const Book book = book_of(11);
  ByteArray<SumTree::state_size_max> buffer{};
  const ByteView state = *book.tree.save(buffer);
  EXPECT_EQ(state.size(), 8U + 3 * SumTree::node_size);
  for (std::size_t n = 0; n < state.size(); ++n) {
    EXPECT_EQ(SumTree::load(state.first(n), test_peak).error().code, errc::ledger_state);
  }
  const ByteView longer(buffer.data(), state.size() + 1);
  EXPECT_EQ(SumTree::load(longer, test_peak).error().code, errc::ledger_state);
  ByteArray<8> small{};
  EXPECT_EQ(book.tree.save(small).error().code, errc::buffer_too_small);
}

TEST(SumTree, StateThatOverflowsIsRefused) {
  std::vector<Byte> state(8 + 2 * SumTree::node_size, 0xFF);
  std::fill(state.begin(), state.begin() + 7, Byte{0});
  state[7] = 3;
  EXPECT_EQ(SumTree::load(state, test_peak).error().code, errc::ledger_overflow);
  state[3] = 1;  // 2^32 + 3 records
  EXPECT_EQ(SumTree::load(state, test_peak).error().code, errc::ledger_state);
}

TEST(SumTree, TheLastPlaceIsTheLastPlace) {
  std::vector<Byte> state(SumTree::state_size_max, 0);
  std::fill(state.begin() + 4, state.begin() + 8, Byte{0xFF});
  auto tree = SumTree::load(state, test_peak);
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->append(record_number(1)).error().code, errc::ledger_full);
}

TEST(Path, EveryRecordOfEveryTreeIsShownToBeCounted) {
  for (std::uint64_t size = 1; size < 34; ++size) {
    const Book book = book_of(size);
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto nodes = path_of(book.leaves, {index});
      ASSERT_TRUE(nodes);
      EXPECT_TRUE(verify(book, index, *nodes)) << size << ' ' << index;
    }
  }
}

RC_GTEST_PROP(Path, OfAnotherPlaceOrLengthIsRefused, ()) {
  const auto size = *rc::gen::inRange<std::uint64_t>(2, 40);
  const auto index = *rc::gen::inRange<std::uint64_t>(0, size);
  const auto other = *rc::gen::inRange<std::uint64_t>(0, size + 2);
  RC_PRE(other != index);
  const Book book = book_of(size);
  std::vector<Node> nodes = *path_of(book.leaves, {index});
  const Head head = book.tree.head();
  RC_ASSERT(!verify_counted(book.records[index], {{other}, nodes}, head, test_peak));
  nodes.push_back(nodes.front());
  RC_ASSERT(verify(book, index, nodes).error().code == errc::ledger_path);
  nodes.pop_back();
  nodes.pop_back();
  RC_ASSERT(verify(book, index, nodes).error().code == errc::ledger_path);
}

RC_GTEST_PROP(Path, NothingInItCanBeChanged, ()) {
  const auto size = *rc::gen::inRange<std::uint64_t>(2, 40);
  const auto index = *rc::gen::inRange<std::uint64_t>(0, size);
  const Book book = book_of(size);
  std::vector<Node> nodes = *path_of(book.leaves, {index});
  Node& node = nodes[*rc::gen::inRange<std::size_t>(0, nodes.size())];
  switch (*rc::gen::inRange(0, 5)) {
    case 0: node.hash[*rc::gen::inRange<std::size_t>(0, 32)] ^= 1; break;
    case 1: ++node.sums.ops_low.value; break;
    case 2: --node.sums.ops_high.value; break;
    case 3: node.sums.joules.value = greatest; break;
    default: node.sums.chip_millis.value ^= 1;
  }
  const auto verdict = verify(book, index, nodes);
  RC_ASSERT(!verdict);
  RC_ASSERT(verdict.error().code == errc::ledger_not_counted ||
            verdict.error().code == errc::ledger_overflow);
}

TEST(Path, RecordOrHeadThatDiffersIsNotCounted) {
  Book book = book_of(9);
  const auto nodes = *path_of(book.leaves, {4});
  Head head = book.tree.head();
  --head.totals.joules.value;
  EXPECT_EQ(verify_counted(book.records[4], {{4}, nodes}, head, test_peak).error().code,
            errc::ledger_not_counted);
  ++book.records[4].use.joules.value;
  EXPECT_EQ(verify(book, 4, nodes).error().code, errc::ledger_not_counted);
  book.records[4].use.ops_high = {60'000};
  EXPECT_EQ(verify(book, 4, nodes).error().code, errc::ledger_above_peak);
}

TEST(Path, WrappingCantHideUse) {
  // A forged sibling whose sums wrap to a total below the record's own use.
  const UsageRecord record = record_number(1);
  const Node leaf = *leaf_of(record);
  const Node forged{{}, {{0}, {0}, {greatest - leaf.sums.joules.value + 2}, {0}}};
  EXPECT_EQ(parent_of(leaf, forged).error().code, errc::ledger_overflow);
  const std::array<Node, 1> nodes{forged};
  const Head head{{2}, {}, {{}, {}, {1}, {}}};
  EXPECT_EQ(verify_counted(record, {{0}, nodes}, head, test_peak).error().code,
            errc::ledger_overflow);
}

TEST(Path, IndexOutOfRangeIsRefused) {
  const Book book = book_of(4);
  EXPECT_EQ(path_of(book.leaves, {4}).error().code, errc::ledger_path);
  EXPECT_EQ(path_of({}, {0}).error().code, errc::ledger_path);
}

}  // namespace
}  // namespace daymark::ledger
