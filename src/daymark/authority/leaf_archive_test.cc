// The contract of LeafArchive, held against every kind of it; and what only files can suffer.
#include "daymark/authority/leaf_archive.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "daymark/authority/authority_testing.h"
#include "daymark/authority/errors.h"
#include "daymark/authority/leaf_archive_testing.h"
#include "daymark/base/file.h"
#include "daymark/base/hex.h"

namespace daymark::authority {
namespace {

using testing::verdict;

constexpr UnixMillis signing_end{7'200'000};

/// Leaves of different lengths, all different.
LeafList some_leaves(std::size_t count) {
  LeafList out;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<Byte> leaf(1 + i % 300, static_cast<Byte>(i));
    leaf.push_back(static_cast<Byte>(i >> 8U));
    out.push_back(std::move(leaf));
  }
  return out;
}

Outcome<order::BatchContent> keep(LeafArchive& archive, const LeafList& leaves,
                                  std::uint64_t slots) {
  DAYMARK_TRY(const auto writer, archive.begin());
  for (const std::vector<Byte>& leaf : leaves)
    DAYMARK_CHECK(writer->add(leaf));
  return writer->finish(slots, signing_end);
}

struct ArchiveKind {
  std::string name;
  std::function<Outcome<std::unique_ptr<LeafArchive>>(FileCalls& calls, const std::string& folder)>
      open;
};

std::vector<ArchiveKind> kinds_of_archives() {
  const auto memory = [](FileCalls&, const std::string&) {
    return Outcome<std::unique_ptr<LeafArchive>>(std::make_unique<testing::MemoryArchive>());
  };
  return {{"memory", memory}, {"folder", open_leaf_archive}};
}

class LeafArchiveTest : public ::testing::TestWithParam<ArchiveKind> {
 protected:
  testing::QuickFolder folder;
  PosixCalls calls;
  std::unique_ptr<LeafArchive> archive = GetParam().open(calls, folder.path() + "/batches").value();
};

INSTANTIATE_TEST_SUITE_P(Kinds, LeafArchiveTest, ::testing::ValuesIn(kinds_of_archives()),
                         [](const auto& kind) { return kind.param.name; });

TEST_P(LeafArchiveTest, AnEmptyArchiveKnowsNothing) {
  EXPECT_FALSE(archive->find(Digest{1})->has_value());
  EXPECT_TRUE(archive->roots()->empty());
  EXPECT_EQ(verdict(archive->leaf(Digest{1}, {0})), "authority_not_found");
  EXPECT_EQ(verdict(archive->page(Digest{1}, {0, 1})), "authority_not_found");
  EXPECT_EQ(verdict(archive->remove(Digest{1})), "ok");
}

TEST_P(LeafArchiveTest, EveryLeafOfEverySizeLeadsToTheRoot) {
  for (std::size_t count = 1; count <= 40; ++count) {
    const LeafList leaves = some_leaves(count);
    tlog::Tree tree(tlog::batch_tree);
    for (const std::vector<Byte>& leaf : leaves)
      tree.append(leaf);
    const auto content = keep(*archive, leaves, count + 2);
    ASSERT_EQ(verdict(content), "ok");
    EXPECT_EQ(content->root, tree.head().root);
    EXPECT_EQ(content->leaves, count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto found = archive->leaf(content->root, {i});
      ASSERT_EQ(verdict(found), "ok");
      EXPECT_EQ(found->leaf, leaves[i]);
      EXPECT_EQ(found->index.value, i);
      EXPECT_EQ(found->path, tree.inclusion_path({i}, tree.size()).value());
    }
    EXPECT_EQ(verdict(archive->leaf(content->root, {count})), "authority_not_found");
  }
  EXPECT_EQ(archive->roots()->size(), 40U);
}

TEST_P(LeafArchiveTest, FactsAreKept) {
  const auto content = keep(*archive, some_leaves(5), 9);
  const auto facts = *archive->find(content->root);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->leaves, 5U);
  EXPECT_EQ(facts->slots, 9U);
  EXPECT_EQ(facts->until, signing_end);
}

