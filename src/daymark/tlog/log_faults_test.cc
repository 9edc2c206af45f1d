// The log under faults of every system call, and crashes that drop, keep or tear what was not
// synced.
#include <gtest/gtest.h>

#include "daymark/base/file_simulated_testing.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/log_store.h"
#include "daymark/tlog/log_testing.h"
#include "daymark/tlog/tlog_testing.h"

namespace daymark::tlog {
namespace {

using simulated::Fault;
using simulated::Files;
using simulated::Unsynced;
using testing::read_served;
using testing::signer_of;

/// So few bytes that several heads of a test share a journal and several don't.
constexpr std::uint64_t small_fold = 900;

NoteSigner faulty_log_signer() {
  return signer_of("log.example", 1);
}

std::unique_ptr<LogDisk> disk_on(const std::shared_ptr<Files>& files) {
  return std::make_unique<FolderDisk>("log", files);
}

Outcome<LogStore> open_on(const std::shared_ptr<Files>& files) {
  return LogStore::open_on(disk_on(files), faulty_log_signer(), small_fold);
}

/// What a client of the log was told.
struct Told {
  std::map<std::uint64_t, std::string> entries;  ///< whose append returned
  std::vector<std::string> heads;                ///< that were signed
  std::uint64_t published = 0;                   ///< size of the newest published checkpoint
  std::size_t failures = 0;
};

/// A log, its disk and its client.
struct World {
  std::shared_ptr<Files> files = std::make_shared<Files>();
  std::optional<LogStore> log;
  Told told;
};

Outcome<void> append_told(World& world, std::size_t count) {
  std::vector<std::string> entries;
  for (std::size_t i = 0; i < count; ++i)
    entries.push_back("entry " + std::to_string(world.told.entries.size() + i));
  const std::vector<ByteView> views = [&] {
    std::vector<ByteView> out;
    for (const std::string& entry : entries)
      out.push_back(bytes_of(entry));
    return out;
  }();
  DAYMARK_TRY(const LeafIndex first, world.log->append(views));
  for (std::size_t i = 0; i < count; ++i)
    world.told.entries[first.value + i] = entries[i];
  return {};
}

Outcome<void> sign_told(World& world) {
  DAYMARK_TRY(const std::string head, world.log->sign_checkpoint());
  world.told.heads.push_back(head);
  return {};
}

Outcome<void> publish_told(World& world, bool cosigned) {
  std::string text = world.told.heads.back();
  const auto parsed = parse_checkpoint(text);
  if (cosigned) text += cosign_body(signer_of("w.example", 5), parsed->note.body, {9000});
  DAYMARK_CHECK(world.log->publish(text));
  world.told.published = parsed->head.size.value;
  return {};
}

using Step = std::function<Outcome<void>(World&)>;

Step appending(std::size_t count) {
  return [count](World& world) { return append_told(world, count); };
}

/// Appends, signs, publishes a signed and a cosigned head, signs without publishing, appends again.
std::vector<Step> scenario(std::size_t first_group) {
  const Step publish_signed = [](World& world) { return publish_told(world, false); };
  const Step publish_cosigned = [](World& world) { return publish_told(world, true); };
  return {appending(first_group), sign_told, publish_signed, appending(1),
          appending(2),           sign_told, publish_signed, publish_cosigned,
          appending(1),           sign_told, appending(2)};
}

/// A durable log of 253 entries with a published head: what follows crosses a full tile.
World grown_world() {
  World world;
  auto made = LogStore::create_on(disk_on(world.files), faulty_log_signer(), small_fold);
  EXPECT_TRUE(made);
  world.log.emplace(*std::move(made));
  EXPECT_TRUE(append_told(world, 250));
  EXPECT_TRUE(sign_told(world));
  EXPECT_TRUE(publish_told(world, false));
  EXPECT_TRUE(append_told(world, 3));
  EXPECT_TRUE(sign_told(world));
  world.log.reset();
  return world;
}

/// The same on a disk of its own, without a process.
World copy_of(const World& world) {
  return {std::make_shared<Files>(*world.files), std::nullopt, world.told};
}

/// Opens the log as its process does, once more after a failure; does each step, once more after a
/// failure; after a lasting fault the disk is mended in between.
bool run(World& world, const std::vector<Step>& steps, bool mends) {
  auto opened = open_on(world.files);
  if (!opened) {
    ++world.told.failures;
    if (mends) world.files->repair();
    opened = open_on(world.files);
  }
  if (!opened) return false;
  world.log.emplace(*std::move(opened));
  for (const Step& step : steps) {
    if (step(world)) continue;
    ++world.told.failures;
    if (mends) world.files->repair();
    if (!step(world)) return false;
  }
  return true;
}

void expect_told(LogStore& log, const std::shared_ptr<Files>& files, const Told& told) {
  for (const auto& [index, text] : told.entries) {
    // Those of the start are durable since long; a few stand for them.
    if (index < 245 && index % 49 != 0) continue;
    const auto found = log.entry({index});
    ASSERT_TRUE(found) << index;
    ASSERT_EQ(text_of(*found), text) << index;
  }
  FolderDisk reader("log", files);
  for (const std::string& head : told.heads) {
    ASSERT_TRUE(log.note_cosigned_head(head)) << "signed before, contradicted now";
    ASSERT_TRUE(read_served(reader, head)) << head;
  }
  const auto published = log.resource("checkpoint");
  ASSERT_EQ(published.has_value() || told.published == 0, true);
  if (!published) return;
  const auto parsed = parse_checkpoint(text_of(*published));
  ASSERT_TRUE(parsed);
  ASSERT_GE(parsed->head.size.value, told.published);
  ASSERT_TRUE(read_served(reader, text_of(*published)));
}

void expect_one_head_for_each_size(const Told& told) {
  std::map<std::uint64_t, Digest> roots;
  for (const std::string& text : told.heads) {
    const TreeHead head = parse_checkpoint(text)->head;
    const auto [known, added] = roots.emplace(head.size.value, head.root);
    ASSERT_EQ(known->second, head.root) << head.size.value;
  }
}

/// The process starts again: all that was told holds, and what it goes on with contradicts nothing.
void expect_survival(World& world) {
  world.log.reset();
  auto opened = open_on(world.files);
  ASSERT_TRUE(opened) << static_cast<int>(opened.error().error.code) << " "
                      << opened.error().subject << " " << opened.error().detail;
  world.log.emplace(*std::move(opened));
  ASSERT_NO_FATAL_FAILURE(expect_told(*world.log, world.files, world.told));
  ASSERT_TRUE(world.log->append(bytes_of("after the crash")));
  ASSERT_TRUE(sign_told(world));
  ASSERT_TRUE(publish_told(world, true));
  ASSERT_NO_FATAL_FAILURE(expect_one_head_for_each_size(world.told));
  ASSERT_NO_FATAL_FAILURE(expect_told(*world.log, world.files, world.told));
}

struct Crash {
  Unsynced unsynced;
  unsigned seed;
};

constexpr auto crashes = std::to_array<Crash>(
    {{Unsynced::dropped, 0}, {Unsynced::kept, 0}, {Unsynced::torn, 1}, {Unsynced::torn, 2}});

/// Lets `fault` strike at every call of the scenario in turn and hands each world to `judge`.
template <class Judge>
std::size_t at_every_call(const World& start, simulated::FaultPlan plan, Judge judge) {
  const std::vector<Step> steps = scenario(3);
  for (plan.at = 1;; ++plan.at) {
    World world = copy_of(start);
    world.files->break_at(plan);
    const bool finished = run(world, steps, plan.lasts && plan.fault != Fault::power_cut);
    if (!world.files->struck()) return plan.at;
    judge(world, finished);
    if (::testing::Test::HasFatalFailure()) {
      ADD_FAILURE() << "at call " << plan.at;
      return plan.at;
    }
  }
}

class LogFaults : public ::testing::TestWithParam<simulated::FaultPlan> {};

TEST_P(LogFaults, AFailedCallIsAnErrorOrNoneAndTheLogStaysUsable) {
  const World start = grown_world();
  std::size_t failures = 0;
  const std::size_t calls = at_every_call(start, GetParam(), [&](World& world, bool finished) {
    ASSERT_TRUE(finished) << "a fault that passed must not stop the log";
    failures += world.told.failures;
    world.files->repair();
    ASSERT_NO_FATAL_FAILURE(expect_told(*world.log, world.files, world.told));
    ASSERT_NO_FATAL_FAILURE(expect_one_head_for_each_size(world.told));
    const unsigned seed = static_cast<unsigned>(world.files->calls());
    world.files->crash(seed % 2 == 0 ? Unsynced::dropped : Unsynced::torn, seed);
    ASSERT_NO_FATAL_FAILURE(expect_survival(world));
  });
  EXPECT_GT(calls, 100U);
  EXPECT_EQ(failures > 0, GetParam().fault != Fault::short_count);
}

INSTANTIATE_TEST_SUITE_P(EachKind, LogFaults,
                         ::testing::Values(simulated::FaultPlan{0, Fault::io_error, false},
                                           simulated::FaultPlan{0, Fault::io_error, true},
                                           simulated::FaultPlan{0, Fault::no_space, true},
                                           simulated::FaultPlan{0, Fault::read_only, true},
                                           simulated::FaultPlan{0, Fault::short_count, false},
                                           simulated::FaultPlan{0, Fault::short_full, false}));

class LogCrash : public ::testing::TestWithParam<Crash> {};

TEST_P(LogCrash, AtAnySystemCallNothingToldIsLostAndNoSecondHeadSigned) {
  const World start = grown_world();
  const Crash& crash = GetParam();
  const std::size_t calls =
      at_every_call(start, {0, Fault::power_cut, true}, [&](World& world, bool /*finished*/) {
        world.log.reset();
        world.files->crash(crash.unsynced,
                           crash.seed + static_cast<unsigned>(world.files->calls()));
        ASSERT_NO_FATAL_FAILURE(expect_survival(world));
      });
  EXPECT_GT(calls, 100U);
}

TEST_P(LogCrash, AfterAKilledProcessGoesOnNothingToldIsLost) {
  // kill -9 at a call, the next process goes on, then the power goes.
  const World start = grown_world();
  const Crash& crash = GetParam();
  at_every_call(start, {0, Fault::power_cut, true}, [&](World& world, bool /*finished*/) {
    world.log.reset();
    const auto seed = crash.seed + static_cast<unsigned>(world.files->calls());
    world.files->repair();
    ASSERT_TRUE(run(world, {sign_told, appending(1)}, false));
    world.log.reset();
    world.files->crash(crash.unsynced, seed);
    ASSERT_NO_FATAL_FAILURE(expect_survival(world));
  });
}

TEST_P(LogCrash, WhileALogIsMadeLeavesNoneOrAnEmptyOne) {
  for (std::size_t at = 1;; ++at) {
    World world;
    world.files->break_at({at, Fault::power_cut, true});
    const bool made =
        LogStore::create_on(disk_on(world.files), faulty_log_signer(), small_fold).has_value();
    if (!world.files->struck()) {
      EXPECT_GT(at, 8U);
      return;
    }
    world.files->crash(GetParam().unsynced, GetParam().seed + static_cast<unsigned>(at));
    auto opened = open_on(world.files);
    if (opened) {
      EXPECT_EQ(opened->head().size.value, 0U);
      continue;
    }
    EXPECT_FALSE(made) << at;
    EXPECT_EQ(opened.error().error.code, errc::log_missing) << at;
    EXPECT_TRUE(LogStore::create_on(disk_on(world.files), faulty_log_signer(), small_fold)) << at;
  }
}

INSTANTIATE_TEST_SUITE_P(DropKeepTear, LogCrash, ::testing::ValuesIn(crashes));

TEST(LogCrashes, ManyInARowLoseNothing) {
  std::mt19937 random(7);
  World world = grown_world();
  for (int i = 0; i < 40; ++i) {
    const std::size_t at = 1 + random() % 150;
    const Fault first = random() % 2 == 0 ? Fault::power_cut : Fault::io_error;
    world.files->break_at({at, first, true});
    static_cast<void>(run(world, scenario(1 + random() % 4), false));
    world.log.reset();
    world.files->crash(crashes[random() % crashes.size()].unsynced,
                       static_cast<unsigned>(random()));
    ASSERT_NO_FATAL_FAILURE(expect_survival(world)) << i;
  }
  EXPECT_GT(world.told.heads.size(), 40U);
}

TEST(LogFaultNames, DiskFullAndReadOnlyDiskAreFileNotWritten) {
  for (const Fault fault : {Fault::no_space, Fault::read_only}) {
    World world = grown_world();
    ASSERT_TRUE(run(world, {appending(1)}, false));
    world.files->break_at({1, fault, true});
    EXPECT_EQ(append_told(world, 1).error().error.code, errc::file_not_written);
    EXPECT_EQ(sign_told(world).error().error.code, errc::file_not_written);
    EXPECT_EQ(publish_told(world, false).error().error.code, errc::file_not_written);
    EXPECT_TRUE(world.log->entry({0})) << "what is there is still read";
    world.files->repair();
    EXPECT_TRUE(append_told(world, 1));
    EXPECT_TRUE(sign_told(world));
  }
}

}  // namespace
}  // namespace daymark::tlog
