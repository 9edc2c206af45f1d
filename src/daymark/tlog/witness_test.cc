#include "daymark/tlog/witness.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/encode.h"
#include "daymark/base/errors.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/log_testing.h"
#include "daymark/tlog/mirror_store.h"
#include "daymark/tlog/tlog_testing.h"
#include "daymark/tlog/tree.h"
#include "daymark/tlog/witness_store.h"

namespace daymark::tlog {
namespace {

using testing::signer_of;

class FixedClock final : public Clock {
 public:
  UnixMillis now() override { return now_; }

  TickMillis tick() override { return {now_.value}; }

  void set(std::int64_t millis) { now_ = {millis}; }

 private:
  UnixMillis now_{1'700'000'000'000};
};

class MemoryWitnessStore final : public WitnessStore {
 public:
  Outcome<std::optional<CosignedHead>> latest(const std::string& origin) override {
    const auto found = heads_.find(origin);
    if (found == heads_.end()) return std::nullopt;
    return found->second;
  }

  Outcome<void> record(const std::string& origin, const CosignedHead& head) override {
    if (broken_) return refuse(errc::file_not_written, origin);
    heads_[origin] = head;
    ++records_;
    return {};
  }

  void break_disk() { broken_ = true; }

  [[nodiscard]] int records() const { return records_; }

 private:
  std::map<std::string, CosignedHead> heads_;
  bool broken_ = false;
  int records_ = 0;
};

class WitnessTest : public ::testing::Test {
 protected:
  WitnessTest() {
    for (int i = 0; i < 20; ++i)
      tree_.append(bytes_of("entry " + std::to_string(i)));
    EXPECT_TRUE(witness_.add_log(format_vkey(log_, type_ed25519)));
  }

  [[nodiscard]] std::string checkpoint(std::uint64_t size) const {
    return note_of(*tree_.head_at({size}));
  }

  [[nodiscard]] std::string note_of(const TreeHead& head) const {
    const std::string body = checkpoint_body(log_.name, head);
    return make_note(body, sign_body(log_, body));
  }

  [[nodiscard]] std::string request(std::uint64_t older, std::uint64_t newer) const {
    const auto path = tree_.consistency_path({older}, {newer});
    return make_add_checkpoint({older}, path ? *path : std::vector<Digest>{}, checkpoint(newer));
  }

  void expect_refused(const std::string& text, int status, Errc code) {
    const WitnessAnswer answer = witness_.add_checkpoint(text);
    EXPECT_EQ(answer.status, status) << text;
    ASSERT_TRUE(answer.why);
    EXPECT_EQ(answer.why->error.code, code) << text;
    EXPECT_EQ(answer.body.empty(), status != 409);
  }

