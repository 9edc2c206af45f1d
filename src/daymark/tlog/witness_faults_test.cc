// Witness and mirror under faults of every system call, and crashes that drop, keep or tear what
// was not synced.
#include <gtest/gtest.h>

#include "daymark/base/file_simulated_testing.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/mirror_store.h"
#include "daymark/tlog/tlog_testing.h"
#include "daymark/tlog/witness_store.h"

namespace daymark::tlog {
namespace {

using simulated::Fault;
using simulated::Files;
using simulated::Unsynced;
using testing::signer_of;

class SteadyClock final : public Clock {
 public:
  UnixMillis now() override { return {9'000'000}; }

  TickMillis tick() override { return {9'000'000}; }
};

/// Two histories of one log that share two entries, and the requests for them.
class TwoHistories {
 public:
  TwoHistories() {
    for (int i = 0; i < 12; ++i) {
      texts_.push_back("entry " + std::to_string(i));
      mine_.append(bytes_of(texts_.back()));
      fork_.append(bytes_of(i < 2 ? texts_.back() : "fork " + std::to_string(i)));
    }
  }

  [[nodiscard]] std::string checkpoint(const Tree& tree, std::uint64_t size) const {
    const std::string body = checkpoint_body(log_.name, *tree.head_at({size}));
    return make_note(body, sign_body(log_, body));
  }

  [[nodiscard]] std::string request(const Tree& tree, std::uint64_t older,
                                    std::uint64_t newer) const {
    const auto path = tree.consistency_path({older}, {newer});
    return make_add_checkpoint({older}, path ? *path : std::vector<Digest>{},
                               checkpoint(tree, newer));
  }

  [[nodiscard]] const Tree& mine() const { return mine_; }

  [[nodiscard]] const Tree& fork() const { return fork_; }

  [[nodiscard]] std::string vkey() const { return format_vkey(log_, type_ed25519); }

  [[nodiscard]] std::vector<ByteView> entries(std::uint64_t from, std::uint64_t to) const {
    std::vector<ByteView> out;
    for (std::uint64_t i = from; i < to; ++i)
      out.push_back(bytes_of(texts_[i]));
    return out;
  }

 private:
  NoteSigner log_ = signer_of("log.example", 1);
  std::vector<std::string> texts_;
  Tree mine_;
  Tree fork_;
};

std::unique_ptr<LogDisk> witness_disk(const std::shared_ptr<Files>& files) {
  return std::make_unique<FolderDisk>("witness", files);
}

/// A witness process on a disk.
class WitnessProcess {
 public:
  WitnessProcess(const std::shared_ptr<Files>& files, const TwoHistories& log)
      : store_(FileWitnessStore::open_on(witness_disk(files))) {
    if (!store_) return;
    witness_.emplace(signer_of("w.example", 7), *store_, clock_);
    EXPECT_TRUE(witness_->add_log(log.vkey()));
  }

  [[nodiscard]] bool is_up() const { return witness_.has_value(); }

  /// Whether it cosigned; where it knows of another size, it is asked again from there.
  bool cosigns(const TwoHistories& log, const Tree& tree, std::uint64_t size) {
    WitnessAnswer answer = witness_->add_checkpoint(log.request(tree, 0, size));
    if (answer.status == 409) {
      const auto older = parse_witness_size(answer.body);
      if (older->value > size) return false;
      answer = witness_->add_checkpoint(log.request(tree, older->value, size));
    }
    return answer.status == 200;
  }

