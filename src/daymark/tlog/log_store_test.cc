#include "daymark/tlog/log_store.h"

#include <gtest/gtest.h>

#include "daymark/base/file.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/log_testing.h"
#include "daymark/tlog/tlog_testing.h"

namespace daymark::tlog {
namespace {

using testing::MemoryDisk;
using testing::Platter;
using testing::read_served;
using testing::signer_of;

const std::string log_name = "log.example";

NoteSigner log_signer() {
  return signer_of(log_name, 1);
}

std::unique_ptr<LogDisk> disk_of(const std::shared_ptr<Platter>& platter) {
  return std::make_unique<MemoryDisk>(platter);
}

std::vector<std::string> words(std::size_t first, std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = first; i < first + count; ++i)
    out.push_back("entry " + std::to_string(i));
  return out;
}

Outcome<LeafIndex> append(LogStore& log, const std::vector<std::string>& entries) {
  std::vector<ByteView> views;
  for (const std::string& entry : entries)
    views.push_back(bytes_of(entry));
  return log.append(views);
}

Errc code_of_open(const std::shared_ptr<Platter>& platter) {
  const auto opened = LogStore::open_on(disk_of(platter), log_signer());
  return opened ? Errc{} : opened.error().error.code;
}

class LogStoreTest : public ::testing::Test {
 protected:
  LogStoreTest() {
    auto made = LogStore::create_on(disk_of(platter_), log_signer());
    EXPECT_TRUE(made);
    log_.emplace(*std::move(made));
  }

  void grow(std::size_t count) {
    ASSERT_TRUE(append(*log_, words(log_->head().size.value, count)));
  }

  std::string sign() {
    auto text = log_->sign_checkpoint();
    EXPECT_TRUE(text);
    return text ? *text : "";
  }

  void reopen() {
    log_.reset();
    auto opened = LogStore::open_on(disk_of(platter_), log_signer());
    ASSERT_TRUE(opened);
    log_.emplace(*std::move(opened));
  }

  void fold_every_head() {
    log_.reset();
    log_.emplace(*LogStore::open_on(disk_of(platter_), log_signer(), 1));
  }

  [[nodiscard]] bool holds_journal() const {
    const auto next = platter_->files.lower_bound("journal/");
    return next != platter_->files.end() && next->first.starts_with("journal/");
  }