TEST_P(LeafArchiveTest, PagesAreCutFromTheBatch) {
  const LeafList leaves = some_leaves(77);
  const Digest root = keep(*archive, leaves, 77)->root;
  tlog::Tree tree(tlog::batch_tree);
  for (const std::vector<Byte>& leaf : leaves)
    tree.append(leaf);
  std::vector<std::vector<Digest>> paths;
  for (std::uint64_t i = 0; i < 77; ++i)
    paths.push_back(*tree.inclusion_path({i}, {77}));
  for (std::uint64_t after = 0; after <= 78; ++after) {
    for (const std::uint64_t limit : {0UL, 1UL, 5UL, 16UL, 76UL, 77UL, ~0UL}) {
      const auto page = archive->page(root, {after, limit});
      ASSERT_EQ(verdict(page), "ok") << after << " " << limit;
      const std::uint64_t wanted = after >= 77 ? 0 : std::min(limit, 77 - after);
      ASSERT_EQ(page->size(), wanted);
      const auto proven = archive->proven_page(root, {after, limit});
      ASSERT_EQ(verdict(proven), "ok") << after << " " << limit;
      ASSERT_EQ(proven->size(), wanted);
      for (std::uint64_t i = 0; i < wanted; ++i) {
        ASSERT_EQ((*page)[i], leaves[after + i]);
        ASSERT_EQ((*proven)[i].leaf, leaves[after + i]);
        ASSERT_EQ((*proven)[i].index.value, after + i);
        ASSERT_EQ((*proven)[i].path, paths[after + i]);
      }
    }
  }
}

TEST_P(LeafArchiveTest, APageHoldsNoMoreBytesThanItMay) {
  const LeafList leaves(leaf_page_bytes / 2048 + 10, std::vector<Byte>(2048, 7));
  const Digest root = keep(*archive, leaves, leaves.size())->root;
  EXPECT_EQ(archive->page(root, {0, ~0UL})->size(), leaf_page_bytes / 2048);
  EXPECT_EQ(archive->page(root, {leaf_page_bytes / 2048, ~0UL})->size(), 10U);
}

TEST_P(LeafArchiveTest, WhatIsNotFinishedLeavesNothing) {
  {
    const auto writer = archive->begin();
    ASSERT_EQ(verdict((*writer)->add(std::vector<Byte>{1})), "ok");
  }
  EXPECT_TRUE(archive->roots()->empty());
}

TEST_P(LeafArchiveTest, TwoBatchesAreWrittenSideBySide) {
  const auto one = archive->begin();
  const auto two = archive->begin();
  ASSERT_EQ(verdict((*one)->add(std::vector<Byte>{1})), "ok");
  ASSERT_EQ(verdict((*two)->add(std::vector<Byte>{2})), "ok");
  const auto first = (*one)->finish(1, signing_end);
  const auto second = (*two)->finish(1, signing_end);
  EXPECT_EQ(archive->leaf(first->root, {0})->leaf, std::vector<Byte>{1});
  EXPECT_EQ(archive->leaf(second->root, {0})->leaf, std::vector<Byte>{2});
}

TEST_P(LeafArchiveTest, TheSameLeavesTwiceAreOneBatch) {
  const auto first = keep(*archive, some_leaves(4), 4);
  const auto second = keep(*archive, some_leaves(4), 4);
  ASSERT_EQ(verdict(second), "ok");
  EXPECT_EQ(first->root, second->root);
  EXPECT_EQ(archive->roots()->size(), 1U);
}

TEST_P(LeafArchiveTest, ARemovedBatchIsGoneAndNoOther) {
  const Digest gone = keep(*archive, some_leaves(3), 3)->root;
  const Digest stays = keep(*archive, some_leaves(4), 4)->root;
  ASSERT_EQ(verdict(archive->leaf(gone, {0})), "ok");
  ASSERT_EQ(verdict(archive->remove(gone)), "ok");
  EXPECT_EQ(verdict(archive->leaf(gone, {0})), "authority_not_found");
  EXPECT_FALSE(archive->find(gone)->has_value());
  EXPECT_EQ(*archive->roots(), std::vector{stays});
}