 private:
  SteadyClock clock_;
  Outcome<FileWitnessStore> store_;
  std::optional<Witness> witness_;
};

/// The largest size of the first history that was cosigned.
std::uint64_t ask_in_turn(const std::shared_ptr<Files>& files, const TwoHistories& log) {
  std::uint64_t cosigned = 0;
  WitnessProcess process(files, log);
  for (const std::uint64_t size : {3U, 5U, 5U, 9U, 9U}) {
    if (process.is_up() && process.cosigns(log, log.mine(), size)) cosigned = size;
  }
  return cosigned;
}

void expect_no_second_history(const std::shared_ptr<Files>& files, const TwoHistories& log,
                              std::uint64_t cosigned) {
  WitnessProcess process(files, log);
  ASSERT_TRUE(process.is_up());
  for (std::uint64_t size = 3; size <= 12 && cosigned != 0; ++size)
    ASSERT_FALSE(process.cosigns(log, log.fork(), size)) << size;
  for (std::uint64_t size = 1; size < cosigned; ++size)
    ASSERT_FALSE(process.cosigns(log, log.mine(), size)) << "goes back to " << size;
  ASSERT_TRUE(process.cosigns(log, log.mine(), 12)) << "an honest log must not be stopped";
}

struct WitnessFault {
  Fault fault;
  bool lasts;
  bool killed;  ///< a second process goes on before the power goes
  Unsynced unsynced;
};

class WitnessFaults : public ::testing::TestWithParam<WitnessFault> {};

TEST_P(WitnessFaults, AtAnySystemCallItForgetsNoHeadThatItCosigned) {
  const TwoHistories log;
  const WitnessFault& kind = GetParam();
  for (std::size_t at = 1;; ++at) {
    const auto files = std::make_shared<Files>();
    files->break_at({at, kind.fault, kind.lasts});
    std::uint64_t cosigned = ask_in_turn(files, log);
    if (!files->struck()) {
      EXPECT_GT(at, 25U);
      return;
    }
    files->repair();
    if (kind.killed) cosigned = std::max(cosigned, ask_in_turn(files, log));
    files->crash(kind.unsynced, static_cast<unsigned>(at));
    ASSERT_NO_FATAL_FAILURE(expect_no_second_history(files, log, cosigned)) << "call " << at;
  }
}

INSTANTIATE_TEST_SUITE_P(
    EachKind, WitnessFaults,
    ::testing::Values(WitnessFault{Fault::power_cut, true, false, Unsynced::dropped},
                      WitnessFault{Fault::power_cut, true, false, Unsynced::kept},
                      WitnessFault{Fault::power_cut, true, false, Unsynced::torn},
                      WitnessFault{Fault::power_cut, true, true, Unsynced::dropped},
                      WitnessFault{Fault::power_cut, true, true, Unsynced::torn},
                      WitnessFault{Fault::io_error, false, false, Unsynced::dropped},
                      WitnessFault{Fault::io_error, false, false, Unsynced::torn},
                      WitnessFault{Fault::io_error, true, false, Unsynced::kept},
                      WitnessFault{Fault::no_space, true, false, Unsynced::dropped},
                      WitnessFault{Fault::read_only, true, false, Unsynced::dropped},
                      WitnessFault{Fault::short_count, false, false, Unsynced::dropped},
                      WitnessFault{Fault::short_full, false, false, Unsynced::dropped}));

/// A mirror process: takes over heads, publishes them, and says what it keeps.
struct MirrorSaid {
  std::vector<std::uint64_t> stored;
  std::uint64_t published = 0;
};

Outcome<MirrorStore> open_mirror(const std::shared_ptr<Files>& files, const TwoHistories& log) {
  constexpr std::uint64_t fold_bytes = 600;
  return MirrorStore::open_on(std::make_unique<FolderDisk>("mirror", files), log.vkey(),
                              fold_bytes);
}

void follow(const std::shared_ptr<Files>& files, const TwoHistories& log, MirrorSaid& said) {
  auto store = open_mirror(files, log);
  if (!store) return;
  for (const std::uint64_t size : {2U, 5U, 6U, 9U}) {
    const std::string checkpoint = log.checkpoint(log.mine(), size);
    const std::uint64_t kept = store->size().value;
    if (kept > size) continue;
    static_cast<void>(store->adopt(log.entries(kept, size), checkpoint));
    if (!store->stored_through("log.example", *log.mine().head_at({size}))) continue;
    said.stored.push_back(size);
    if (store->publish(checkpoint)) said.published = size;
  }
}

void expect_stored(const std::shared_ptr<Files>& files, const TwoHistories& log,
                   const MirrorSaid& said) {
  auto store = open_mirror(files, log);
  ASSERT_TRUE(store) << static_cast<int>(store.error().error.code) << store.error().subject;
  for (const std::uint64_t size : said.stored) {
    ASSERT_TRUE(store->stored_through("log.example", *log.mine().head_at({size}))) << size;
    ASSERT_EQ(text_of(*store->entry({size - 1})), "entry " + std::to_string(size - 1));
    ASSERT_TRUE(store->resource(tile_path({.width = static_cast<unsigned>(size)}))) << size;
  }
  const auto checkpoint = store->resource("checkpoint");
  ASSERT_TRUE(checkpoint.has_value() || said.published == 0);
  if (checkpoint) {
    ASSERT_GE(parse_checkpoint(text_of(*checkpoint))->head.size.value, said.published);
  }
  const std::uint64_t kept = store->size().value;
  ASSERT_TRUE(store->adopt(log.entries(kept, 12), log.checkpoint(log.mine(), 12)));
  ASSERT_TRUE(store->stored_through("log.example", *log.mine().head_at({12})));
}

class MirrorFaults : public ::testing::TestWithParam<WitnessFault> {};

TEST_P(MirrorFaults, AtAnySystemCallItKeepsAndServesWhatItSaidItStored) {
  const TwoHistories log;
  const WitnessFault& kind = GetParam();
  for (std::size_t at = 1;; ++at) {
    const auto files = std::make_shared<Files>();
    MirrorSaid said;
    files->break_at({at, kind.fault, kind.lasts});
    follow(files, log, said);
    if (!files->struck()) {
      EXPECT_GT(at, 80U);
      return;
    }
    files->repair();
    if (kind.killed) follow(files, log, said);
    files->crash(kind.unsynced, static_cast<unsigned>(at));
    ASSERT_NO_FATAL_FAILURE(expect_stored(files, log, said)) << "call " << at;
  }
}

INSTANTIATE_TEST_SUITE_P(
    EachKind, MirrorFaults,
    ::testing::Values(WitnessFault{Fault::power_cut, true, false, Unsynced::dropped},
                      WitnessFault{Fault::power_cut, true, false, Unsynced::torn},
                      WitnessFault{Fault::power_cut, true, true, Unsynced::dropped},
                      WitnessFault{Fault::io_error, false, false, Unsynced::dropped},
                      WitnessFault{Fault::io_error, false, false, Unsynced::torn},
                      WitnessFault{Fault::no_space, true, false, Unsynced::kept},
                      WitnessFault{Fault::read_only, true, false, Unsynced::dropped},
                      WitnessFault{Fault::short_full, false, false, Unsynced::dropped}));

}  // namespace
}  // namespace daymark::tlog
