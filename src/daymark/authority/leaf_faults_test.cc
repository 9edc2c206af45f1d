// The archive under faults of the system calls below it: a batch is there wholly or not at all.
#include <gtest/gtest.h>

#include "daymark/authority/authority_testing.h"
#include "daymark/authority/leaf_archive.h"
#include "daymark/base/file_simulated_testing.h"

namespace daymark::authority {
namespace {

using simulated::Fault;
using simulated::Files;
using simulated::Unsynced;
using testing::verdict;

constexpr auto all_leaf_faults =
    std::to_array<Fault>({Fault::io_error, Fault::no_space, Fault::read_only, Fault::short_count,
                          Fault::short_full, Fault::power_cut});
constexpr auto all_leaf_crashes =
    std::to_array<Unsynced>({Unsynced::dropped, Unsynced::kept, Unsynced::torn});

/// Enough that buffers are written before the end.
constexpr std::size_t leaf_count = 140;

LeafList large_leaves(Byte salt) {
  LeafList out;
  for (std::size_t i = 0; i < leaf_count; ++i) {
    out.emplace_back(2000, static_cast<Byte>(i));
    out.back().front() = salt;
  }
  return out;
}

Outcome<order::BatchContent> write_batch_of(LeafArchive& archive, const LeafList& leaves) {
  DAYMARK_TRY(const auto writer, archive.begin());
  for (const std::vector<Byte>& leaf : leaves)
    DAYMARK_CHECK(writer->add(leaf));
  return writer->finish(leaves.size(), {1000});
}

/// Whether the batch is there wholly. Fails the test where it is there in part.
bool holds(LeafArchive& archive, const Digest& root, const LeafList& leaves) {
  const auto facts = archive.find(root);
  EXPECT_EQ(verdict(facts), "ok");
  if (!facts || !*facts) return false;
  const auto page = archive.page(root, {0, leaves.size()});
  EXPECT_EQ(verdict(page), "ok");
  EXPECT_TRUE(page && *page == leaves);
  return true;
}

std::size_t entries(Files& files) {
  std::vector<std::string> names;
  EXPECT_EQ(files.list("batches", names), 0);
  return names.size();
}

class LeafFaults : public ::testing::Test {
 protected:
  /// A disk with one batch, durable.
  LeafFaults() {
    const auto archive = open_leaf_archive(disk, "batches").value();
    first = write_batch_of(*archive, first_leaves)->root;
    Files scratch = disk;
    const auto other = open_leaf_archive(scratch, "batches").value();
    second = write_batch_of(*other, second_leaves)->root;
  }

  LeafList first_leaves = large_leaves(1);
  LeafList second_leaves = large_leaves(2);
  Files disk;
  Digest first{};
  Digest second{};
};

TEST_F(LeafFaults, AfterACrashAtAnyCallTheBatchIsThereWhollyOrNotAtAll) {
  std::size_t struck = 0;
  std::size_t kept = 0;
  for (const Fault fault : all_leaf_faults) {
    for (std::size_t at = 1; at < 60; ++at) {
      Files written = disk;
      written.break_at({at, fault, fault == Fault::power_cut});
      bool said = false;
      if (const auto archive = open_leaf_archive(written, "batches"))
        said = write_batch_of(**archive, second_leaves).has_value();
      if (!written.struck()) break;
      ++struck;
      for (const Unsynced unsynced : all_leaf_crashes) {
        Files files = written;
        files.crash(unsynced, static_cast<unsigned>(at));
        const auto reopened = open_leaf_archive(files, "batches");
        ASSERT_EQ(verdict(reopened), "ok");
        EXPECT_TRUE(holds(**reopened, first, first_leaves));
        const bool there = holds(**reopened, second, second_leaves);
        EXPECT_TRUE(there || !said) << at;
        EXPECT_EQ(entries(files), there ? 2U : 1U) << "nothing half-written stays";
        kept += there ? 1U : 0U;
      }
    }
  }
  EXPECT_GT(struck, 100U);
  EXPECT_GT(kept, 0U);
}

TEST_F(LeafFaults, AfterACrashAtAnyCallARemovedBatchIsThereWhollyOrNotAtAll) {
  std::size_t struck = 0;
  for (const Fault fault : all_leaf_faults) {
    for (std::size_t at = 1; at < 30; ++at) {
      Files written = disk;
      written.break_at({at, fault, fault == Fault::power_cut});
      bool said = false;
      if (const auto archive = open_leaf_archive(written, "batches"))
        said = (*archive)->remove(first).has_value();
      if (!written.struck()) break;
      ++struck;
      for (const Unsynced unsynced : all_leaf_crashes) {
        Files files = written;
        files.crash(unsynced, static_cast<unsigned>(at));
        const auto reopened = open_leaf_archive(files, "batches");
        ASSERT_EQ(verdict(reopened), "ok");
        EXPECT_FALSE(holds(**reopened, first, first_leaves) && said);
      }
    }
  }
  EXPECT_GT(struck, 40U);
}

TEST_F(LeafFaults, AFullDiskIsNamedAndLeavesNothing) {
  for (std::size_t at = 5; at < 40; ++at) {
    Files files = disk;
    const auto archive = open_leaf_archive(files, "batches").value();
    files.break_at({at, Fault::no_space, true});
    const auto refused = write_batch_of(*archive, second_leaves);
    if (!files.struck() || refused) break;
    EXPECT_EQ(verdict(refused), "file_not_written");
    EXPECT_EQ(refused.error().detail, "No space left on device");
    files.repair();
    EXPECT_EQ(entries(files), 1U);
    EXPECT_TRUE(holds(*archive, first, first_leaves));
    EXPECT_EQ(verdict(write_batch_of(*archive, second_leaves)), "ok");
  }
}

TEST_F(LeafFaults, AReadThatFailsIsARefusalAndAShortOneIsReadOn) {
  for (std::size_t at = 1; at < 20; ++at) {
    for (const Fault fault : {Fault::io_error, Fault::short_count}) {
      Files files = disk;
      const auto archive = open_leaf_archive(files, "batches").value();
      files.break_at({at, fault});
      const auto page = archive->page(first, {0, leaf_count});
      EXPECT_TRUE(page ? *page == first_leaves : fault == Fault::io_error) << at;
      files.repair();
      EXPECT_TRUE(holds(*archive, first, first_leaves)) << "the next reads again";
    }
  }
}

}  // namespace
}  // namespace daymark::authority