  NoteSigner log_ = signer_of("log.example", 1);
  NoteSigner key_ = signer_of("w.example", 7);
  Tree tree_;
  FixedClock clock_;
  MemoryWitnessStore store_;
  Witness witness_{key_, store_, clock_};
};

TEST_F(WitnessTest, CosignsWhatContinues) {
  const std::string vkey = witness_.vkey();
  const auto key = parse_vkey(vkey);
  std::uint64_t older = 0;
  for (const std::uint64_t newer : {1U, 1U, 4U, 5U, 16U, 20U}) {
    const WitnessAnswer answer = witness_.add_checkpoint(request(older, newer));
    ASSERT_EQ(answer.status, 200) << newer;
    const auto cosigned = accept_cosignatures(checkpoint(newer), answer.body, *key);
    ASSERT_TRUE(cosigned);
    const auto time = verify_cosignature(*parse_checkpoint(*cosigned), *key);
    EXPECT_EQ(time->value, 1'700'000'000'000);
    older = newer;
  }
  EXPECT_EQ(store_.records(), 5);
}

TEST_F(WitnessTest, RemembersBeforeItSigns) {
  ASSERT_EQ(witness_.add_checkpoint(request(0, 4)).status, 200);
  EXPECT_EQ(store_.latest("log.example")->value().head, *tree_.head_at({4}));
  store_.break_disk();
  expect_refused(request(4, 8), 500, errc::file_not_written);
}

TEST_F(WitnessTest, TellsItsSize) {
  ASSERT_EQ(witness_.add_checkpoint(request(0, 9)).status, 200);
  for (const std::uint64_t older : {0U, 8U, 10U}) {
    const WitnessAnswer answer = witness_.add_checkpoint(request(older, 12));
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.body, "9\n");
    EXPECT_EQ(answer.content_type, "text/x.tlog.size");
    EXPECT_EQ(answer.why->error.code, errc::witness_conflict);
    EXPECT_EQ(parse_witness_size(answer.body)->value, 9U);
  }
  EXPECT_EQ(witness_.add_checkpoint(request(5, 5)).body, "9\n");
}

TEST_F(WitnessTest, RefusesASplitView) {
  ASSERT_EQ(witness_.add_checkpoint(request(0, 9)).status, 200);
  const std::string other = note_of({{9}, hash_leaf(bytes_of("another history"))});
  expect_refused(make_add_checkpoint({9}, {}, other), 422, errc::witness_inconsistent);
  const std::string larger = note_of({{12}, hash_leaf(bytes_of("another history"))});
  const auto path = tree_.consistency_path({9}, {12});
  expect_refused(make_add_checkpoint({9}, *path, larger), 422, errc::witness_inconsistent);
  EXPECT_EQ(witness_.add_checkpoint(request(9, 12)).status, 200);
}

TEST_F(WitnessTest, RefusesBadProofs) {
  ASSERT_EQ(witness_.add_checkpoint(request(0, 9)).status, 200);
  auto path = *tree_.consistency_path({9}, {15});
  path.push_back(path.back());
  expect_refused(make_add_checkpoint({9}, path, checkpoint(15)), 422, errc::tlog_path_length);
  expect_refused(make_add_checkpoint({9}, {}, checkpoint(15)), 422, errc::tlog_path_length);
  path.pop_back();
  path.front()[0] ^= 1;
  expect_refused(make_add_checkpoint({9}, path, checkpoint(15)), 422, errc::witness_inconsistent);
  EXPECT_EQ(witness_.add_checkpoint(request(9, 15)).status, 200);
}

TEST_F(WitnessTest, TheFirstProofIsEmpty) {
  const std::vector<Digest> node{hash_leaf({})};
  expect_refused(make_add_checkpoint({0}, node, checkpoint(3)), 422, errc::tlog_path_length);
  expect_refused(make_add_checkpoint({0}, {}, note_of({{0}, hash_leaf({})})), 422,
                 errc::witness_inconsistent);
  EXPECT_EQ(witness_.add_checkpoint(request(0, 0)).status, 200);
  EXPECT_EQ(witness_.add_checkpoint(request(0, 3)).status, 200);
}

TEST_F(WitnessTest, RefusesAnOldSizeAboveTheNew) {
  ASSERT_EQ(witness_.add_checkpoint(request(0, 9)).status, 200);
  expect_refused(make_add_checkpoint({9}, {}, checkpoint(8)), 400, errc::witness_old_size);
}

TEST_F(WitnessTest, KnowsItsLogs) {
  const NoteSigner stranger = signer_of("other.example", 2);
  const std::string body = checkpoint_body(stranger.name, *tree_.head_at({3}));
  expect_refused(make_add_checkpoint({0}, {}, make_note(body, sign_body(stranger, body))), 404,
                 errc::witness_origin);
  const std::string mine = checkpoint_body(log_.name, *tree_.head_at({3}));
  const NoteSigner thief = signer_of(log_.name, 2);
  expect_refused(make_add_checkpoint({0}, {}, make_note(mine, sign_body(thief, mine))), 403,
                 errc::checkpoint_unsigned);
  expect_refused(make_add_checkpoint({0}, {}, make_note(mine, sign_body(log_, body))), 403,
                 errc::note_signature);
}

TEST_F(WitnessTest, LogsMayHaveSeveralKeys) {
  const NoteSigner spare = signer_of(log_.name, 2);
  ASSERT_TRUE(witness_.add_log(format_vkey(spare, type_ed25519)));
  const std::string body = checkpoint_body(log_.name, *tree_.head_at({3}));
  const std::string by_spare = make_note(body, sign_body(spare, body));
  EXPECT_EQ(witness_.add_checkpoint(make_add_checkpoint({0}, {}, by_spare)).status, 200);
  EXPECT_EQ(witness_.add_checkpoint(request(3, 5)).status, 200);
  EXPECT_FALSE(witness_.add_log("nonsense"));
  EXPECT_FALSE(witness_.add_log(format_vkey(spare, type_cosignature)));
}

TEST_F(WitnessTest, RefusesAnotherForm) {
  const std::string right = request(0, 3);
  const std::string note = checkpoint(3);
  const std::string node = to_base64(hash_leaf({})) + "\n";
  const std::vector<std::string> wrong{
      "",
      note,
      "old 0\n",
      "old 0\n\n",
      "old 00\n\n" + note,
      "old -1\n\n" + note,
      "old  0\n\n" + note,
      "old\n\n" + note,
      "0\n\n" + note,
      "old 0\n" + note,
      "old 0\nAAAA\n\n" + note,
      "old 18446744073709551616\n\n" + note,
  };
  for (const std::string& text : wrong)
    expect_refused(text, 400, errc::witness_request);
  std::string long_path;
  for (std::size_t i = 0; i < path_max; ++i)
    long_path += node;
  EXPECT_TRUE(parse_add_checkpoint("old 0\n" + long_path + "\n" + note));
  expect_refused("old 0\n" + long_path + node + "\n" + note, 400, errc::witness_request);
  expect_refused("old 0\n\n" + note + "x", 400, errc::note_malformed);
  const std::string no_root = make_note("log.example\n3\n", sign_body(log_, "x\n"));
  expect_refused("old 0\n\n" + no_root, 400, errc::checkpoint_malformed);
}

TEST_F(WitnessTest, NeedsAClock) {
  clock_.set(0);
  expect_refused(request(0, 3), 500, errc::cosignature_time);
  EXPECT_EQ(store_.records(), 0);
}

TEST_F(WitnessTest, RefusesWhileItsClockIsBehindACosignatureThatItGave) {
  ASSERT_EQ(witness_.add_checkpoint(request(0, 3)).status, 200);
  clock_.set(1'699'999'999'000);
  expect_refused(request(3, 5), 500, errc::witness_clock);
  expect_refused(request(3, 3), 500, errc::witness_clock);
  EXPECT_EQ(store_.records(), 1);
  // The record remembers the time over a restart.
  Witness restarted{key_, store_, clock_};
  ASSERT_TRUE(restarted.add_log(format_vkey(log_, type_ed25519)));
  const WitnessAnswer answer = restarted.add_checkpoint(request(3, 5));
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.why->error.code, errc::witness_clock);
  clock_.set(1'700'000'000'500);
  EXPECT_EQ(restarted.add_checkpoint(request(3, 5)).status, 200);
}