  std::shared_ptr<Platter> platter_ = std::make_shared<Platter>();
  std::optional<LogStore> log_;
};

TEST_F(LogStoreTest, AppendsAndReadsBack) {
  EXPECT_EQ(append(*log_, words(0, 3))->value, 0U);
  EXPECT_EQ(log_->append(bytes_of("entry 3"))->value, 3U);
  EXPECT_EQ(append(*log_, {})->value, 4U);
  for (std::uint64_t i = 0; i < 4; ++i)
    EXPECT_EQ(text_of(*log_->entry({i})), "entry " + std::to_string(i));
  EXPECT_EQ(log_->entry({4}).error().error.code, errc::tlog_index);
  EXPECT_EQ(log_->head().size.value, 4U);
  EXPECT_EQ(log_->signed_size().value, 0U);
}

TEST_F(LogStoreTest, SignsWhatReadersCanVerify) {
  grow(300);
  const std::string text = sign();
  const auto checkpoint = parse_checkpoint(text);
  ASSERT_TRUE(checkpoint);
  const std::string vkey = log_->vkey();
  EXPECT_TRUE(verify_log_signature(*checkpoint, *parse_vkey(vkey)));
  EXPECT_EQ(checkpoint->head, log_->head());
  EXPECT_EQ(sign(), text);
  MemoryDisk disk(platter_);
  const auto entries = read_served(disk, text);
  ASSERT_TRUE(entries);
  EXPECT_EQ(text_of(entries->back()), "entry 299");
  EXPECT_EQ(text_of(*log_->entry({17})), "entry 17");
}

TEST_F(LogStoreTest, OlderCheckpointsStayServed) {
  std::vector<std::string> texts;
  for (const std::size_t count : std::to_array<std::size_t>({1, 4, 250, 1, 30, 300, 7})) {
    grow(count);
    texts.push_back(sign());
  }
  MemoryDisk disk(platter_);
  for (const std::string& text : texts)
    EXPECT_TRUE(read_served(disk, text)) << text;
}

TEST_F(LogStoreTest, ProvesInclusionAndConsistency) {
  grow(20);
  const std::string older = sign();
  grow(300);
  const std::string newer = sign();
  const TreeHead from = parse_checkpoint(older)->head;
  const TreeHead to = parse_checkpoint(newer)->head;
  EXPECT_TRUE(verify_consistency(from, to, *log_->consistency_path(from.size, to.size)));
  const auto text = log_->prove({7}, older);
  ASSERT_TRUE(text);
  const auto proof = parse_proof(*text);
  ASSERT_TRUE(proof);
  const std::span path = std::span(proof->path).first(proof->path_length);
  EXPECT_TRUE(verify_inclusion(hash_leaf(bytes_of("entry 7")), {7}, from.size, path, from.root));
  EXPECT_EQ(log_->prove({20}, older).error().code, errc::tlog_index);
}

TEST_F(LogStoreTest, WritesTheTesseraLog) {
  const auto bundle = read_file(testing::vector_path("tessera-log/tile/entries/000.p/15"));
  const auto entries = parse_bundle(*bundle, 15);
  ASSERT_TRUE(entries);
  for (std::size_t i = 0; i < 15; ++i) {
    ASSERT_TRUE(log_->append((*entries)[i]));
    const std::string text = sign();
    const std::string size = std::to_string(i + 1);
    for (const std::string& name : {"tile/0/000.p/" + size, "tile/entries/000.p/" + size})
      EXPECT_EQ(*log_->resource(name), *read_file(testing::vector_path("tessera-log/" + name)));
    const auto theirs = read_text(testing::vector_path("tessera-log/checkpoint." + size));
    EXPECT_EQ(parse_checkpoint(text)->head, parse_checkpoint(*theirs)->head);
  }
}

TEST_F(LogStoreTest, ReopensWhereItStopped) {
  grow(300);
  const std::string text = sign();
  grow(5);
  const TreeHead head = log_->head();
  reopen();
  EXPECT_EQ(log_->head(), head);
  EXPECT_EQ(log_->signed_size().value, 300U);
  EXPECT_EQ(text_of(*log_->entry({3})), "entry 3");
  EXPECT_EQ(text_of(*log_->entry({304})), "entry 304");
  grow(1);
  sign();
  MemoryDisk disk(platter_);
  EXPECT_TRUE(read_served(disk, text));
}

TEST_F(LogStoreTest, PublishesOnlyItsOwnSignedHeads) {
  grow(3);
  const std::string first = sign();
  grow(3);
  const std::string second = sign();
  const std::string body(parse_checkpoint(second)->note.body);
  const std::string cosigned = second + cosign_body(signer_of("w.example", 5), body, {9000});
  EXPECT_TRUE(log_->publish(first));
  EXPECT_TRUE(log_->publish(cosigned));
  EXPECT_EQ(text_of(*log_->resource("checkpoint")), cosigned);
  EXPECT_EQ(log_->publish(first).error().error.code, errc::tlog_index);
  const std::string foreign = make_note(body, sign_body(signer_of(log_name, 2), body));
  EXPECT_EQ(log_->publish(foreign).error().error.code, errc::checkpoint_unsigned);
  EXPECT_TRUE(log_->sign_checkpoint());
}

TEST_F(LogStoreTest, ServesNothingElse) {
  for (const char* name : {"head.signed", "journal/00000000000000000001", "../secret", "lock", ""})
    EXPECT_EQ(log_->resource(name).error().error.code, errc::tile_path) << name;
  EXPECT_EQ(log_->resource("tile/0/000").error().error.code, errc::file_not_opened);
}

TEST_F(LogStoreTest, RefusesLargeEntriesWhole) {
  EXPECT_TRUE(log_->append(std::vector<Byte>(65535)));
  const std::vector<Byte> large(65536);
  const std::vector<ByteView> group{bytes_of("small"), large};
  EXPECT_EQ(log_->append(group).error().error.code, errc::log_entry_size);
  EXPECT_EQ(log_->head().size.value, 1U);
  const std::vector<Byte> most(65535);
  const std::vector<ByteView> heavy(600, most);
  EXPECT_EQ(log_->append(heavy).error().error.code, errc::file_too_large);
  EXPECT_TRUE(log_->sign_checkpoint());
}

TEST_F(LogStoreTest, IsCreatedOnce) {
  const auto again = LogStore::create_on(disk_of(platter_), log_signer());
  EXPECT_EQ(again.error().error.code, errc::file_exists);
  EXPECT_EQ(code_of_open(std::make_shared<Platter>()), errc::log_missing);
  const auto nameless =
      LogStore::create_on(disk_of(std::make_shared<Platter>()), signer_of("a b", 1));
  EXPECT_EQ(nameless.error().error.code, errc::log_origin);
}

TEST_F(LogStoreTest, OpensUnderItsOwnKeyOnly) {
  const auto other_key = LogStore::open_on(disk_of(platter_), signer_of(log_name, 2));
  EXPECT_EQ(other_key.error().error.code, errc::checkpoint_unsigned);
  const auto other_name = LogStore::open_on(disk_of(platter_), signer_of("log.other", 1));
  EXPECT_EQ(other_name.error().error.code, errc::checkpoint_unsigned);
}

TEST_F(LogStoreTest, NoticesEveryDamagedFile) {
  fold_every_head();
  grow(300);
  EXPECT_TRUE(log_->publish(sign()));
  const std::map<std::string, std::vector<Byte>> whole = platter_->files;
  EXPECT_FALSE(holds_journal());
  for (const auto& [name, content] : whole) {
    // Hash tiles are for readers; the log itself goes by the entries.
    if (name.starts_with("tile/0") || name.starts_with("tile/1")) continue;
    platter_->files = whole;
    platter_->files[name].pop_back();
    EXPECT_NE(code_of_open(platter_), Errc{}) << name;
  }
}

TEST_F(LogStoreTest, NoticesADamagedJournal) {
  grow(3);
  sign();
  grow(2);
  sign();
  const auto whole = platter_->files;
  const std::string name = "journal/00000000000000000001";
  ASSERT_TRUE(whole.contains(name));
  for (std::size_t i = 0; i < whole.at(name).size(); ++i) {
    platter_->files = whole;
    platter_->files[name][i] ^= 1;
    const auto opened = LogStore::open_on(disk_of(platter_), log_signer());
    // Damage at its end looks like a crash; then the log goes on from what is whole.
    if (!opened) continue;
    const std::uint64_t size = opened->head().size.value;
    ASSERT_TRUE(size == 5 || size == 3 || size == 0) << i;
    for (std::uint64_t at = 0; at < size; ++at)
      ASSERT_EQ(text_of(*opened->entry({at})), "entry " + std::to_string(at)) << i;
  }
  // The first group is followed by a signed head, so that its damage is none of a crash.
  platter_->files = whole;
  platter_->files[name][17] ^= 1;
  EXPECT_EQ(code_of_open(platter_), errc::log_corrupt);
}

TEST_F(LogStoreTest, NoticesAMissingSegment) {
  grow(3);
  reopen();
  grow(2);
  reopen();
  platter_->files.erase("journal/00000000000000000001");
  EXPECT_EQ(code_of_open(platter_), errc::log_corrupt);
}

TEST_F(LogStoreTest, NoticesAChangedEntry) {
  fold_every_head();
  grow(300);
  sign();
  platter_->files["tile/entries/000"][30] ^= 1;
  EXPECT_EQ(log_->entry({3}).error().error.code, errc::log_corrupt);
  EXPECT_EQ(code_of_open(platter_), errc::log_corrupt);
}

TEST_F(LogStoreTest, NoticesMissingParts) {
  fold_every_head();
  grow(300);
  sign();
  platter_->files.erase("tile/entries/001.p/44");
  EXPECT_EQ(code_of_open(platter_), errc::log_behind);
}

TEST_F(LogStoreTest, WritesTilesAgainThatNeverReachedTheDisk) {
  std::vector<std::string> heads;
  for (const std::size_t count : {5U, 250U, 3U, 60U}) {
    grow(count);
    heads.push_back(sign());
  }
  std::erase_if(platter_->files, [](const auto& file) { return file.first.starts_with("tile/"); });
  reopen();
  MemoryDisk disk(platter_);
  for (const std::string& head : heads)
    EXPECT_TRUE(read_served(disk, head)) << head;
}

TEST_F(LogStoreTest, TheJournalEndsOnceTheTilesAreDurable) {
  log_.reset();
  constexpr std::uint64_t fold_bytes = 4000;
  log_.emplace(*LogStore::open_on(disk_of(platter_), log_signer(), fold_bytes));
  std::size_t ends = 0;
  for (int i = 0; i < 40; ++i) {
    grow(10);
    sign();
    ends += holds_journal() ? 0U : 1U;
  }
  EXPECT_GT(ends, 2U);
  EXPECT_LT(ends, 20U);
  EXPECT_EQ(text_of(*log_->entry({399})), "entry 399");
  EXPECT_EQ(text_of(*log_->entry({0})), "entry 0");
  reopen();
  EXPECT_EQ(log_->head().size.value, 400U);
}

TEST_F(LogStoreTest, BehindAPublishedHeadItDoesNotOpen) {
  grow(3);
  sign();
  const auto old_files = platter_->files;
  grow(3);
  EXPECT_TRUE(log_->publish(sign()));
  const std::vector<Byte> published = platter_->files["checkpoint"];
  platter_->files = old_files;
  platter_->files["checkpoint"] = published;
  EXPECT_EQ(code_of_open(platter_), errc::log_behind);
}

/// A backup of an old state is put back, and then a witness shows what the log signed since.
class RestoredLogTest : public LogStoreTest {
 protected:
  RestoredLogTest() {
    grow(5);
    sign();
    backup_ = platter_->files;
    grow(3);
    later_ = sign();
    platter_->files = backup_;
    reopen();
  }

