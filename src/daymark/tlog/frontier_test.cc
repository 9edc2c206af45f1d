// The edge against the whole tree.
#include "daymark/tlog/frontier.h"

#include <gtest/gtest.h>

#include "daymark/tlog/tree.h"

namespace daymark::tlog {
namespace {

Digest leaf_of(std::uint64_t i) {
  Digest out{};
  for (std::size_t at = 0; at < 8; ++at)
    out[at] = static_cast<Byte>(i >> (8 * at));
  return out;
}

TEST(Frontier, HasTheRootOfTheTreeAtEverySize) {
  for (const TreeKind kind : {log_tree, batch_tree}) {
    Frontier edge(kind);
    Tree tree(kind);
    EXPECT_EQ(edge.root(), tree.head().root);
    for (std::uint64_t i = 0; i < 300; ++i) {
      edge.append(leaf_of(i));
      tree.append_leaf(leaf_of(i));
      ASSERT_EQ(edge.root(), tree.head().root) << i;
      ASSERT_EQ(edge.size(), tree.size());
    }
  }
  EXPECT_NE(Frontier(log_tree).append(leaf_of(0)).size(), 0U);
}

TEST(Frontier, CompletesEveryFullSubtreeOnceAtItsPlace) {
  constexpr std::uint64_t count = 77;
  Frontier edge(batch_tree);
  Tree tree(batch_tree);
  std::vector<Digest> all;
  for (std::uint64_t i = 0; i < count; ++i) {
    EXPECT_EQ(all.size(), completed_nodes({i}));
    const auto done = edge.append(leaf_of(i));
    all.insert(all.end(), done.begin(), done.end());
    tree.append_leaf(leaf_of(i));
  }
  std::size_t nodes = 0;
  for (unsigned level = 0; count >> level != 0; ++level) {
    for (std::uint64_t at = 0; at < count >> level; ++at, ++nodes)
      ASSERT_EQ(all.at(completion_of(level, at)), tree.full_subtree(level, at)) << level << at;
  }
  EXPECT_EQ(all.size(), nodes);
  EXPECT_EQ(completed_nodes({count}), nodes);
}

}  // namespace
}  // namespace daymark::tlog