TEST_F(WitnessTest, ClientTakesOnlyGoodCosignatures) {
  const std::string text = checkpoint(3);
  const std::string body(parse_checkpoint(text)->note.body);
  const std::string vkey = witness_.vkey();
  const auto key = parse_vkey(vkey);
  const std::string good = cosign_body(key_, body, {5000});
  const std::string stranger = cosign_body(signer_of("other", 9), body, {5000});
  EXPECT_EQ(*accept_cosignatures(text, stranger + good, *key), text + good);
  const auto code = [&](const std::string& answer) {
    return accept_cosignatures(text, answer, *key).error().code;
  };
  EXPECT_EQ(code(""), errc::checkpoint_uncosigned);
  EXPECT_EQ(code(stranger), errc::checkpoint_uncosigned);
  EXPECT_EQ(code(cosign_body(key_, "another body\n", {5000})), errc::note_signature);
  EXPECT_EQ(code(good + cosign_body(key_, "another body\n", {5000})), errc::note_signature);
  EXPECT_EQ(code(cosign_body(key_, body, {999})), errc::cosignature_time);
  EXPECT_EQ(code(good.substr(0, good.size() - 1)), errc::witness_reply);
  EXPECT_EQ(code("\n" + good), errc::witness_reply);
  EXPECT_EQ(code(good + "nonsense\n"), errc::witness_reply);
}

TEST(WitnessSize, HasOneSpelling) {
  EXPECT_EQ(parse_witness_size("12\n")->value, 12U);
  for (const char* text : {"", "12", "12\n\n", "012\n", " 12\n", "x\n"})
    EXPECT_EQ(parse_witness_size(text).error().code, errc::witness_reply) << text;
}