  void expect_refusal(Errc code) {
    EXPECT_EQ(log_->sign_checkpoint().error().error.code, code);
    EXPECT_EQ(log_->append(bytes_of("more")).error().error.code, code);
    EXPECT_EQ(log_->note_cosigned_head(later_).error().error.code, code);
    EXPECT_EQ(code_of_open(platter_), code);
  }

  std::map<std::string, std::vector<Byte>> backup_;
  std::string later_;
};

TEST_F(RestoredLogTest, SignsNothingOnceItKnowsThatItIsBehind) {
  EXPECT_EQ(log_->note_cosigned_head(later_).error().error.code, errc::log_behind);
  expect_refusal(errc::log_behind);
}

TEST_F(RestoredLogTest, SignsNothingOnceItKnowsThatItForked) {
  ASSERT_TRUE(append(*log_, {"x", "y", "z", "w"}));
  sign();
  EXPECT_EQ(log_->note_cosigned_head(later_).error().error.code, errc::log_forked);
  expect_refusal(errc::log_forked);
}

TEST_F(RestoredLogTest, ForeignOrOwnOldHeadsDoNoHarm) {
  const std::string body = checkpoint_body(log_name, {{99}, hash_leaf({})});
  const std::string foreign = make_note(body, sign_body(signer_of(log_name, 2), body));
  EXPECT_EQ(log_->note_cosigned_head(foreign).error().error.code, errc::checkpoint_unsigned);
  EXPECT_TRUE(log_->note_cosigned_head(text_of(backup_["head.signed"])));
  EXPECT_TRUE(log_->sign_checkpoint());
}

TEST_F(RestoredLogTest, CatchesUpWithTheSameEntries) {
  // A restored log that regains the same entries is no fork.
  grow(3);
  EXPECT_TRUE(log_->note_cosigned_head(later_));
  EXPECT_EQ(sign(), later_);
}

class FolderLogTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string folder() const { return root_.path() + "/log"; }

