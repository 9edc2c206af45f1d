#include "daymark/tlog/journal.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/tlog/log_testing.h"

namespace daymark::tlog {
namespace {

using testing::MemoryDisk;
using testing::Platter;

/// One group and one head, as they stand in a segment.
std::vector<Byte> two_records() {
  std::vector<Byte> out = group_record({7}, bytes_of("bundle"), hash_leaf(bytes_of("root")));
  const std::vector<Byte> head = head_record("a note\n");
  out.insert(out.end(), head.begin(), head.end());
  return out;
}

TEST(JournalRecords, AreReadAsTheyWereWritten) {
  const std::vector<Byte> segment = two_records();
  const std::vector<JournalRecord> records = parse_journal(segment);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].kind, RecordKind::group);
  EXPECT_EQ(records[0].first.value, 7U);
  EXPECT_EQ(text_of(records[0].bundle), "bundle");
  EXPECT_EQ(records[0].root, hash_leaf(bytes_of("root")));
  EXPECT_EQ(records[1].kind, RecordKind::head);
  EXPECT_EQ(records[1].note, "a note\n");
  EXPECT_TRUE(parse_journal({}).empty());
}

TEST(JournalRecords, EndWhereACrashCutThem) {
  const std::vector<Byte> segment = two_records();
  const std::size_t first = group_record({7}, bytes_of("bundle"), {}).size();
  for (std::size_t cut = 0; cut < segment.size(); ++cut) {
    const auto records = parse_journal(ByteView(segment).first(cut));
    EXPECT_EQ(records.size(), cut < first ? 0U : 1U) << cut;
  }
  std::vector<Byte> zeros = segment;
  zeros.resize(zeros.size() + 4096);
  EXPECT_EQ(parse_journal(zeros).size(), 2U);
  std::vector<Byte> unknown = segment;
  unknown[first] = 'x';
  EXPECT_EQ(parse_journal(unknown).size(), 1U);
}

RC_GTEST_PROP(JournalRecordsProperty, AnyBytesGiveWholeRecordsOnly, (std::vector<Byte> bytes)) {
  std::vector<Byte> again;
  for (const JournalRecord& record : parse_journal(bytes)) {
    const bool is_group = record.kind == RecordKind::group;
    const auto part = is_group ? group_record(record.first, record.bundle, record.root)
                               : head_record(record.note);
    again.insert(again.end(), part.begin(), part.end());
  }
  RC_ASSERT(again.size() <= bytes.size());
  RC_ASSERT(equal(again, ByteView(bytes).first(again.size())));
}

TEST(JournalSegments, ARecordThatFailedIsTheLastOfItsSegment) {
  const auto platter = std::make_shared<Platter>();
  MemoryDisk disk(platter);
  Journal journal;
  EXPECT_TRUE(journal.open(disk)->empty());
  ASSERT_TRUE(journal.add(disk, head_record("one")));
  ASSERT_TRUE(journal.add(disk, head_record("two")));
  platter->cut_at = platter->changes + 1;
  platter->cut_keeps = true;
  EXPECT_FALSE(journal.add(disk, head_record("failed")));
  platter->repair();
  ASSERT_TRUE(journal.add(disk, head_record("three")));
  ASSERT_EQ(platter->files.size(), 2U);
  EXPECT_EQ(parse_journal(platter->files.begin()->second).back().note, "failed");
  EXPECT_EQ(parse_journal(platter->files.rbegin()->second).front().note, "three");
}

TEST(JournalSegments, AnotherProcessGoesOnInANewOne) {
  const auto platter = std::make_shared<Platter>();
  MemoryDisk disk(platter);
  Journal first;
  ASSERT_TRUE(first.open(disk));
  ASSERT_TRUE(first.add(disk, head_record("one")));
  platter->files["journal/notes.txt"] = {1};
  Journal second;
  EXPECT_EQ(second.open(disk)->size(), 1U);
  ASSERT_TRUE(second.add(disk, head_record("two")));
  EXPECT_EQ(platter->files.size(), 3U);
  EXPECT_GT(second.bytes(), 0U);
  second.clear(disk);
  EXPECT_EQ(second.bytes(), 0U);
  EXPECT_EQ(platter->files.size(), 1U);
  ASSERT_TRUE(second.add(disk, head_record("three")));
  EXPECT_TRUE(platter->files.contains("journal/00000000000000000003"));
}

TEST(JournalSegments, GrowToAFileThatCanBeRead) {
  const auto platter = std::make_shared<Platter>();
  MemoryDisk disk(platter);
  Journal journal;
  ASSERT_TRUE(journal.open(disk));
  const std::vector<Byte> large = group_record({0}, std::vector<Byte>(9UL << 20), {});
  for (int i = 0; i < 4; ++i)
    ASSERT_TRUE(journal.add(disk, large));
  EXPECT_EQ(platter->files.size(), 2U);
}

}  // namespace
}  // namespace daymark::tlog