RC_GTEST_FIXTURE_PROP(WitnessTest, NeverCosignsTwoHistories, ()) {
  // A log that also shows another history: whatever it asks, one line of heads is cosigned.
  Tree other;
  for (int i = 0; i < 20; ++i)
    other.append(bytes_of((i < 5 ? "entry " : "fork ") + std::to_string(i)));
  std::vector<TreeHead> cosigned;
  const auto steps = *rc::gen::inRange(1, 30);
  for (int i = 0; i < steps; ++i) {
    const Tree& tree = *rc::gen::arbitrary<bool>() ? tree_ : other;
    const auto latest = store_.latest("log.example");
    const std::uint64_t last = *latest ? (*latest)->head.size.value : 0;
    const auto newer = *rc::gen::inRange<std::uint64_t>(0, 21);
    const auto path = tree.consistency_path({last}, {newer});
    const TreeHead head = *tree.head_at({newer});
    const std::string text =
        make_add_checkpoint({last}, path ? *path : std::vector<Digest>{}, note_of(head));
    if (witness_.add_checkpoint(text).status == 200) cosigned.push_back(head);
  }
  for (const TreeHead& head : cosigned) {
    const bool one = head == *tree_.head_at(head.size);
    const bool two = head == *other.head_at(head.size);
    const bool first_history = cosigned.back() == *tree_.head_at(cosigned.back().size);
    const bool right = first_history ? one : two;
    RC_ASSERT(right);
  }
}

/// A mirror in front of the same log.
class MirrorTest : public WitnessTest {
 protected:
  MirrorTest() {
    auto opened = MirrorStore::open_on(std::make_unique<testing::MemoryDisk>(platter_),
                                       format_vkey(log_, type_ed25519));
    EXPECT_TRUE(opened);
    archive_.emplace(*std::move(opened));
    mirror_.emplace(signer_of("m.example", 8), store_, clock_, MirrorRole{&*archive_, {}});
    EXPECT_TRUE(mirror_->add_log(format_vkey(log_, type_ed25519)));
  }

  [[nodiscard]] Outcome<void> adopt(std::uint64_t from, std::uint64_t to) {
    std::vector<std::string> entries;
    for (std::uint64_t i = from; i < to; ++i)
      entries.push_back("entry " + std::to_string(i));
    const std::vector<ByteView> views = views_of(entries);
    return archive_->adopt(views, checkpoint(to));
  }

  [[nodiscard]] static std::vector<ByteView> views_of(const std::vector<std::string>& entries) {
    std::vector<ByteView> views;
    for (const std::string& entry : entries)
      views.push_back(bytes_of(entry));
    return views;
  }

  std::shared_ptr<testing::Platter> platter_ = std::make_shared<testing::Platter>();
  std::optional<MirrorStore> archive_;
  std::optional<Witness> mirror_;
};

TEST_F(MirrorTest, CosignsOnlyWhatItKeeps) {
  const WitnessAnswer early = mirror_->add_checkpoint(request(0, 9));
  EXPECT_EQ(early.status, 503);
  EXPECT_EQ(early.why->error.code, errc::mirror_not_stored);
  EXPECT_EQ(store_.records(), 0);
  ASSERT_TRUE(adopt(0, 9));
  EXPECT_EQ(mirror_->add_checkpoint(request(0, 9)).status, 200);
  EXPECT_EQ(mirror_->add_checkpoint(request(9, 12)).status, 503);
  ASSERT_TRUE(adopt(9, 15));
  EXPECT_EQ(mirror_->add_checkpoint(request(9, 12)).status, 200);
}

TEST_F(MirrorTest, WithTwoKeysSaysTwoThings) {
  Witness both{signer_of("w.example", 7), store_, clock_,
               MirrorRole{&*archive_, signer_of("m.example", 8)}};
  ASSERT_TRUE(both.add_log(format_vkey(log_, type_ed25519)));
  const std::string witness_vkey = both.vkey();
  const VerifierKey seen = *parse_vkey(witness_vkey);
  const std::string mirror_vkey = format_vkey(signer_of("m.example", 8), type_cosignature);
  const VerifierKey stored = *parse_vkey(mirror_vkey);
  EXPECT_EQ(both.add_checkpoint(request(0, 9)).status, 503) << "first it must be asked to fetch";
  const WitnessAnswer early = both.add_checkpoint(request(0, 9), Lacking::cosign_as_witness);
  ASSERT_EQ(early.status, 200);
  EXPECT_TRUE(accept_cosignatures(checkpoint(9), early.body, seen));
  EXPECT_EQ(accept_cosignatures(checkpoint(9), early.body, stored).error().code,
            errc::checkpoint_uncosigned);
  ASSERT_TRUE(adopt(0, 9));
  const WitnessAnswer later = both.add_checkpoint(request(9, 9));
  ASSERT_EQ(later.status, 200);
  EXPECT_TRUE(accept_cosignatures(checkpoint(9), later.body, seen));
  EXPECT_TRUE(accept_cosignatures(checkpoint(9), later.body, stored));
}