 private:
  testing::TemporaryFolder root_;
};

TEST_F(FolderLogTest, LivesInAFolder) {
  std::string text;
  {
    auto log = LogStore::create(folder(), log_signer());
    ASSERT_TRUE(log);
    ASSERT_TRUE(append(*log, words(0, 300)));
    text = *log->sign_checkpoint();
    ASSERT_TRUE(log->publish(text));
    ASSERT_TRUE(append(*log, words(300, 5)));
  }
  const auto log = LogStore::open(folder(), log_signer());
  ASSERT_TRUE(log);
  EXPECT_EQ(log->head().size.value, 305U);
  EXPECT_EQ(text_of(*log->entry({304})), "entry 304");
  FolderDisk disk(folder());
  EXPECT_TRUE(read_served(disk, text));
  EXPECT_EQ(*read_text(folder() + "/checkpoint"), text);
  EXPECT_FALSE(disk.exists("tile/0/000.p"));
}

TEST_F(FolderLogTest, HasOneProcess) {
  auto log = LogStore::create(folder(), log_signer());
  ASSERT_TRUE(log);
  EXPECT_EQ(LogStore::open(folder(), log_signer()).error().error.code, errc::folder_locked);
  LogStore moved = *std::move(log);
  EXPECT_EQ(LogStore::open(folder(), log_signer()).error().error.code, errc::folder_locked);
  EXPECT_TRUE(moved.append(bytes_of("x")));
}

TEST_F(FolderLogTest, TheLockEndsWithItsHolder) {
  EXPECT_TRUE(LogStore::create(folder(), log_signer()));
  EXPECT_TRUE(LogStore::open(folder(), log_signer()));
}

}  // namespace
}  // namespace daymark::tlog
