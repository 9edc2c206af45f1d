#include "daymark/tlog/merkle.h"

#include <bit>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/encode.h"
#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/crypto/ports.h"
#include "daymark/tlog/conformance.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/tlog_testing.h"
#include "daymark/tlog/tree.h"

namespace daymark::tlog {
namespace {

using testing::leaves_of;
using testing::Reference;

TEST(Merkle, HashesBehindTheirPrefixes) {
  // RFC 6962 §2.1: the leaf of no data is SHA-256(00), an empty tree SHA-256 of nothing.
  EXPECT_EQ(to_hex(hash_leaf({})),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(to_hex(empty_root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const Digest leaf = hash_leaf(bytes_of("x"));
  EXPECT_NE(leaf, hash_leaf(bytes_of("x"), batch_tree));
  EXPECT_NE(hash_leaf(bytes_of("x"), batch_tree), hash_leaf(bytes_of("x"), program_tree));
  EXPECT_NE(hash_leaf(bytes_of("x"), program_tree), hash_leaf(bytes_of("x"), receipt_tree));
  EXPECT_NE(hash_node(leaf, leaf), hash_node(leaf, leaf, batch_tree));
}

TEST(Merkle, ForeignVectors) {
  std::size_t cases = 0;
  for (const char* name : {"inclusion", "consistency", "subtreeinclusion", "subtreeconsistency"}) {
    const auto text = read_text(testing::vector_path("merkle/" + std::string(name) + ".jsonl"));
    ASSERT_TRUE(text);
    const auto count = run_merkle_conformance(*text);
    ASSERT_TRUE(count);
    EXPECT_EQ(count->failed, 0U) << count->failures.front();
    cases += count->passed;
  }
  EXPECT_EQ(cases, 335U);
}

TEST(Merkle, ConformanceRunnerCountsWrongVerdicts) {
  const std::string leaf = to_base64(hash_leaf({}));
  const std::string right = R"({"file":"inclusion/x","leafIdx":0,"treeSize":1,"proof":null,)"
                            R"("leafHash":")" +
                            leaf + R"(","root":")" + leaf + R"(","wantErr":true})";
  const auto count = run_merkle_conformance(right + "\n");
  ASSERT_TRUE(count);
  EXPECT_EQ(count->failed, 1U);
  EXPECT_EQ(count->passed, 0U);
  const auto second = run_merkle_conformance(right + "\n{\"file\": 3}\n");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, errc::json_malformed);
  EXPECT_EQ(second.error().offset, 2U);
  EXPECT_FALSE(run_merkle_conformance(R"({"file":"other/x","wantErr":true})"));
}

TEST(Merkle, EveryInclusionOfEverySmallTree) {
  for (std::size_t size = 1; size <= 40; ++size) {
    const std::vector<Digest> leaves = leaves_of(size);
    const Reference reference(leaves);
    const Digest root = reference.root(0, size);
    for (std::size_t i = 0; i < size; ++i) {
      const std::vector<Digest> path = reference.inclusion_path(i, 0, size);
      EXPECT_TRUE(verify_inclusion(leaves[i], {i}, {size}, path, root)) << i << " of " << size;
      EXPECT_EQ(*root_from_path(leaves[i], {i}, {size}, path), root);
    }
  }
}

TEST(Merkle, EveryConsistencyOfEverySmallTree) {
  const std::vector<Digest> leaves = leaves_of(40);
  const Reference reference(leaves);
  for (std::size_t newer = 1; newer <= 40; ++newer) {
    for (std::size_t older = 1; older <= newer; ++older) {
      const std::vector<Digest> path = reference.consistency_path(0, older, newer);
      const TreeHead from{{older}, reference.root(0, older)};
      const TreeHead to{{newer}, reference.root(0, newer)};
      EXPECT_TRUE(verify_consistency(from, to, path)) << older << " to " << newer;
    }
  }
}

TEST(Merkle, EverySubtreeOfEverySmallTree) {
  const std::vector<Digest> leaves = leaves_of(24);
  const Reference reference(leaves);
  std::size_t valid = 0;
  for (std::size_t end = 1; end <= 24; ++end) {
    for (std::size_t start = 0; start < end; ++start) {
      const bool aligned = start % std::bit_ceil(end - start) == 0;
      const Digest part = reference.root(start, end);
      for (std::size_t size = end; size <= 24; ++size) {
        const TreeHead tree{{size}, reference.root(0, size)};
        const std::vector<Digest> path = reference.consistency_path(start, end, size);
        const auto verdict = verify_subtree_consistency({start, end}, part, tree, path);
        ASSERT_EQ(verdict.has_value(), aligned) << start << ".." << end << " in " << size;
        valid += aligned ? 1 : 0;
      }
    }
  }
  EXPECT_GT(valid, 500U);
}

TEST(Merkle, RefusesPathsOfAnotherLength) {
  const std::vector<Digest> leaves = leaves_of(13);
  const Reference reference(leaves);
  const Digest root = reference.root(0, 13);
  std::vector<Digest> path = reference.inclusion_path(4, 0, 13);
  const Digest last = path.back();
  path.pop_back();
  EXPECT_EQ(verify_inclusion(leaves[4], {4}, {13}, path, root).error().code,
            errc::tlog_path_length);
  path.push_back(last);
  path.push_back(last);
  EXPECT_EQ(verify_inclusion(leaves[4], {4}, {13}, path, root).error().code,
            errc::tlog_path_length);
}

TEST(Merkle, RefusesSizesBeyondTheLongestPath) {
  const std::uint64_t beyond = (std::uint64_t{1} << 63) + 1;
  const Digest leaf = hash_leaf({});
  EXPECT_EQ(root_from_path(leaf, {0}, {beyond}, {}).error().code, errc::tlog_index);
  EXPECT_EQ(verify_consistency({{1}, leaf}, {{beyond}, leaf}, {}).error().code, errc::tlog_index);
  EXPECT_EQ(verify_inclusion(leaf, {1}, {1}, {}, leaf).error().code, errc::tlog_index);
  EXPECT_EQ(verify_inclusion(leaf, {0}, {0}, {}, leaf).error().code, errc::tlog_index);
}

TEST(Merkle, LargestTreeHasAPathOfPathMax) {
  const std::uint64_t size = std::uint64_t{1} << 63;
  const std::vector<Digest> path(path_max);
  EXPECT_TRUE(root_from_path(hash_leaf({}), {size - 1}, {size}, path));
  EXPECT_FALSE(root_from_path(hash_leaf({}), {size - 1}, {size}, std::span(path).first(62)));
}

RC_GTEST_PROP(MerkleProperty, AnyFlippedBitBreaksAnInclusion, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(2, 200);
  const auto index = *rc::gen::inRange<std::size_t>(0, size);
  const Reference reference(leaves_of(size));
  std::vector<Digest> path = reference.inclusion_path(index, 0, size);
  const Digest leaf = leaves_of(size)[index];
  const Digest root = reference.root(0, size);
  RC_ASSERT(verify_inclusion(leaf, {index}, {size}, path, root).has_value());
  const auto node = *rc::gen::inRange<std::size_t>(0, path.size());
  const auto bit = *rc::gen::inRange<unsigned>(0, 256);
  path[node][bit / 8] ^= static_cast<Byte>(1U << bit % 8);
  RC_ASSERT(verify_inclusion(leaf, {index}, {size}, path, root).error().code == errc::tlog_root);
}

RC_GTEST_PROP(MerkleProperty, NoOtherIndexFitsAPath, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(2, 100);
  const auto index = *rc::gen::inRange<std::size_t>(0, size);
  const auto other = *rc::gen::inRange<std::size_t>(0, size);
  RC_PRE(index != other);
  const Reference reference(leaves_of(size));
  const std::vector<Digest> path = reference.inclusion_path(index, 0, size);
  const Digest leaf = leaves_of(size)[index];
  RC_ASSERT(!verify_inclusion(leaf, {other}, {size}, path, reference.root(0, size)).has_value());
}

RC_GTEST_PROP(MerkleProperty, AnyFlippedBitBreaksAConsistency, ()) {
  const auto newer = *rc::gen::inRange<std::size_t>(2, 200);
  const auto older = *rc::gen::inRange<std::size_t>(1, newer);
  const Reference reference(leaves_of(newer));
  std::vector<Digest> path = reference.consistency_path(0, older, newer);
  const TreeHead from{{older}, reference.root(0, older)};
  const TreeHead to{{newer}, reference.root(0, newer)};
  RC_ASSERT(verify_consistency(from, to, path).has_value());
  RC_ASSERT(!verify_consistency({from.size, to.root}, to, path).has_value());
  RC_ASSERT(!verify_consistency(from, {to.size, from.root}, path).has_value());
  const auto node = *rc::gen::inRange<std::size_t>(0, path.size());
  path[node][0] ^= 1;
  RC_ASSERT(!verify_consistency(from, to, path).has_value());
}

RC_GTEST_PROP(TreeProperty, AgreesWithTheReference, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(1, 300);
  const auto older = *rc::gen::inRange<std::size_t>(1, size + 1);
  const auto index = *rc::gen::inRange<std::size_t>(0, older);
  const std::vector<Digest> leaves = leaves_of(size);
  Tree tree;
  for (const Digest& leaf : leaves)
    tree.append_leaf(leaf);
  const Reference reference(leaves);
  RC_ASSERT(tree.head().root == reference.root(0, size));
  RC_ASSERT(tree.head_at({older})->root == reference.root(0, older));
  RC_ASSERT(*tree.inclusion_path({index}, {older}) == reference.inclusion_path(index, 0, older));
  RC_ASSERT(*tree.consistency_path({older}, {size}) == reference.consistency_path(0, older, size));
}

TEST(Tree, KindsDontMix) {
  Tree batch(batch_tree);
  Tree programs(program_tree);
  for (const char* data : {"a", "b", "c"}) {
    batch.append(bytes_of(data));
    programs.append(bytes_of(data));
  }
  EXPECT_NE(batch.head().root, programs.head().root);
  const auto path = batch.inclusion_path({1}, {3});
  ASSERT_TRUE(path);
  const Digest leaf = hash_leaf(bytes_of("b"), batch_tree);
  EXPECT_EQ(*root_from_path(leaf, {1}, {3}, *path, batch_tree), batch.head().root);
  EXPECT_NE(*root_from_path(leaf, {1}, {3}, *path, program_tree), batch.head().root);
  EXPECT_NE(*root_from_path(leaf, {1}, {3}, *path), batch.head().root);
}

TEST(Tree, RefusesWhatItNeverHeld) {
  Tree tree;
  EXPECT_EQ(tree.head(), (TreeHead{{0}, empty_root()}));
  tree.append(bytes_of("a"));
  EXPECT_EQ(tree.head_at({2}).error().code, errc::tlog_index);
  EXPECT_EQ(tree.inclusion_path({1}, {1}).error().code, errc::tlog_index);
  EXPECT_EQ(tree.inclusion_path({0}, {2}).error().code, errc::tlog_index);
  EXPECT_EQ(tree.consistency_path({0}, {1}).error().code, errc::tlog_index);
  EXPECT_EQ(tree.consistency_path({1}, {2}).error().code, errc::tlog_index);
  EXPECT_TRUE(tree.consistency_path({1}, {1})->empty());
}

}  // namespace
}  // namespace daymark::tlog