TEST_F(MirrorTest, ServesWhatItKeeps) {
  ASSERT_TRUE(adopt(0, 9));
  ASSERT_TRUE(archive_->publish(checkpoint(9)));
  testing::MemoryDisk disk(platter_);
  EXPECT_TRUE(testing::read_served(disk, text_of(*archive_->resource("checkpoint"))));
  EXPECT_EQ(text_of(*archive_->entry({8})), "entry 8");
}

TEST_F(MirrorTest, TakesNoOtherEntries) {
  const std::vector<std::string> wrong{"entry 0", "another", "entry 2"};
  EXPECT_EQ(archive_->adopt(views_of(wrong), checkpoint(3)).error().error.code, errc::tlog_root);
  EXPECT_EQ(archive_->adopt(views_of(wrong), checkpoint(4)).error().error.code, errc::tlog_index);
  EXPECT_EQ(archive_->size().value, 0U);
  EXPECT_TRUE(platter_->files.empty());
  const NoteSigner thief = signer_of(log_.name, 2);
  const std::string body = checkpoint_body(log_.name, *tree_.head_at({1}));
  EXPECT_EQ(archive_->adopt(views_of({"entry 0"}), make_note(body, sign_body(thief, body)))
                .error()
                .error.code,
            errc::checkpoint_unsigned);
  EXPECT_TRUE(adopt(0, 3));
}

TEST_F(MirrorTest, AnswersForItsOwnLogAndHistory) {
  ASSERT_TRUE(adopt(0, 9));
  EXPECT_TRUE(archive_->stored_through("log.example", *tree_.head_at({9})));
  EXPECT_TRUE(archive_->stored_through("log.example", *tree_.head_at({4})));
  EXPECT_FALSE(archive_->stored_through("log.example", *tree_.head_at({10})));
  EXPECT_FALSE(archive_->stored_through("other.example", *tree_.head_at({9})));
  EXPECT_FALSE(archive_->stored_through("log.example", {{9}, hash_leaf({})}));
}

TEST_F(MirrorTest, GoesOnAfterACrash) {
  ASSERT_TRUE(adopt(0, 9));
  for (std::size_t cut = 1; cut <= 6; ++cut) {
    platter_->changes = 0;
    platter_->cut_at = cut;
    static_cast<void>(adopt(archive_->size().value, 9 + cut));
    platter_->repair();
    archive_.reset();
    auto opened = MirrorStore::open_on(std::make_unique<testing::MemoryDisk>(platter_),
                                       format_vkey(log_, type_ed25519));
    ASSERT_TRUE(opened) << cut;
    archive_.emplace(*std::move(opened));
    ASSERT_TRUE(archive_->stored_through("log.example", *tree_.head_at({9})));
    ASSERT_TRUE(adopt(archive_->size().value, 9 + cut)) << cut;
    ASSERT_TRUE(archive_->stored_through("log.example", *tree_.head_at({9 + cut})));
  }
}

TEST(WitnessFolder, RemembersAcrossRestarts) {
  const testing::TemporaryFolder folder;
  const CosignedHead head{{{7}, hash_leaf(bytes_of("x"))}, {9000}};
  {
    auto store = FileWitnessStore::open(folder.path());
    ASSERT_TRUE(store);
    EXPECT_EQ(*store->latest("log.example"), std::nullopt);
    ASSERT_TRUE(store->record("log.example", {{{3}, hash_leaf({})}, {8000}}));
    ASSERT_TRUE(store->record("log.example", head));
    EXPECT_EQ(FileWitnessStore::open(folder.path()).error().error.code, errc::folder_locked);
  }
  auto store = FileWitnessStore::open(folder.path());
  ASSERT_TRUE(store);
  EXPECT_EQ(*store->latest("log.example"), head);
  EXPECT_EQ(*store->latest("other.example"), std::nullopt);
}

TEST(WitnessRecord, RefusesAnotherForm) {
  const CosignedHead head{{{7}, hash_leaf(bytes_of("x"))}, {9000}};
  const std::string right = print_witness_record("log.example", head);
  EXPECT_EQ(*parse_witness_record(right, "log.example"), head);
  EXPECT_FALSE(parse_witness_record(right, "log.other"));
  for (std::size_t i = 0; i < right.size(); ++i)
    EXPECT_EQ(parse_witness_record(right.substr(0, i), "log.example").error().code,
              errc::witness_record);
  EXPECT_FALSE(parse_witness_record(right + "x\n", "log.example"));
}

}  // namespace
}  // namespace daymark::tlog
