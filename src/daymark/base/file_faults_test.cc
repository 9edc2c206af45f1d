// Files under faults of the system calls below them.
#include <fcntl.h>
#include <gtest/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/base/file_simulated_testing.h"

namespace daymark {
namespace {

using simulated::Fault;
using simulated::Files;
using simulated::Unsynced;

constexpr auto all_faults =
    std::to_array<Fault>({Fault::io_error, Fault::no_space, Fault::read_only, Fault::short_count,
                          Fault::short_full, Fault::power_cut});
constexpr auto all_crashes =
    std::to_array<Unsynced>({Unsynced::dropped, Unsynced::kept, Unsynced::torn});

/// A disk with one durable file.
Files disk_with(const std::string& content) {
  Files files;
  EXPECT_TRUE(write_file(files, "a", bytes_of(content)));
  return files;
}

std::string content_of(Files& files) {
  const auto read = read_file(files, "a");
  return read ? std::string(text_of(*read)) : "unreadable";
}

TEST(FileFaults, AfterACrashAtAnyCallTheOldOrTheNewContentIsThereWhole) {
  const std::string before(5000, 'o');
  const std::string after(7000, 'n');
  std::size_t struck = 0;
  for (const Fault fault : all_faults) {
    for (std::size_t at = 1; at < 20; ++at) {
      for (const Unsynced unsynced : all_crashes) {
        Files files = disk_with(before);
        files.break_at({at, fault, fault == Fault::power_cut});
        const bool written = write_file(files, "a", bytes_of(after)).has_value();
        struck += files.struck() ? 1U : 0U;
        files.crash(unsynced, static_cast<unsigned>(at));
        const std::string found = content_of(files);
        ASSERT_TRUE(found == after || (!written && found == before)) << at;
      }
    }
  }
  EXPECT_GT(struck, 80U);
}

TEST(FileFaults, AShortWriteIsWrittenToItsEnd) {
  Files files = disk_with("old");
  files.break_at({3, Fault::short_count, true});
  ASSERT_TRUE(write_file(files, "a", bytes_of("something new")));
  files.crash(Unsynced::dropped, 0);
  EXPECT_EQ(content_of(files), "something new");
}

TEST(FileFaults, DiskFullAndReadOnlyDiskAreNamedAndLeaveNoPart) {
  for (const Fault fault : {Fault::no_space, Fault::read_only}) {
    Files files = disk_with("old");
    files.break_at({1, fault, true});
    const auto refused = write_file(files, "a", bytes_of("new"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().error.code, errc::file_not_written);
    EXPECT_EQ(refused.error().detail,
              fault == Fault::no_space ? "No space left on device" : "Read-only file system");
    files.repair();
    std::vector<std::string> names;
    ASSERT_EQ(files.list(".", names), 0);
    EXPECT_EQ(names.size(), 1U);
    EXPECT_EQ(content_of(files), "old");
  }
}

TEST(FileFaults, WhatIsWrittenSoonIsWholeForReadersAndDurableOnceSynced) {
  Files files = disk_with("old");
  ASSERT_TRUE(write_file_soon(files, "a", bytes_of("new")));
  EXPECT_EQ(content_of(files), "new");
  Files synced = files;
  files.crash(Unsynced::dropped, 0);
  EXPECT_EQ(content_of(files), "old");
  ASSERT_TRUE(sync_folder(synced, "."));
  synced.crash(Unsynced::dropped, 0);
  EXPECT_EQ(content_of(synced), "") << "the name is durable, the content is not";
}

TEST(FileFaults, ReadingAtAPlaceMovesNothing) {
  Files files = disk_with("0123456789");
  const int file = files.open("a", O_RDONLY);
  ByteArray<4> into{};
  EXPECT_EQ(files.read_at(file, into, 8), 2);
  EXPECT_EQ(into[0], '8');
  EXPECT_EQ(files.read_at(file, into, 11), 0);
  EXPECT_EQ(files.read(file, into), 4);
  EXPECT_EQ(into[0], '0');
  files.break_at({1, Fault::short_count});
  EXPECT_EQ(files.read_at(file, into, 2), 2);
  files.break_at({1, Fault::io_error});
  EXPECT_EQ(files.read_at(file, into, 2), -1);
}

TEST(FileFaults, AFailedSyncLosesWhatItShouldHaveWritten) {
  // The disk of these tests must be as bad as a real one: a later sync doesn't bring it back.
  Files files;
  std::string name = "a.XXXXXX.part";
  const int file = files.open_part(name);
  ASSERT_EQ(files.write(file, bytes_of("ab")), 2);
  files.break_at({1, Fault::io_error});
  EXPECT_EQ(files.sync(file), -1);
  EXPECT_EQ(files.sync(file), 0);
  ASSERT_EQ(files.rename(name, "a"), 0);
  EXPECT_EQ(content_of(files), "ab");
  ASSERT_TRUE(sync_folder(files, "."));
  files.crash(Unsynced::kept, 0);
  EXPECT_EQ(content_of(files), std::string(2, '\0'));
}

}  // namespace
}  // namespace daymark