TEST_P(LeafArchiveTest, ABatchOfNobodyIsABatch) {
  const auto content = keep(*archive, {}, 0);
  ASSERT_EQ(verdict(content), "ok");
  EXPECT_EQ(content->root, tlog::empty_root());
  EXPECT_TRUE(archive->page(content->root, {0, 10})->empty());
}

/// An archive of one batch on a disk, and ways to harm it.
class DamageTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<LeafArchive> open() {
    return open_leaf_archive(calls, folder.path() + "/batches").value();
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return folder.path() + "/batches/" + to_hex(root) + "/" + name;
  }

  /// Every leaf read alone, and all in one page.
  [[nodiscard]] bool reads_whole() {
    const auto archive = open();
    const auto all = archive->page(root, {0, 100});
    if (!all || *all != leaves) return false;
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      const auto one = archive->leaf(root, {i});
      if (!one || one->leaf != leaves[i]) return false;
    }
    return true;
  }

  /// Nothing false is ever read: the true leaf or a refusal.
  void expect_nothing_false() {
    const auto archive = open();
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      const auto one = archive->leaf(root, {i});
      if (!one) {
        EXPECT_EQ(verdict(one), "authority_leaves_damaged");
        continue;
      }
      ASSERT_EQ(one->leaf, leaves[i]);
      const Digest hash = tlog::hash_leaf(one->leaf, tlog::batch_tree);
      ASSERT_EQ(tlog::root_from_path(hash, {i}, {leaves.size()}, one->path, tlog::batch_tree),
                root);
    }
  }

  testing::QuickFolder folder;
  PosixCalls calls;
  LeafList leaves = some_leaves(13);
  Digest root = keep(*open(), leaves, 13)->root;
};

TEST_F(DamageTest, NoFlippedByteOfAnyFileIsReadAsALeaf) {
  ASSERT_TRUE(reads_whole());
  for (const char* name : {"leaves", "ends", "nodes", "head"}) {
    const std::vector<Byte> good = read_file(path(name)).value();
    for (std::size_t at = 0; at < good.size(); at += 7) {
      std::vector<Byte> bad = good;
      bad[at] ^= 0x20U;
      ASSERT_TRUE(write_file(path(name), bad));
      EXPECT_FALSE(reads_whole()) << name << " " << at;
      expect_nothing_false();
    }
    ASSERT_TRUE(write_file(path(name), good));
  }
  EXPECT_TRUE(reads_whole());
}

TEST_F(DamageTest, AShortOrMissingFileIsNamed) {
  for (const char* name : {"leaves", "ends", "nodes", "head"}) {
    const std::vector<Byte> good = read_file(path(name)).value();
    ASSERT_TRUE(write_file(path(name), ByteView(good).first(good.size() - 1)));
    EXPECT_FALSE(reads_whole()) << name;
    expect_nothing_false();
    std::filesystem::remove(path(name));
    EXPECT_EQ(verdict(open()->page(root, {0, 100})), "authority_leaves_damaged") << name;
    EXPECT_EQ(verdict(open()->proven_page(root, {0, 100})), "authority_leaves_damaged") << name;
    EXPECT_EQ(verdict(open()->leaf(root, {3})), "authority_leaves_damaged") << name;
    ASSERT_TRUE(write_file(path(name), good));
  }
}

TEST_F(DamageTest, TheFilesAreTheOwnersAlone) {
  for (const char* name : {"leaves", "ends", "nodes", "head"}) {
    const auto mode = std::filesystem::status(path(name)).permissions();
    EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
}

TEST_F(DamageTest, OpeningRemovesWhatWasNotFinished) {
  const std::string part = folder.path() + "/batches/7.part";
  std::filesystem::create_directory(part);
  ASSERT_TRUE(write_file(part + "/leaves", std::vector<Byte>{1}));
  EXPECT_EQ(open()->roots()->size(), 1U);
  EXPECT_FALSE(std::filesystem::exists(part));
}

}  // namespace
}  // namespace daymark::authority
